package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import java.time.Duration;

/** Tells somebody how sweeps went. */
public final class Sweeps {
    private volatile SweepListener listener = (_, _, _) -> {};

    /** Tells nobody before the first {@link #listen}. */
    public Sweeps() {}

    /** Is told of every sweep. */
    @FunctionalInterface
    public interface SweepListener {
        /**
         * A sweep over all tenants of one server or store ended.
         *
         * @param done whether everything could be looked at
         */
        void swept(Backend backend, boolean done, Duration took);
    }

    /** Tells how every sweep from now on went; replaces the listener before. */
    public void listen(SweepListener told) {
        listener = told;
    }

    void ended(Backend backend, boolean done, Duration took) {
        listener.swept(backend, done, took);
    }
}
