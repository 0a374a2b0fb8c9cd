package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.kube.OwnedObjects;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What is known of tenants from the caches, and the way to have one reconciled.
 *
 * @param profile the rules of a profile of that name
 * @param look has the Tenant of that name reconciled soon
 * @param supplied parts of a Tenant whose credentials somebody else makes
 * @param owned the operator's own objects
 */
public record RotationWorld(
        Supplier<List<Tenant>> tenants,
        Function<String, Optional<TenantProfileSpec>> profile,
        Supplier<List<Incident>> incidents,
        Consumer<String> look,
        Function<Tenant, Set<PartId>> supplied,
        Supplier<OwnedObjects> owned) {
    Optional<Tenant> tenant(String name) {
        return tenants.get().stream()
                .filter(t -> t.getMetadata().getName().equals(name))
                .findFirst();
    }
}
