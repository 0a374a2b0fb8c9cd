package dev.bulkhead.operator.probe;

/** Where a probe reads something that it shares with other probes. */
@FunctionalInterface
public interface Source<T> {
    /**
     * What is there now, or was a short while ago.
     *
     * @throws InterruptedException when the round is to end
     */
    T read() throws InterruptedException;
}
