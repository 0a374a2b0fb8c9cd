package dev.bulkhead.operator.outcome;

import java.time.Duration;
import java.time.Instant;

/**
 * The last look at something, and how often it is looked at.
 *
 * @param at when it was last seen as it is said to be
 * @param every how often somebody looks while all is well
 */
public record Look(Instant at, Duration every) {
    /** How far the clocks of two machines of a cluster may differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    /** Whether two looks were missed: then nobody knows any more. */
    public boolean isLost(Instant now) {
        return now.isAfter(at.plus(every.multipliedBy(2))) || isToCome(at, now);
    }

    /** Whether a time that was noted is still to come, as after the clock was set back: then it says nothing. */
    public static boolean isToCome(Instant noted, Instant now) {
        return noted.isAfter(now.plus(SKEW));
    }
}
