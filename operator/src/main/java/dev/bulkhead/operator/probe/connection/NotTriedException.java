package dev.bulkhead.operator.probe.connection;

/** Nothing could be tried; the message says why, for people. */
final class NotTriedException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean everywhere;

    private NotTriedException(String reason, boolean everywhere) {
        super(reason);
        this.everywhere = everywhere;
    }

    /** For a reason that lies in this tenant: its quota is used up. */
    static NotTriedException here(String reason) {
        return new NotTriedException(reason, false);
    }

    /** For a reason that would be the same for the next tenant: no node, no image. */
    static NotTriedException everywhere(String reason) {
        return new NotTriedException(reason, true);
    }

    boolean everywhere() {
        return everywhere;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
