package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.job.Advance;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import java.util.function.BiFunction;

/** What every step of a rotation begins with: the Tenant and its key ring, or why there is nothing to go on with. */
final class TenantRings {
    private final String tenant;
    private final RotationWorld world;
    private final KeyRingStore keyRings;

    TenantRings(String tenant, RotationWorld world, KeyRingStore keyRings) {
        this.tenant = tenant;
        this.world = world;
        this.keyRings = keyRings;
    }

    /** Goes on with the Tenant and its ring as they are now; the ring is closed afterwards. */
    Advance with(BiFunction<Tenant, KeyRingStore.FoundRing.Open, Advance> step) {
        Tenant found = world.tenant(tenant).orElse(null);
        if (found == null) {
            return new Advance.Failed(
                    Reason.UnknownTenant, "there is no Tenant " + tenant + "; see 'kubectl get tenants'");
        }
        if (found.getMetadata().getDeletionTimestamp() != null) {
            return new Advance.Failed(
                    Reason.UnknownTenant,
                    "Tenant " + tenant + " is being removed; its credentials are shut, not exchanged");
        }
        return switch (keyRings.find(TenantIdentity.of(found))) {
            case KeyRingStore.FoundRing.Open open -> {
                try (KeyRing _ = open.ring()) {
                    yield open.tenant().equals(tenant)
                            ? step.apply(found, open)
                            : new Advance.Failed(
                                    Reason.Conflict,
                                    "the keys of this identity are those of another Tenant; correct spec.adopt of Tenant "
                                            + tenant);
                }
            }
            case KeyRingStore.FoundRing.Absent _ ->
                new Advance.Failed(
                        Reason.KeyRingMissing,
                        "Tenant " + tenant + " has no keys yet, or lost them; see 'kubectl describe tenant " + tenant
                                + "'");
            case KeyRingStore.FoundRing.Unusable unusable ->
                new Advance.Waiting(unusable.finding().text());
        };
    }

    /** Has the Tenant's ordinary pass bring the world to what was written. */
    void look() {
        world.look().accept(tenant);
    }
}
