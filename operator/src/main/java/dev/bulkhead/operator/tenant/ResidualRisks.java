package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.ArrayList;
import java.util.List;

/**
 * What the chosen modes leave open. All of it was tried, see docs/security-model.md; a tenant that cannot live with it
 * needs another mode.
 */
final class ResidualRisks {
    private ResidualRisks() {}

    static List<ResidualRisk> of(ValidTenant tenant, List<Capability> database, List<Capability> objectStore) {
        List<ResidualRisk> risks = new ArrayList<>();
        risks.add(new ResidualRisk(
                "database-catalogue",
                "Other logins of database " + tenant.database().database()
                        + " can read names of schemas, tables and columns, function sources and size estimates; never"
                        + " rows."));
        risks.add(new ResidualRisk(
                "database-shared-channels",
                "LISTEN/NOTIFY channels and advisory locks are shared by all logins of the database."));
        risks.add(new ResidualRisk(
                "database-own-settings",
                "The tenant's login can raise its own statement_timeout and change its own password; the operator"
                        + " restores both."));
        if (!tenant.people().admins().isEmpty()) {
            risks.add(new ResidualRisk(
                    "pods-mount-secrets",
                    "Whoever may create pods in a namespace can mount every Secret of that namespace."));
            risks.add(new ResidualRisk(
                    "admins-open-network",
                    "The tenant's admins may add NetworkPolicies, and policies only ever add up: they can open the"
                            + " tenant's namespaces to each other. Guard 15 keeps their peers inside the tenant."));
            risks.add(new ResidualRisk(
                    "admins-own-bindings",
                    "RoleBindings that the tenant's admins made stay when the tenant is suspended: whoever they bound"
                            + " keeps those rights in its namespaces, where no pods run. Delete such bindings to end"
                            + " them."));
        }
        lacking("database", "DatabaseServer " + tenant.database().server(), database, risks);
        lacking("object-store", "ObjectStore " + tenant.objectStore().store(), objectStore, risks);
        return List.copyOf(risks);
    }

    private static void lacking(String prefix, String what, List<Capability> capabilities, List<ResidualRisk> risks) {
        capabilities.stream()
                .filter(c -> !c.available())
                .map(c -> new ResidualRisk(
                        prefix + "-without-" + kebab(c.name()),
                        what + " does not offer " + c.name() + (c.message() == null ? "." : ": " + c.message())))
                .forEach(risks::add);
    }

    private static String kebab(String camel) {
        StringBuilder kebab = new StringBuilder();
        camel.chars()
                .forEach(
                        c -> kebab.append(Character.isUpperCase(c) ? "-" : "").append((char) Character.toLowerCase(c)));
        return kebab.toString();
    }
}
