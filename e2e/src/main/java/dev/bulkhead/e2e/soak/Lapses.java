package dev.bulkhead.e2e.soak;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Since when, and for how long, something about a tenant was not as it should be. Called by one thread at a time. */
final class Lapses {
    private final Map<Place, Lapse> open = new HashMap<>();
    private final List<Lapse> ended = new ArrayList<>();

    private record Place(String tenant, String what) {}

    /**
     * What is wrong with a tenant at one moment.
     *
     * @param what a control, or a condition; once for each tenant
     * @param state in one word
     * @param message why, in the operator's or the prober's words
     * @param grave no time excuses it
     */
    record Fault(String what, String state, String message, boolean grave) {}

    /**
     * A fault from when it was first seen.
     *
     * @param fault as it was seen last, or the gravest
     * @param until when it was seen gone; null while it is there
     */
    record Lapse(
            String tenant,
            Fault fault,
            Instant since,
            @Nullable Instant until) {
        /** How long it lasted; until {@code now} when it still does. */
        Duration length(Instant now) {
            return Duration.between(since, until == null ? now : until);
        }
    }

    /** A tenant as it is seen at a moment: what is not among {@code faults} is as it should be. */
    void look(String tenant, List<Fault> faults, Instant at) {
        Set<Place> seen = new HashSet<>();
        for (Fault fault : faults) {
            Place place = new Place(tenant, fault.what());
            seen.add(place);
            open.merge(
                    place,
                    new Lapse(tenant, fault, at, null),
                    (before, now) -> before.fault().grave() && !fault.grave()
                            ? before
                            : new Lapse(tenant, fault, before.since(), null));
        }
        open.entrySet().removeIf(entry -> {
            if (!entry.getKey().tenant().equals(tenant) || seen.contains(entry.getKey())) {
                return false;
            }
            Lapse lapse = entry.getValue();
            ended.add(new Lapse(tenant, lapse.fault(), lapse.since(), at));
            return true;
        });
    }

    /** Those that ended, in the order of their ends, and then those that are still there. */
    List<Lapse> all() {
        List<Lapse> all = new ArrayList<>(ended);
        all.addAll(open.values());
        return all;
    }
}
