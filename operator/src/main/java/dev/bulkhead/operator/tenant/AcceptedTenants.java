package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was last accepted of each tenant: a spec that became wrong, or a profile that went, is no reason to stop repairing
 * what is there. It is noted on the key ring; this process remembers it too, for the day the ring is gone.
 */
final class AcceptedTenants {
    private final Map<TenantIdentity, Remembered> remembered = new ConcurrentHashMap<>();

    AcceptedTenants() {}

    private record Remembered(String tenant, AcceptedForm form) {}

    /** Remembers what a tenant is accepted as, and tells what is to be noted of it. */
    String accept(Tenant object, ValidTenant tenant, ObservedTenant observed) {
        AcceptedForm form = AcceptedForm.of(
                object.getMetadata().getUid(),
                tenant,
                observed.surroundings(),
                AcceptedForm.read(observed.ring().accepted()).orElse(null));
        remembered.put(tenant.identity(), new Remembered(tenant.name(), form));
        return form.text();
    }

    void forget(TenantIdentity identity, String tenant) {
        remembered.computeIfPresent(identity, (_, held) -> held.tenant().equals(tenant) ? null : held);
    }

    /**
     * What was accepted of this Tenant, less whom and what its spec no longer names and whose last day has passed, and
     * suspended when its spec says so: what is taken away is taken away at once, whatever else is wrong with the spec.
     */
    Optional<ValidTenant> of(Tenant tenant, ObservedTenant observed) {
        return form(tenant.getMetadata().getName(), observed)
                .flatMap(form -> form.tenant(tenant, observed.surroundings()))
                .map(held -> held.keepingOnly(
                                tenant.getSpec().people(),
                                observed.surroundings().today())
                        .keepingOnlyWays(
                                tenant.getSpec(),
                                held.profile().equals(tenant.getSpec().profile())
                                        ? observed.surroundings().profile()
                                        : null)
                        .suspendedWhen(tenant.getSpec().suspended()));
    }

    private Optional<AcceptedForm> form(String tenant, ObservedTenant observed) {
        return AcceptedForm.read(observed.ring().accepted())
                .or(() -> Optional.ofNullable(remembered.get(observed.identity()))
                        .filter(held -> held.tenant().equals(tenant))
                        .map(Remembered::form));
    }
}
