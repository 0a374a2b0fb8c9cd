package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.util.List;
import java.util.Optional;

/**
 * A tenant as the probes see it: where its compartment is. Nothing in it says that the compartment holds.
 *
 * @param tenant name of the Tenant
 * @param identity what its names derive from
 * @param spec as it was asked for: people, namespaces, egress
 * @param homes where its data is, as far as it has some
 */
public record Subject(String tenant, TenantIdentity identity, TenantSpec spec, Homes homes) {

    /** The tenant, or empty where there is no compartment to attack, see {@link #unprobed}. */
    public static Optional<Subject> of(Tenant tenant) {
        return tenant.getStatus() != null && unprobed(tenant).isEmpty()
                ? Optional.of(new Subject(
                        tenant.getMetadata().getName(),
                        TenantIdentity.of(tenant),
                        tenant.getSpec(),
                        BackedParts.homes(tenant.getStatus())))
                : Optional.empty();
    }

    /**
     * Why nobody attacks the tenant; empty where somebody does. One whose spec was refused, or in whose way something is,
     * is attacked as long as its namespaces are its own: its walls are kept, and its proof is not kept for it.
     */
    public static Optional<String> unprobed(Tenant tenant) {
        if (tenant.getMetadata().getDeletionTimestamp() != null) {
            return Optional.of("not attacked: it is being deleted");
        }
        if (tenant.getSpec().suspended()) {
            return Optional.of("not attacked: it is suspended, and nobody can be attacked as");
        }
        TenantStatus status = tenant.getStatus();
        TenantStatus.TenantPhase phase = status == null ? null : status.phase();
        boolean compartment = phase != null
                && switch (phase) {
                    case Active, Degraded -> true;
                    case Invalid, Conflict -> ownNamespaces(status);
                    case Pending, Provisioning, Suspended, Deleting -> false;
                };
        return compartment ? Optional.empty() : Optional.of("not attacked: it is " + (phase == null ? "new" : phase));
    }

    private static boolean ownNamespaces(TenantStatus status) {
        return !status.namespaces().isEmpty()
                && status.namespaces().stream()
                        .allMatch(namespace -> namespace.state().equals("Ready"));
    }

    /** The tenant's namespaces, in order of their names. */
    public List<TenantNamespace> namespaces() {
        return spec.namespaces().stream()
                .map(n -> new TenantNamespace(tenant, n.name()))
                .sorted()
                .toList();
    }

    /** A namespace that the credential of a part is delivered into; empty where no namespace asks for it. */
    public Optional<TenantNamespace> delivered(PartId part) {
        return BackedParts.request(spec, part).deliverTo().stream()
                .sorted()
                .findFirst()
                .map(name -> new TenantNamespace(tenant, name));
    }
}
