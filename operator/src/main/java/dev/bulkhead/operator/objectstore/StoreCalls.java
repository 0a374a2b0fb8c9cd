package dev.bulkhead.operator.objectstore;

import java.time.Duration;

/**
 * Told of every request to an object store: for metrics, the bench and fault tests. Must be quick and thread-safe. What
 * it throws ends the call.
 */
public interface StoreCalls {
    /** Whether a request can change anything. */
    enum Verb {
        READ,
        WRITE
    }

    /** Nobody listens. */
    StoreCalls IGNORED = (_, _, _, _) -> {};

    /** A request is about to be sent. */
    default void before(Verb verb, String operation) {}

    /**
     * A request is over.
     *
     * @param operation such as GetBucketPolicy
     * @param result {@code ok}, or the failure in lower case, such as {@code unreachable}
     * @param took from asking to the answer, without waiting for a free place
     */
    void after(Verb verb, String operation, String result, Duration took);
}
