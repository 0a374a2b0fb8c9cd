package dev.bulkhead.operator.guard;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the guards stand.
 *
 * @param observedAt when they were looked at last; null before the first look
 * @param guards one line per guard, by number; empty before the first look, and when nobody knows what they should be
 * @param trouble why nothing could be learnt in the last look; null when something was
 */
public record GuardReport(
        @Nullable Instant observedAt,
        List<GuardLine> guards,
        @Nullable String trouble) {
    /** Copies. */
    public GuardReport {
        guards = List.copyOf(guards);
    }

    /** Before the first look. */
    static GuardReport none() {
        return new GuardReport(null, List.of(), "the guards have not been looked at yet");
    }

    /** The line of a guard; null when it is not known. */
    public @Nullable GuardLine guard(String id) {
        return guards.stream()
                .filter(line -> line.guard().equals(id))
                .findFirst()
                .orElse(null);
    }

    /** Whether every guard was in force at the last look, and stays so. */
    public boolean intact() {
        return trouble == null
                && !guards.isEmpty()
                && guards.stream().allMatch(line -> line.standing() == GuardStanding.INTACT);
    }

    /** How a guard stands, from best to worst. */
    public enum GuardStanding {
        /** As the chart wrote it, and bound. */
        INTACT,
        /** It was not, and is again since this look. Until then it may have let something through. */
        RESTORED,
        /** It could not be looked at, or not be restored. */
        UNKNOWN,
        /** Somebody changed it, and it is not the keeper's to restore. */
        TAMPERED,
        /** It is gone, and it is not the keeper's to restore. */
        MISSING
    }

    /**
     * One guard.
     *
     * @param guard its number
     * @param since when this standing was seen first
     * @param detail which object, and what about it; empty when intact
     * @param lastRestored when the keeper last restored it; null when it never had to since it started
     */
    public record GuardLine(
            String guard,
            GuardStanding standing,
            Instant since,
            String detail,
            @Nullable Instant lastRestored) {}
}
