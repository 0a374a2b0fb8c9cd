package dev.bulkhead.operator.job;

import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far a step came. */
public sealed interface Advance {
    /**
     * It is through.
     *
     * @param message what was found, for people; null when the name says it all
     */
    record Done(@Nullable String message) implements Advance {}

    /**
     * It waits; looked at again after a pause that grows, and no place is held meanwhile.
     *
     * @param message what for
     * @param until when to look at the latest; null when there is no such time
     */
    record Waiting(String message, @Nullable Instant until) implements Advance {
        /** Waits for what has no time. */
        public Waiting(String message) {
            this(message, null);
        }
    }

    /** It cannot be done, and trying again does not help. */
    record Failed(Reason reason, String message) implements Advance {}
}
