package dev.bulkhead.operator.tenant;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long to wait before a tenant that is not through is tried again: half a second, doubling, up to 30 s. */
final class Backoff {
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private final Map<String, Integer> failures = new ConcurrentHashMap<>();

    Duration next(String uid) {
        int count = failures.merge(uid, 1, Integer::sum);
        return Duration.ofMillis(Math.min(FIRST_MILLIS << Math.min(count - 1, 10), LONGEST_MILLIS));
    }

    void forget(String uid) {
        failures.remove(uid);
    }
}
