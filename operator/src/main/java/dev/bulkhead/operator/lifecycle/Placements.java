package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.secret.KeyRingStore;
import org.jspecify.annotations.Nullable;

/** Where a tenant's data lies, for whoever has to close it. */
public final class Placements {
    private Placements() {}

    /**
     * The key ring knows; where that cannot be read, the status is good enough to close. Null when nothing was ever made,
     * and when the identity is not this Tenant's: one whose spec.adopt was refused must take nobody down with it.
     *
     * @param ring what was found in place of the ring of the Tenant's identity
     */
    public static @Nullable Placement of(Tenant tenant, KeyRingStore.Found ring) {
        return switch (ring) {
            case KeyRingStore.Found.Open open ->
                open.tenant().equals(tenant.getMetadata().getName()) ? open.placement() : null;
            case KeyRingStore.Found.Absent _ -> fromStatus(tenant);
            case KeyRingStore.Found.Unusable _ -> fromStatus(tenant);
        };
    }

    private static @Nullable Placement fromStatus(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        if (status == null || status.database() == null || status.objectStore() == null) {
            return null;
        }
        return of(status.database(), status.objectStore());
    }

    /** As a status tells it. */
    static Placement of(TenantStatus.DatabaseStatus database, TenantStatus.ObjectStoreStatus objectStore) {
        return Placement.NONE
                .with(PartId.database, new Place(database.server(), database.database()))
                .with(PartId.objectStore, Place.on(objectStore.store()));
    }
}
