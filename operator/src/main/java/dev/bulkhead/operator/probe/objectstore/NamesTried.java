package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.escape.EscapePlan;
import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.EscapeTarget;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.StoreConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server since this process began: what was tried, by whom, and what of that was not clearly kept. What
 * was found stays found until the one who found it tries it again. Safe for several threads.
 */
final class NamesTried implements AutoCloseable {
    private final String store;
    private final Map<String, Instant> settled = new HashMap<>();
    private final Map<String, CarrierFinding> open = new LinkedHashMap<>();
    private final Map<TenantIdentity, Integer> turns = new HashMap<>();
    private final Map<TenantIdentity, OpenNames> ofTenants = new HashMap<>();
    private final Map<String, HeldTarget> targets = new HashMap<>();
    private @Nullable String server;
    private int rounds;

    /** What of one tenant's attempts was not clearly kept, and when it had its last turn. */
    private record OpenNames(Map<String, CarrierFinding> carriers, Instant at) {}

    /**
     * A folder of a canary's bucket.
     *
     * @param owner the way there, with the canary's key
     */
    record TargetPlace(StoreConnection owner, String bucket, String folder) {}

    private record HeldTarget(TargetPlace place, EscapeTarget target) {}

    /**
     * Nothing is known.
     *
     * @param store an ObjectStore on the server
     */
    NamesTried(String store) {
        this.store = store;
    }

    String store() {
        return store;
    }

    /** What the server calls itself now: nothing that was tried on another counts. One that gives no name is no other. */
    synchronized void servedBy(String name) {
        if (server != null && !name.isEmpty() && !name.equals(server)) {
            settled.clear();
        }
        if (!name.isEmpty()) {
            server = name;
        }
    }

    /** When each carrier was tried between the canaries with a clear result. */
    synchronized Map<String, Instant> settled() {
        return Map.copyOf(settled);
    }

    /** The canaries' next turn. */
    synchronized int turn() {
        return rounds++;
    }

    /** The tenant's next turn; where it begins is a matter of chance, so that tenants are at different names. */
    synchronized int turn(TenantIdentity tenant, RandomGenerator random) {
        return turns.merge(tenant, random.nextInt(EscapePlan.TENANT_TURNS), (before, _) -> before + 1);
    }

    /** Carriers that this tenant tried without being clearly kept. */
    synchronized Set<String> again(TenantIdentity tenant) {
        OpenNames names = ofTenants.get(tenant);
        return names == null ? Set.of() : Set.copyOf(names.carriers().keySet());
    }

    /** What one canary found. */
    synchronized void canary(EscapeReport report, Instant now) {
        note(open, report.found());
        for (CarrierFinding found : report.found()) {
            if (found.result() == CarrierResult.UNCLEAR) {
                settled.remove(found.carrier());
            } else {
                settled.put(found.carrier(), now);
            }
        }
    }

    /** What a tenant found. */
    synchronized void tenant(TenantIdentity tenant, EscapeReport report, Instant now) {
        OpenNames before = ofTenants.remove(tenant);
        Map<String, CarrierFinding> found = before == null ? new LinkedHashMap<>() : before.carriers();
        note(found, report.found());
        if (!found.isEmpty()) {
            ofTenants.put(tenant, new OpenNames(found, now));
        }
    }

    private static void note(Map<String, CarrierFinding> open, Collection<CarrierFinding> report) {
        for (CarrierFinding found : report) {
            switch (found.result()) {
                case KEPT, NOT_OFFERED -> open.remove(found.carrier());
                case THROUGH -> open.put(found.carrier(), found);
                case UNCLEAR ->
                    open.merge(
                            found.carrier(),
                            found,
                            (before, now) -> before.result() == CarrierResult.THROUGH ? before : now);
            }
        }
    }

    /** What was not clearly kept between the canaries. */
    synchronized List<CarrierFinding> open() {
        return List.copyOf(open.values());
    }

    /** By what one canary got to the other. */
    synchronized List<CarrierFinding> throughByCanary() {
        return open.values().stream()
                .filter(found -> found.result() == CarrierResult.THROUGH)
                .toList();
    }

    /** For people. */
    synchronized String message() {
        return "nothing happened there by " + settled.size() + " kinds of names, tried within "
                + EscapePlan.VALID.toHours() + " h";
    }

    /** What is to be said of the server; empty while no canary tried anything. */
    synchronized Optional<ServerStanding> standing(Instant now) {
        // Whoever had no turn for so long is no tenant any more.
        ofTenants.values().removeIf(names -> names.at().isBefore(now.minus(EscapePlan.VALID)));
        List<CarrierFinding> through = new ArrayList<>(throughByCanary());
        ofTenants
                .values()
                .forEach(names -> names.carriers().values().stream()
                        .filter(one -> one.result() == CarrierResult.THROUGH)
                        .forEach(through::add));
        if (through.isEmpty() && settled.isEmpty() && open.isEmpty()) {
            return Optional.empty();
        }
        Instant oldest = settled.values().stream().min(Instant::compareTo).orElse(Instant.EPOCH);
        String name = "ObjectStore " + store;
        if (!through.isEmpty()) {
            return Optional.of(new ServerStanding(
                    name,
                    ServerStanding.Standing.NotApart,
                    "a key gets out of its bucket by the " + carriers(through),
                    oldest));
        }
        return Optional.of(
                open.isEmpty()
                        ? new ServerStanding(
                                name,
                                ServerStanding.Standing.Apart,
                                "no key gets out of its bucket by " + settled.size() + " kinds of names",
                                oldest)
                        : new ServerStanding(
                                name,
                                ServerStanding.Standing.Unknown,
                                "not shown for the " + carriers(open.values()) + ": "
                                        + open.values().iterator().next().detail(),
                                oldest));
    }

    private static String carriers(Collection<CarrierFinding> findings) {
        return findings.stream().map(CarrierFinding::carrier).distinct().collect(Collectors.joining(", "));
    }

    /** The target that is there, or another one where its place is another: one for each bucket's folder. */
    EscapeTarget target(TargetPlace place, Supplier<EscapeTarget> another) {
        HeldTarget there;
        HeldTarget now;
        synchronized (this) {
            there = targets.get(place.folder());
            if (there != null && there.place().equals(place)) {
                return there.target();
            }
            now = new HeldTarget(place, another.get());
            targets.put(place.folder(), now);
        }
        if (there != null) {
            there.target().close(); // may be attacked just now, and then ends later
        }
        return now.target();
    }

    @Override
    public synchronized void close() {
        targets.values().forEach(held -> held.target().close());
    }
}
