package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/** {@code bulkhead_sweep_seconds{backend, result}}: how long the tenants of one server or store took to compare. */
public final class SweepMetrics implements Sweeps.SweepListener {
    private final MeterRegistry registry;

    /** Shows zero before the first sweep, so that a rate over it is known from the start. */
    public SweepMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Backend backend : List.of(Backend.postgresql, Backend.s3)) {
            timer(backend, true);
            timer(backend, false);
        }
    }

    @Override
    public void swept(Backend backend, boolean done, Duration took) {
        timer(backend, done).record(took);
    }

    private Timer timer(Backend backend, boolean done) {
        return Timer.builder("bulkhead.sweep")
                .description("Time that comparing all tenants of one server or store took.")
                .tag("backend", backend.name())
                .tag("result", done ? "ok" : "failed")
                .register(registry);
    }
}
