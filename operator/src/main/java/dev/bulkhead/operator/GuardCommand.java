package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.guard.GuardKeeper;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.guard.GuardRounds;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import picocli.CommandLine.Command;

/** {@code bulkhead guard}: the keeper of the guards, until it is told to stop. */
@Command(
        name = "guard",
        mixinStandardHelpOptions = true,
        description = "Keeps the guards as the chart wrote them, until it is told to stop.",
        footer = {"", "Exit codes: 0 it was told to stop, 1 it cannot run as it is set up, 2 wrong usage."})
final class GuardCommand extends ServiceCommand {
    /** A round reads each guard, so it does not come as often as a sweep may be asked for. */
    private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

    GuardCommand() {
        super("keeper of the guards");
    }

    @Override
    Beginning prepare(OperatorSettings settings, PrometheusMeterRegistry registry) {
        CallMetrics calls = new CallMetrics(registry);
        GuardMetrics metrics = new GuardMetrics(registry);
        return _ -> {
            KubernetesClient client = Service.client(calls);
            GuardKeeper keeper = new GuardKeeper(
                    client, settings.operatorNamespace(), Clock.systemUTC(), OperatorRuntime.instance());
            keeper.listen(metrics);
            GuardRounds rounds = new GuardRounds(keeper, every(settings.sweepInterval()));
            return new Life(rounds::start, rounds::alive, rounds::seen, () -> {
                try (client) {
                    rounds.close();
                }
            });
        };
    }

    private static Duration every(Duration sweepInterval) {
        return sweepInterval.compareTo(AT_MOST_EVERY) < 0 ? AT_MOST_EVERY : sweepInterval;
    }
}
