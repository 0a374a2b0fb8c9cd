package dev.bulkhead.operator.evidence;

import java.time.Instant;
import java.util.List;

/**
 * Who of the platform reaches into all tenants, in words: a finding of the platform, once, and of none of its tenants.
 *
 * @param accepted for whom somebody answers, with why, who and until when
 * @param notYet who was there before Bulkhead, and for whom nobody answers yet
 * @param later who came later, and for whom nobody answers
 * @param at when it was read
 */
public record PlatformAccess(List<String> accepted, List<String> notYet, List<String> later, Instant at) {
    /** Makes the lists immutable. */
    public PlatformAccess {
        accepted = List.copyOf(accepted);
        notYet = List.copyOf(notYet);
        later = List.copyOf(later);
    }
}
