package dev.bulkhead.operator;

import dev.bulkhead.operator.backend.SweepMetrics;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.health.WorldClock;
import dev.bulkhead.operator.leader.Leadership;
import dev.bulkhead.operator.metrics.StorageMetrics;
import dev.bulkhead.operator.metrics.TenantMetrics;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code bulkhead run}: the operator itself, until it is told to stop. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the operator until it is told to stop.",
        footer = {
            "",
            "Exit codes: 0 it was told to stop, 1 it cannot run as it is set up, 2 wrong usage, 3 another one leads."
        })
final class RunCommand extends ServiceCommand {
    /** Exit code: whoever started it does so again, and it stands by. */
    private static final int LEADS_NO_MORE = 3;

    RunCommand() {
        super("operator");
    }

    @Override
    Beginning prepare(OperatorSettings settings, PrometheusMeterRegistry registry) {
        CallMetrics calls = new CallMetrics(registry);
        SweepMetrics sweeps = new SweepMetrics(registry);
        AtomicReference<@Nullable OperatorRuntime> current = new AtomicReference<>();
        registry.getPrometheusRegistry()
                .register(new TenantMetrics(() -> of(current).flatMap(OperatorRuntime::known), Clock.systemUTC()));
        registry.getPrometheusRegistry()
                .register(new StorageMetrics(
                        () -> of(current).map(OperatorRuntime::stored).orElse(List.of())));
        return anew -> {
            Leadership leadership = Leadership.shared(
                    calls,
                    settings.leaderElection(),
                    OperatorRuntime.instance() + "_" + UUID.randomUUID(),
                    // No end in order: it would wait for passes, and another replica works already.
                    () -> Runtime.getRuntime().halt(LEADS_NO_MORE));
            KubernetesClient client = Service.client(leadership);
            OperatorRuntime runtime = new OperatorRuntime(settings, client, leadership);
            runtime.sweeps().listen(sweeps);
            current.set(runtime);
            WorldClock world = new WorldClock(
                    client, () -> runtime.known().stream().flatMap(known -> known.tenants().stream()), anew);
            return new Life(
                    () -> {
                        world.start(Service.WORLD_EVERY);
                        runtime.start();
                    },
                    runtime::healthy,
                    runtime::ready,
                    () -> {
                        current.set(null);
                        try (client;
                                world) {
                            runtime.close();
                        }
                    });
        };
    }

    private static Optional<OperatorRuntime> of(AtomicReference<@Nullable OperatorRuntime> current) {
        return Optional.ofNullable(current.get());
    }
}
