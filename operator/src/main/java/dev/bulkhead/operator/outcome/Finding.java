package dev.bulkhead.operator.outcome;

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
}
