package dev.bulkhead.operator.guard;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.function.Consumer;

/** {@code bulkhead_guard_intact{guard}}: 1 as the chart wrote it, 0 not, NaN when nobody knows. */
public final class GuardMetrics implements Consumer<GuardReport> {
    private final MultiGauge intact;

    /** Shows nothing before the first report. */
    public GuardMetrics(MeterRegistry registry) {
        intact = MultiGauge.builder("bulkhead.guard.intact")
                .description("Whether a guard was as the chart wrote it: 1, or 0, or NaN when it could not be seen")
                .register(registry);
    }

    @Override
    public void accept(GuardReport report) {
        intact.register(
                report.guards().stream()
                        .<MultiGauge.Row<?>>map(line -> MultiGauge.Row.of(
                                Tags.of("guard", line.guard()), value(line.standing(), report.trouble() != null)))
                        .toList(),
                true);
    }

    private static double value(GuardReport.GuardStanding standing, boolean blind) {
        return switch (standing) {
            case INTACT -> blind ? Double.NaN : 1;
            case UNKNOWN -> Double.NaN;
            case RESTORED, TAMPERED, MISSING -> 0;
        };
    }
}
