package dev.bulkhead.operator.outcome;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that keeps a tenant from being what its spec says. Names the object, the reason and the remedy; never a
 * secret, SQL text or a stack trace.
 *
 * @param reason one of the reasons users' scripts compare
 * @param subject the field, object, role or bucket it is about, such as {@code spec.network.egress[llm]}
 * @param message why, and what to do
 */
public record Finding(Reason reason, String subject, String message) {
    /** {@code subject: message}, as people read it in a condition. */
    public String text() {
        return subject.isEmpty() ? message : subject + ": " + message;
    }

    /** How many findings are named where several are told at once. */
    private static final int NAMED = 5;

    /** Several findings as people read them in one condition: the first few, and how many more there are. */
    public static String joined(List<Finding> findings) {
        String named =
                findings.stream().limit(NAMED).map(Finding::text).distinct().collect(Collectors.joining("; "));
        return findings.size() > NAMED ? named + "; and " + (findings.size() - NAMED) + " more" : named;
    }
}
