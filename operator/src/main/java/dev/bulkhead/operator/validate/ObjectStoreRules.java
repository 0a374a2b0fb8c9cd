package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.outcome.Reason;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the tenant's bucket lives. A tenant that was placed stays where it is. Otherwise the store named takes it, or of
 * all that fit and answer the one with the lowest load, at equal load the first by name.
 */
final class ObjectStoreRules {
    private static final String FIELD = "spec.objectStore";

    private ObjectStoreRules() {}

    /** The place, or null with a finding that says why there is none. */
    static ValidTenant.@Nullable ValidObjectStore check(
            TenantSpec spec, List<ObjectStore> stores, @Nullable Place home, Findings findings) {
        ObjectStoreRequest request = spec.objectStore();
        Deliveries.check(FIELD + ".deliverTo", request.deliverTo(), spec.namespaces(), findings);
        int noncurrentDays = noncurrentDays(request, findings);
        Long quota = quota(request, findings);
        String place = home == null ? null : home.backend();
        if (place != null && request.store() != null && !place.equals(request.store())) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".store",
                    "the tenant's data lives on " + place + " and does not move by itself; name that store or none");
            return null;
        }
        String named = place != null ? place : request.store();
        ObjectStore store =
                named != null ? named(named, spec, place != null, stores, findings) : chosen(spec, stores, findings);
        if (store == null) {
            return null;
        }
        String name = store.getMetadata().getName();
        if (place == null && !hasRoom(store)) {
            findings.add(
                    Reason.NoCapacity,
                    FIELD + ".store",
                    "ObjectStore " + name + " is full; raise its spec.maxTenants or name another store");
            return null;
        }
        Ranges.check(store.getSpec().reachableAs(), "ObjectStore " + name, findings);
        return new ValidTenant.ValidObjectStore(
                request,
                name,
                store.getSpec().driver(),
                store.getSpec().endpoint(),
                store.getSpec().region(),
                store.getSpec().endpoint().toLowerCase(Locale.ROOT).startsWith("https://"),
                store.getSpec().caCertificate(),
                store.getSpec().reachableAs(),
                noncurrentDays,
                quota);
    }

    /** Whole days: object stores count in days. A month counts with the fewest days it can have. */
    private static int noncurrentDays(ObjectStoreRequest request, Findings findings) {
        Periods.Length length = Periods.parse(request.noncurrentVersions());
        long days = length == null ? 0 : length.shortestDays();
        if (days < 1 || days > Integer.MAX_VALUE) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".noncurrentVersions",
                    Quoted.of(request.noncurrentVersions())
                            + " must be an ISO 8601 duration of at least one day, such as P30D");
            return 1;
        }
        return (int) days;
    }

    private static @Nullable Long quota(ObjectStoreRequest request, Findings findings) {
        if (request.quota() == null) {
            return null;
        }
        BigDecimal amount = Quantities.parse(request.quota());
        Long bytes = amount == null ? null : Quantities.whole(amount);
        if (bytes == null || bytes == 0) {
            findings.add(
                    Reason.InvalidSpec,
                    FIELD + ".quota",
                    Quoted.of(request.quota())
                            + " must be whole bytes, more than zero, such as 50Gi; leave it out for no limit");
        }
        return bytes;
    }

    private static @Nullable ObjectStore named(
            String name, TenantSpec spec, boolean placed, List<ObjectStore> stores, Findings findings) {
        ObjectStore store = stores.stream()
                .filter(s -> name.equals(s.getMetadata().getName()))
                .findFirst()
                .orElse(null);
        if (store == null) {
            findings.add(
                    Reason.UnknownStore,
                    FIELD + ".store",
                    placed
                            ? "ObjectStore " + Quoted.of(name)
                                    + ", where this tenant's data lives, is gone; create it again"
                            : "there is no ObjectStore " + Quoted.of(name) + "; create it or name another");
            return null;
        }
        if (store.getSpec().environment() != spec.environment()) {
            findings.add(
                    Reason.UnknownStore,
                    FIELD + ".store",
                    "ObjectStore " + name + " serves " + store.getSpec().environment() + ", this tenant is "
                            + spec.environment() + "; the two never share a store");
            return null;
        }
        return store;
    }

    private static @Nullable ObjectStore chosen(TenantSpec spec, List<ObjectStore> stores, Findings findings) {
        List<ObjectStore> ofEnvironment = stores.stream()
                .filter(s -> s.getSpec().environment() == spec.environment())
                .toList();
        if (ofEnvironment.isEmpty()) {
            findings.add(
                    Reason.UnknownStore,
                    FIELD,
                    "no ObjectStore serves " + spec.environment() + "; create one with spec.environment: "
                            + spec.environment());
            return null;
        }
        List<ObjectStore> withRoom =
                ofEnvironment.stream().filter(ObjectStoreRules::hasRoom).toList();
        if (withRoom.isEmpty()) {
            findings.add(
                    Reason.NoCapacity,
                    FIELD,
                    "every ObjectStore that fits is full (" + names(ofEnvironment) + "); add one or raise"
                            + " spec.maxTenants");
            return null;
        }
        ObjectStore best = withRoom.stream()
                .filter(s -> Readiness.of(s.getStatus()) == Readiness.READY)
                .min(Comparator.comparingDouble(ObjectStoreRules::load)
                        .thenComparing(s -> s.getMetadata().getName()))
                .orElse(null);
        if (best == null) {
            findings.add(
                    Reason.ObjectStoreUnavailable,
                    FIELD,
                    "no ObjectStore that fits is Ready (" + names(withRoom)
                            + "); the tenant goes on by itself when one is");
        }
        return best;
    }

    private static String names(List<ObjectStore> stores) {
        return stores.stream().map(s -> s.getMetadata().getName()).sorted().collect(Collectors.joining(", "));
    }

    private static boolean hasRoom(ObjectStore store) {
        return tenants(store) < store.getSpec().maxTenants();
    }

    private static int tenants(ObjectStore store) {
        BackendStatus status = store.getStatus();
        return status == null ? 0 : Objects.requireNonNullElse(status.tenants(), 0);
    }

    private static double load(ObjectStore store) {
        return (double) tenants(store) / store.getSpec().maxTenants();
    }
}
