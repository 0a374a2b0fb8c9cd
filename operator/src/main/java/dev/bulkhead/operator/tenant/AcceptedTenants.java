package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.ValidTenant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this process last accepted of each tenant: a spec that became wrong, or a profile that went, is no reason to stop
 * repairing what is there.
 */
final class AcceptedTenants {
    private final Map<TenantIdentity, ValidTenant> accepted = new ConcurrentHashMap<>();

    AcceptedTenants() {}

    void accept(ValidTenant tenant) {
        accepted.put(tenant.identity(), tenant);
    }

    void forget(TenantIdentity identity, String name) {
        accepted.computeIfPresent(identity, (_, held) -> held.name().equals(name) ? null : held);
    }

    /**
     * What was accepted of this Tenant, less whom its spec no longer names and whose last day has passed, and suspended
     * when its spec says so: what is taken away is taken away at once, whatever else is wrong with the spec.
     */
    Optional<ValidTenant> of(Tenant tenant, LocalDate today) {
        ValidTenant held = accepted.get(TenantIdentity.of(tenant));
        return held == null || !held.name().equals(tenant.getMetadata().getName())
                ? Optional.empty()
                : Optional.of(held.keepingOnly(tenant.getSpec().people(), today)
                        .suspendedWhen(tenant.getSpec().suspended()));
    }
}
