package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.outcome.Look;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** When each backend and its tenants were last looked at, and whether the tenants have to hear that nobody does. */
final class LastLooks {
    /** A look takes its time, too: below this nobody would call two of them missed. */
    private static final Duration SHORTEST = Duration.ofSeconds(15);

    private final Duration every;
    private final Map<String, Last> looks = new ConcurrentHashMap<>();

    /** @param lost whether the tenants were told that nobody looks any more */
    private record Last(Instant at, boolean lost) {}

    LastLooks(Duration every) {
        this.every = every.compareTo(SHORTEST) < 0 ? SHORTEST : every;
    }

    /**
     * Notes how a look ended.
     *
     * @param done whether everything could be looked at
     * @param began when the first look was to be expected
     * @return whether the tenants there have to hear: that nobody could look for too long, or that somebody could again
     */
    boolean ended(String backend, boolean done, Instant began, Instant now) {
        Last before = looks.getOrDefault(backend, new Last(began, false));
        if (done) {
            looks.put(backend, new Last(now, false));
            return before.lost();
        }
        if (before.lost() || !new Look(before.at(), every).isLost(now)) {
            return false;
        }
        looks.put(backend, new Last(before.at(), true));
        return true;
    }

    /** The last look that was through; empty before the first. */
    Optional<Look> of(String backend) {
        return Optional.ofNullable(looks.get(backend)).map(last -> new Look(last.at(), every));
    }

    /** What counts before the first: whoever comes by before it looks for himself. */
    Look first(Instant began) {
        return new Look(began, every);
    }

    void forget(String backend) {
        looks.remove(backend);
    }
}
