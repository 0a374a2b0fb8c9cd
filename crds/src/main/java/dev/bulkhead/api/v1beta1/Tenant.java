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
@ValidationRule(
        value = Tenant.UNPROVISIONED + "self.spec.profile == oldSelf.spec.profile",
        message = "spec.profile is set once")
@ValidationRule(
        value = Tenant.UNPROVISIONED + "self.spec.environment == oldSelf.spec.environment",
        message = "spec.environment is set once")
@ValidationRule(
        value = Tenant.UNPROVISIONED
                + "oldSelf.spec.namespaces.all(o, self.spec.namespaces.exists(n, n.name == o.name))",
        message = "a namespace cannot be taken from spec.namespaces while the tenant lives: it holds data")
@ValidationRule(
        value = Tenant.UNPROVISIONED
                + "(self.spec.database.mode == oldSelf.spec.database.mode && (!has(oldSelf.spec.database.server)"
                + " || (has(self.spec.database.server)"
                + " && self.spec.database.server == oldSelf.spec.database.server)))",
        message = "spec.database.mode and server are set once; data does not move by itself")
@ValidationRule(
        value = Tenant.UNPROVISIONED + "!has(oldSelf.spec.objectStore.store) || (has(self.spec.objectStore.store)"
                + " && self.spec.objectStore.store == oldSelf.spec.objectStore.store)",
        message = "spec.objectStore.store is set once; data does not move by itself")
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
    /** What is set once is not yet, while nothing was ever made: see {@link TenantStatus#unprovisioned}. */
    static final String UNPROVISIONED = "oldSelf.?status.?unprovisioned.orValue(false) || ";

    private static final long serialVersionUID = 1;
}
