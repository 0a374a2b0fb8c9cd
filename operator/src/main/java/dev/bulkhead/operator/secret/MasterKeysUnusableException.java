package dev.bulkhead.operator.secret;

/** The master keys cannot be used as they lie there. The message names the path, the reason and the remedy. */
public final class MasterKeysUnusableException extends Exception {
    MasterKeysUnusableException(String message) {
        super(message);
    }

    MasterKeysUnusableException(String message, Throwable cause) {
        super(message, cause);
    }
}
