package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.identity.TenantNamespace;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tenant as the probes see it: where its compartment is. Nothing in it says that the compartment holds.
 *
 * @param tenant name of the Tenant
 * @param identity what its names derive from
 * @param spec as it was asked for: people, namespaces, egress
 * @param database where its schema is; null until it has one
 * @param objectStore where its bucket is; null until it has one
 */
public record Subject(
        String tenant,
        TenantIdentity identity,
        TenantSpec spec,
        TenantStatus.@Nullable DatabaseStatus database,
        TenantStatus.@Nullable ObjectStoreStatus objectStore) {

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
                        status.database(),
                        status.objectStore()))
                : Optional.empty();
    }

    /** The tenant's namespaces, in order of their names. */
    public List<TenantNamespace> namespaces() {
        return spec.namespaces().stream()
                .map(n -> new TenantNamespace(tenant, n.name()))
                .sorted()
                .toList();
    }

    /** A namespace that the database login is delivered into; empty where no namespace asks for it. */
    public Optional<TenantNamespace> databaseLogin() {
        return delivered(spec.database() == null ? List.of() : spec.database().deliverTo());
    }

    /** A namespace that the object store key is delivered into; empty where no namespace asks for it. */
    public Optional<TenantNamespace> objectStoreKey() {
        return delivered(
                spec.objectStore() == null ? List.of() : spec.objectStore().deliverTo());
    }

    private Optional<TenantNamespace> delivered(List<String> namespaces) {
        return namespaces.stream().sorted().findFirst().map(name -> new TenantNamespace(tenant, name));
    }
}
