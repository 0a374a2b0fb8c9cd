package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.List;

/**
 * What an escape suite found of one server.
 *
 * @param found for each carrier of names, in their fixed order
 */
@Pure
public record EscapeReport(List<CarrierFinding> found) {
    /** Makes the list immutable. */
    public EscapeReport {
        found = List.copyOf(found);
    }

    /** What was found of one carrier. */
    public enum CarrierResult {
        /** Nothing happened, and the same request works where it is allowed. */
        KEPT,
        /** A request did something to the victim, or was told something of it. */
        THROUGH,
        /** Neither can be said. */
        UNCLEAR,
        /** Nothing happened, and the server does no such thing for anybody. */
        NOT_OFFERED
    }

    /**
     * One carrier of names.
     *
     * @param carrier such as {@code key in a DeleteObjects body}
     * @param detail how it was got through, or why nothing can be said; free of anything secret
     */
    public record CarrierFinding(String carrier, CarrierResult result, String detail) {}

    /** Those with that result. */
    public List<CarrierFinding> with(CarrierResult result) {
        return found.stream().filter(one -> one.result() == result).toList();
    }

    /** Whether everything was tried and nothing got through. */
    public boolean apart() {
        return with(CarrierResult.THROUGH).isEmpty()
                && with(CarrierResult.UNCLEAR).isEmpty();
    }
}
