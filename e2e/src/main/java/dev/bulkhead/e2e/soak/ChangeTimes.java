package dev.bulkhead.e2e.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From the request that changes a spec to the status that saw it. Called from several threads. */
final class ChangeTimes {
    private final Map<Change, Long> waiting = new HashMap<>();
    private final Map<String, Long> newest = new HashMap<>();
    private final Map<String, Seen> observed = new HashMap<>();
    private final List<Duration> times = new ArrayList<>();

    private record Change(String tenant, long generation) {}

    private record Seen(long generation, long at) {}

    /**
     * A spec was written.
     *
     * @param generation in the answer; one that was there before is no change
     * @param sentAt nanoseconds of {@link System#nanoTime} before the request
     * @return whether it was a change
     */
    synchronized boolean written(String tenant, long generation, long sentAt) {
        Long before = newest.put(tenant, generation);
        if (before == null || before >= generation) {
            return false;
        }
        waiting.put(new Change(tenant, generation), sentAt);
        Seen last = observed.get(tenant);
        if (last != null) { // may have been faster than the answer
            seen(tenant, last.generation(), last.at());
        }
        return true;
    }

    /** A status says that it is of this generation. */
    synchronized void seen(String tenant, long generation, long at) {
        observed.merge(
                tenant,
                new Seen(generation, at),
                (before, now) -> before.generation() >= now.generation() ? before : now);
        waiting.entrySet().removeIf(entry -> {
            boolean done =
                    entry.getKey().tenant().equals(tenant) && entry.getKey().generation() <= generation;
            if (done) {
                times.add(Duration.ofNanos(at - entry.getValue()));
            }
            return done;
        });
    }

    /** Of those that were seen. */
    synchronized List<Duration> times() {
        return List.copyOf(times);
    }

    /** Changes that no status has seen yet. */
    synchronized int waiting() {
        return waiting.size();
    }
}
