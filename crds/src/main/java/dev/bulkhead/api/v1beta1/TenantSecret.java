package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Sealed values, safe in Git, that open into a Secret of the same name in this namespace only. */
@JsonClassDescription("Sealed values, safe in Git, that open into a Secret of the same name in this namespace only.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("bts")
@Categories("bulkhead")
@ValidationRule(
        value = "!self.metadata.name.startsWith('bulkhead-')",
        message = "names that begin with 'bulkhead-' belong to the operator")
@AdditionalPrinterColumn(name = "Type", type = Type.STRING, jsonPath = ".spec.type")
@AdditionalPrinterColumn(
        name = "Ready",
        type = Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
        name = "Reason",
        type = Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class TenantSecret extends CustomResource<TenantSecretSpec, TenantSecretStatus> implements Namespaced {
    private static final long serialVersionUID = 1;
}
