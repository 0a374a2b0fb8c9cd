package dev.bulkhead.operator.leader;

/** A write was held back, because another replica may lead by now. */
public final class NotLeadingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotLeadingException(String request) {
        super(request + " was not sent: this replica does not lead, or its lease may have ended");
    }
}
