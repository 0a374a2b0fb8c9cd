package dev.bulkhead.operator.probe;

import java.time.Instant;

/** Where a probe reads something that it shares with other probes. */
@FunctionalInterface
public interface Source<T> {
    /**
     * What is there now, or was a short while ago.
     *
     * @throws InterruptedException when the round is to end
     */
    T read() throws InterruptedException;

    /**
     * When what {@link #read} gives was read.
     *
     * @param now what a source says that reads every time
     */
    default Instant readAt(Instant now) {
        return now;
    }

    /** From now on nothing is given that was read before that moment. */
    default void notBefore(Instant moment) {}
}
