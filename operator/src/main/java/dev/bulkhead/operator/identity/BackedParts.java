package dev.bulkhead.operator.identity;

import dev.bulkhead.api.v1beta1.BackendRequest;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.DatabaseStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ObjectStoreStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the API spells the parts that lie on a server or store, for who treats all of them alike. */
public final class BackedParts {
    private static final List<PartId> ALL =
            Arrays.stream(PartId.values()).filter(PartId::backed).toList();

    private BackedParts() {}

    /** The parts that lie on a server or store, in their order. */
    public static List<PartId> all() {
        return ALL;
    }

    /**
     * The kind of resource that a part lies on.
     *
     * @throws IllegalArgumentException for a part that lies on none
     */
    public static Class<? extends BackendResource> kind(PartId part) {
        return switch (part) {
            case database -> DatabaseServer.class;
            case objectStore -> ObjectStore.class;
            default -> throw part.unbacked();
        };
    }

    /**
     * What a Tenant asks for there.
     *
     * @throws IllegalArgumentException for a part that lies on none
     */
    public static BackendRequest request(TenantSpec spec, PartId part) {
        return switch (part) {
            case database -> spec.database();
            case objectStore -> spec.objectStore();
            default -> throw part.unbacked();
        };
    }

    /** The part that lies on a resource of that kind. */
    public static PartId of(BackendResource resource) {
        return ALL.stream()
                .filter(part -> kind(part).isInstance(resource))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no part lies on a " + resource.getKind()));
    }

    /** Where the data of a Tenant is, as its status says. */
    public static Homes homes(@Nullable TenantStatus status) {
        return status == null ? Homes.NONE : homes(status.database(), status.objectStore());
    }

    /** Where the data of a former Tenant is, as its Tombstone says. */
    public static Homes homes(TombstoneStatus status) {
        return homes(status.database(), status.objectStore());
    }

    /** The same from the fields of a status. */
    public static Homes homes(@Nullable DatabaseStatus database, @Nullable ObjectStoreStatus objectStore) {
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

    /** A Tenant's status that says where its data is. */
    public static TenantStatus saying(Homes homes, TenantStatus status) {
        return status.withHomes(database(homes), objectStore(homes));
    }

    /** A Tombstone's status that says where the data is. */
    public static TombstoneStatus saying(Homes homes, TombstoneStatus status) {
        return status.withHomes(database(homes), objectStore(homes));
    }

    private static @Nullable DatabaseStatus database(Homes homes) {
        return homes.of(PartId.database)
                .map(home -> new DatabaseStatus(
                        home.place().backend(),
                        Objects.requireNonNullElse(home.place().inside(), ""),
                        home.name(),
                        home.credential()))
                .orElse(null);
    }

    private static @Nullable ObjectStoreStatus objectStore(Homes homes) {
        return homes.of(PartId.objectStore)
                .map(home -> new ObjectStoreStatus(home.place().backend(), home.name(), home.credential()))
                .orElse(null);
    }
}
