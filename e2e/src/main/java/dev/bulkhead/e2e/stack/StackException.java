package dev.bulkhead.e2e.stack;

/**
 * The stack cannot do what was asked. The message is for the person at the terminal: what failed, why, and what to do
 * about it; it never holds a password or key.
 */
public final class StackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** {@code message} names the object, the reason and the remedy. */
    public StackException(String message) {
        super(message);
    }

    /** {@code message} as above; {@code cause} is for debugging only and not shown to the user. */
    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
