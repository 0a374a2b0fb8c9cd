package dev.bulkhead.operator.identity;

import dev.bulkhead.api.v1beta1.BackendRequest;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.TenantSpec;
import java.util.Arrays;
import java.util.List;

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
}
