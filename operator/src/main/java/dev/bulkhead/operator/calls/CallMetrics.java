package dev.bulkhead.operator.calls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts external calls as {@code bulkhead_external_calls_total{backend, verb, result}}. */
public final class CallMetrics implements ExternalCalls {
    private final MeterRegistry registry;

    /** Counts into the registry. */
    public CallMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void before(Backend backend, Verb verb, String what) {}

    @Override
    public void after(Backend backend, Verb verb, String what, String result) {
        Counter.builder("bulkhead.external.calls")
                .description("Requests to the API server, PostgreSQL and S3.")
                .tag("backend", backend.name())
                .tag("verb", verb.name())
                .tag("result", result)
                .register(registry)
                .increment();
    }
}
