package dev.bulkhead.operator.lifecycle;

import java.time.Duration;

/**
 * How patient a removal is.
 *
 * @param longest after which a deleted Tenant goes, whatever could not be closed yet
 * @param debtsEvery how long to wait before an open debt of a Tombstone is tried again
 */
public record RemovalTimes(Duration longest, Duration debtsEvery) {
    /** A minute for the removal, half a minute between two tries to pay a debt. */
    public static RemovalTimes usual() {
        return new RemovalTimes(Duration.ofSeconds(60), Duration.ofSeconds(30));
    }
}
