package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Trial;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What the prober counts. Labels are controls and results: their number does not grow with the tenants. */
public final class ProbeMetrics {
    private final MeterRegistry registry;
    private final Timer tenants;
    private final Timer rounds;

    /** Counts into a registry. */
    public ProbeMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Control control : Control.values()) {
            if (control.provable()) {
                for (Trial.TrialResult result : Trial.TrialResult.values()) {
                    counter(control, result);
                }
            }
        }
        tenants = timer("bulkhead_probe_tenant", "Time that all probes of one tenant took.");
        rounds = timer("bulkhead_probe_round", "Time that a round over all tenants took.");
    }

    /** Counts a trial. */
    void count(Trial trial) {
        counter(trial.proves(), trial.result()).increment();
    }

    /** Notes how long the probes of one tenant took. */
    void tenant(Duration took) {
        tenants.record(took);
    }

    /** Notes how long a round over all tenants took. */
    void round(Duration took) {
        rounds.record(took);
    }

    private Counter counter(Control control, Trial.TrialResult result) {
        return Counter.builder("bulkhead_probe_attempts")
                .description("Attempts to break out, by control and result.")
                .tag("control", control.id())
                .tag("result", result.name())
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).register(registry);
    }
}
