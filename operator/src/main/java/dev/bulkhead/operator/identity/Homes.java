package dev.bulkhead.operator.identity;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.DatabaseStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ObjectStoreStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a tenant's data is at home, as the status of a Tenant and of a Tombstone tells it. Nobody else needs to know which
 * of their fields belongs to which part.
 *
 * @param homes by part; one that is missing has none yet
 */
public record Homes(Map<PartId, Home> homes) {
    /** Makes the map immutable. */
    public Homes {
        homes = PartId.copyOf(homes);
    }

    /** As a Tenant says. */
    public static Homes of(@Nullable TenantStatus status) {
        return status == null ? new Homes(Map.of()) : of(status.database(), status.objectStore());
    }

    /** As a Tombstone says. */
    public static Homes of(TombstoneStatus status) {
        return of(status.database(), status.objectStore());
    }

    /** The same Tombstone with the data at these homes. */
    public TombstoneStatus into(TombstoneStatus status) {
        return status.with(database(), objectStore());
    }

    /** As a Tenant or a Tombstone says. */
    public static Homes of(@Nullable DatabaseStatus database, @Nullable ObjectStoreStatus objectStore) {
        Map<PartId, Home> homes = new EnumMap<>(PartId.class);
        if (database != null) {
            homes.put(
                    PartId.database,
                    new Home(new Place(database.server(), database.database()), database.schema(), database.login()));
        }
        if (objectStore != null) {
            homes.put(
                    PartId.objectStore,
                    new Home(Place.on(objectStore.store()), objectStore.bucket(), objectStore.accessKeyId()));
        }
        return new Homes(homes);
    }

    /** Of a tenant that is closed, from where its data lies. */
    public static Homes closed(TenantIdentity identity, Placement placement) {
        Map<PartId, Home> homes = new EnumMap<>(PartId.class);
        placement.places().forEach((part, place) -> homes.put(part, new Home(place, identity.name(part), null)));
        return new Homes(homes);
    }

    /** The home of a part. */
    public Optional<Home> of(PartId part) {
        return Optional.ofNullable(homes.get(part));
    }

    /** The places alone. */
    public Placement placement() {
        Map<PartId, Place> places = new EnumMap<>(PartId.class);
        homes.forEach((part, home) -> places.put(part, home.place()));
        return new Placement(places);
    }

    /** As a status says it. */
    public @Nullable DatabaseStatus database() {
        return of(PartId.database)
                .map(home -> new DatabaseStatus(
                        home.place().backend(),
                        Objects.requireNonNullElse(home.place().inside(), ""),
                        home.name(),
                        home.credential()))
                .orElse(null);
    }

    /** As a status says it. */
    public @Nullable ObjectStoreStatus objectStore() {
        return of(PartId.objectStore)
                .map(home -> new ObjectStoreStatus(home.place().backend(), home.name(), home.credential()))
                .orElse(null);
    }
}
