package dev.bulkhead.api.v1beta1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn.Type;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * One customer: everything that is sealed off for it in Kubernetes, PostgreSQL and S3.
 *
 * <p>Cluster-scoped, because the list of Tenants is the list of customers: only platform people read it.
 */
@JsonClassDescription(
        "One customer of a product: everything that is sealed off for it in Kubernetes, PostgreSQL and S3. The list of Tenants is the list of customers; only platform people read it.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@ShortNames("bt")
@Categories("bulkhead")
@ValidationRule(
        value = "self.metadata.name.matches('^[a-z]([a-z0-9-]*[a-z0-9])?$') && self.metadata.name.size() >= 3"
                + " && self.metadata.name.size() <= 40 && !self.metadata.name.contains('--')",
        message = "metadata.name must be 3 to 40 characters of a-z, 0-9 and single '-', begin with a letter and"
                + " not end with '-'; it becomes the first half of every namespace name")
@ValidationRule(
        value = "!(self.metadata.name in ['default', 'kube', 'kube-system', 'kube-public', 'kube-node-lease',"
                + " 'bulkhead', 'bulkhead-system', 'public', 'postgres', 'information-schema'])"
                + " && !self.metadata.name.startsWith('kube-') && !self.metadata.name.startsWith('pg-')",
        message = "metadata.name is reserved; choose a name of the customer")
@AdditionalPrinterColumn(name = "Profile", type = Type.STRING, jsonPath = ".spec.profile")
@AdditionalPrinterColumn(name = "Phase", type = Type.STRING, jsonPath = ".status.phase")
@AdditionalPrinterColumn(
        name = "Ready",
        type = Type.STRING,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Isolation", type = Type.STRING, jsonPath = ".status.isolation")
@AdditionalPrinterColumn(name = "Enforced", type = Type.STRING, jsonPath = ".status.enforced")
@AdditionalPrinterColumn(name = "Proven", type = Type.STRING, jsonPath = ".status.proven")
@AdditionalPrinterColumn(name = "Attested", type = Type.STRING, jsonPath = ".status.attested")
@AdditionalPrinterColumn(name = "Last-Probe", type = Type.DATE, jsonPath = ".status.lastProbe")
@AdditionalPrinterColumn(
        name = "Reason",
        type = Type.STRING,
        priority = 1,
        jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "Identity", type = Type.STRING, priority = 1, jsonPath = ".status.identity")
@AdditionalPrinterColumn(name = "Age", type = Type.DATE, jsonPath = ".metadata.creationTimestamp")
public final class Tenant extends CustomResource<TenantSpec, TenantStatus> {
    private static final long serialVersionUID = 1;
}
