package dev.bulkhead.operator.tenant;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long to wait before a tenant that is not through is tried again: half a second, doubling, up to 30 s. */
final class Backoff {
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private static final Duration SOONEST_LOOK = Duration.ofSeconds(5);
    private static final Duration LATEST_LOOK = Duration.ofMinutes(2);

    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    Duration next(String uid) {
        int count = failures.merge(uid, 1, Integer::sum);
        return Duration.ofMillis(Math.min(FIRST_MILLIS << Math.min(count - 1, 10), LONGEST_MILLIS));
    }

    /** When something that tells nobody how it goes on is looked at again: after as long as it is so, 5 s to 2 min. */
    static Duration asLongAgain(Duration since) {
        return since.compareTo(SOONEST_LOOK) < 0
                ? SOONEST_LOOK
                : since.compareTo(LATEST_LOOK) > 0 ? LATEST_LOOK : since;
    }

    void forget(String uid) {
        failures.remove(uid);
    }
}
