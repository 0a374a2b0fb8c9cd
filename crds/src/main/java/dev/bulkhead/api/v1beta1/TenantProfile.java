package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** One product's rules. A Tenant of the profile may only be stricter. */
@JsonClassDescription(
        "One product's rules: bounds with the measures they keep, demanded controls, platform peers. A Tenant of the profile may only be stricter.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("btp")
@Categories("bulkhead")
@AdditionalPrinterColumn(name = "Product", type = Type.STRING, jsonPath = ".spec.product")
@AdditionalPrinterColumn(name = "Document", type = Type.STRING, jsonPath = ".spec.document")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class TenantProfile extends CustomResource<TenantProfileSpec, Void> {
    private static final long serialVersionUID = 1;
}
