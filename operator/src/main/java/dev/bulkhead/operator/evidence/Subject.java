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

    /** The tenant, or empty where there is no compartment to attack: not provisioned, suspended, being deleted. */
    public static Optional<Subject> of(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        boolean alive = tenant.getMetadata().getDeletionTimestamp() == null
                && !tenant.getSpec().suspended()
                && status != null
                && (status.phase() == TenantStatus.TenantPhase.Active
                        || status.phase() == TenantStatus.TenantPhase.Degraded);
        return alive
                ? Optional.of(new Subject(
                        tenant.getMetadata().getName(),
                        TenantIdentity.of(tenant),
                        tenant.getSpec(),
                        BackedParts.homes(status)))
                : Optional.empty();
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
