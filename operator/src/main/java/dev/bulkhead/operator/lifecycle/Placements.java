package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.secret.KeyRingStore;
import org.jspecify.annotations.Nullable;

/** Where a tenant's data lies, for whoever has to close it. */
public final class Placements {
    private Placements() {}

    /**
     * The record on the key ring knows, also where the keys cannot be used; where there is no record, what the status says
     * is good enough to close. Null when nothing was ever made, and when the identity is not this Tenant's: one whose
     * spec.adopt was refused must take nobody down with it.
     *
     * @param ring what was found in place of the ring of the Tenant's identity
     */
    public static @Nullable Placement of(Tenant tenant, KeyRingStore.FoundRing ring) {
        return switch (ring) {
            case KeyRingStore.FoundRing.Open open -> noted(tenant, open.tenant(), open.placement());
            case KeyRingStore.FoundRing.Unusable unusable
            when unusable.state() != null ->
                noted(tenant, unusable.tenant(), unusable.state().placement());
            // A ring of its own uid is its own, so something was made, wherever that is.
            case KeyRingStore.FoundRing.Unusable _
            when tenant.getSpec().adopt() == null ->
                BackedParts.homes(tenant.getStatus()).placement();
            case KeyRingStore.FoundRing.Unusable _, KeyRingStore.FoundRing.Absent _ -> fromStatus(tenant);
        };
    }

    private static @Nullable Placement noted(Tenant tenant, String owner, Placement placement) {
        return owner.equals(tenant.getMetadata().getName()) ? placement : null;
    }

    private static @Nullable Placement fromStatus(Tenant tenant) {
        Placement placement = BackedParts.homes(tenant.getStatus()).placement();
        return placement.places().isEmpty() ? null : placement;
    }
}
