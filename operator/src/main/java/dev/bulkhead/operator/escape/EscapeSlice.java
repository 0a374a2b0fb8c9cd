package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.List;
import java.util.stream.Collectors;

/** What is tried at one time: some carriers of names, each by some spellings. */
@Pure
public final class EscapeSlice {
    private final List<EscapePart> parts;
    private final boolean leavesVersions;

    /** One carrier. */
    record EscapePart(NameCarrier carrier, List<EscapeAttempt> attempts) {
        EscapePart {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * These.
     *
     * @param leavesVersions whether controls and attempts may leave versions in the attacker's own bucket
     */
    EscapeSlice(List<EscapePart> parts, boolean leavesVersions) {
        this.parts = List.copyOf(parts);
        this.leavesVersions = leavesVersions;
    }

    List<EscapePart> parts() {
        return parts;
    }

    boolean leavesVersions() {
        return leavesVersions;
    }

    /** One line for each attempt. */
    @Override
    public String toString() {
        return parts.stream()
                .flatMap(part -> part.attempts().stream())
                .map(EscapeAttempt::toString)
                .collect(Collectors.joining("\n"));
    }
}
