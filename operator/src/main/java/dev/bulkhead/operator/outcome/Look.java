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
    /** Whether two looks were missed: then nobody knows any more. */
    public boolean isLost(Instant now) {
        return now.isAfter(at.plus(every.multipliedBy(2)));
    }
}
