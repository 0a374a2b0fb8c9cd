package dev.bulkhead.operator;

import dev.bulkhead.operator.backend.SweepMetrics;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.health.WorldClock;
import dev.bulkhead.operator.leader.Leadership;
import dev.bulkhead.operator.metrics.StorageMetrics;
import dev.bulkhead.operator.metrics.TenantMetrics;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bulkhead run}: the operator itself, until it is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the operator until it is told to stop.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    /** Exit code: whoever started it does so again, and it stands by. */
    private static final int LEADS_NO_MORE = 3;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run(config.read());
        } catch (OperatorSettings.UnusableSettingsException | MasterKeysUnusableException | IOException e) {
            LOG.atError().log(e.getMessage());
            return 1;
        }
    }

    private static int run(OperatorSettings settings)
            throws MasterKeysUnusableException, IOException, InterruptedException {
        Logging.configure(settings.log());
        PrometheusMeterRegistry registry = Service.registry();
        CallMetrics calls = new CallMetrics(registry);
        SweepMetrics sweeps = new SweepMetrics(registry);
        AtomicReference<@Nullable OperatorRuntime> current = new AtomicReference<>();
        registry.getPrometheusRegistry()
                .register(new TenantMetrics(() -> of(current).flatMap(OperatorRuntime::known), Clock.systemUTC()));
        registry.getPrometheusRegistry()
                .register(new StorageMetrics(
                        () -> of(current).map(OperatorRuntime::stored).orElse(List.of())));
        try (Service service = new Service("operator")) {
            service.listen(
                    settings,
                    registry,
                    () -> of(current).map(OperatorRuntime::healthy).orElse(true),
                    () -> of(current).map(OperatorRuntime::ready).orElse(false));
            boolean anew = true;
            while (anew) {
                Leadership leadership = Leadership.shared(
                        calls,
                        settings.leaderElection(),
                        OperatorRuntime.instance() + "_" + UUID.randomUUID(),
                        // No end in order: it would wait for passes, and another replica works already.
                        () -> Runtime.getRuntime().halt(LEADS_NO_MORE));
                try (KubernetesClient client = Service.client(leadership);
                        WorldClock world = new WorldClock(
                                client,
                                () -> of(current).flatMap(OperatorRuntime::known).stream()
                                        .flatMap(known -> known.tenants().stream()),
                                service::anew);
                        OperatorRuntime runtime = new OperatorRuntime(settings, client, leadership)) {
                    runtime.sweeps().listen(sweeps);
                    ClusterTrust trust = ClusterTrust.of(client);
                    current.set(runtime);
                    world.start(Service.WORLD_EVERY);
                    runtime.start();
                    anew = service.run(settings.operatorNamespace(), trust);
                } finally {
                    current.set(null);
                }
            }
        }
        return 0;
    }

    private static Optional<OperatorRuntime> of(AtomicReference<@Nullable OperatorRuntime> current) {
        return Optional.ofNullable(current.get());
    }
}
