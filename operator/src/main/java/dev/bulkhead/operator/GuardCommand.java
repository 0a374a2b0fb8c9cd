package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.guard.GuardKeeper;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.guard.GuardRounds;
import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bulkhead guard}: the keeper of the guards, until it is told to stop. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        description = "Keeps the guards as the chart wrote them, until it is told to stop.")
final class GuardCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(GuardCommand.class);

    /** A round reads each guard, so it does not come as often as a sweep may be asked for. */
    private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run(config.read());
        } catch (OperatorSettings.UnusableSettingsException | IOException e) {
            LOG.atError().log(e.getMessage());
            return 1;
        }
    }

    private static int run(OperatorSettings settings) throws IOException, InterruptedException {
        Logging.configure(settings.log());
        PrometheusMeterRegistry registry = Service.registry();
        CallMetrics calls = new CallMetrics(registry);
        GuardMetrics metrics = new GuardMetrics(registry);
        AtomicReference<@Nullable GuardRounds> current = new AtomicReference<>();
        try (Service service = new Service("keeper of the guards")) {
            service.listen(
                    settings,
                    registry,
                    () -> of(current).map(GuardRounds::alive).orElse(true),
                    () -> of(current).map(GuardRounds::seen).orElse(false));
            boolean anew = true;
            while (anew) {
                try (KubernetesClient client = Service.client(calls);
                        GuardRounds rounds = rounds(client, settings, metrics)) {
                    ClusterTrust trust = ClusterTrust.of(client);
                    current.set(rounds);
                    rounds.start();
                    anew = service.run(settings.operatorNamespace(), trust);
                } finally {
                    current.set(null);
                }
            }
        }
        return 0;
    }

    private static GuardRounds rounds(KubernetesClient client, OperatorSettings settings, GuardMetrics metrics) {
        GuardKeeper keeper =
                new GuardKeeper(client, settings.operatorNamespace(), Clock.systemUTC(), OperatorRuntime.instance());
        keeper.listen(metrics);
        return new GuardRounds(keeper, every(settings.sweepInterval()));
    }

    private static Optional<GuardRounds> of(AtomicReference<@Nullable GuardRounds> current) {
        return Optional.ofNullable(current.get());
    }

    private static Duration every(Duration sweepInterval) {
        return sweepInterval.compareTo(AT_MOST_EVERY) < 0 ? AT_MOST_EVERY : sweepInterval;
    }
}
