package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.guard.GuardKeeper;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.guard.GuardRounds;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
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
        try (Service service = new Service("keeper of the guards");
                KubernetesClient client = Service.client(new CallMetrics(registry))) {
            GuardKeeper keeper = new GuardKeeper(
                    client, settings.operatorNamespace(), Clock.systemUTC(), OperatorRuntime.instance());
            keeper.listen(new GuardMetrics(registry));
            try (GuardRounds rounds = new GuardRounds(keeper, every(settings.sweepInterval()))) {
                service.listen(
                        settings, registry, rounds::alive, () -> keeper.state().observedAt() != null);
                rounds.start();
                // It holds nothing that it read of the cluster before, so it never has to begin anew.
                boolean _ = service.run(settings.operatorNamespace());
            }
        }
        return 0;
    }

    private static Duration every(Duration sweepInterval) {
        return sweepInterval.compareTo(AT_MOST_EVERY) < 0 ? AT_MOST_EVERY : sweepInterval;
    }
}
