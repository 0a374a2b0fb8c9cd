package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.health.WorldClock;
import dev.bulkhead.operator.probe.GroundReader;
import dev.bulkhead.operator.probe.ProbeMetrics;
import dev.bulkhead.operator.probe.Prober;
import dev.bulkhead.operator.probe.TenantRound;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import picocli.CommandLine.Command;

/** {@code bulkhead probe}: the prober, until it is told to stop. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "Tries to break out of every tenant, round after round, until it is told to stop.",
        footer = {"", "Exit codes: 0 it was told to stop, 1 it cannot run as it is set up, 2 wrong usage."})
final class ProbeCommand extends ServiceCommand {
    ProbeCommand() {
        super("prober");
    }

    @Override
    Beginning prepare(OperatorSettings settings, PrometheusMeterRegistry registry) {
        CallMetrics calls = new CallMetrics(registry);
        ProbeMetrics metrics = new ProbeMetrics(registry);
        return anew -> {
            KubernetesClient client = Service.client(calls);
            Probes probes = new Probes(client, settings, settings.prober().refresh(), calls);
            Prober prober = new Prober(
                    client,
                    new TenantRound(
                            probes.all(),
                            new GroundReader(client, Clock.systemUTC()),
                            settings.prober().validity(),
                            Clock.systemUTC()),
                    metrics,
                    settings.prober().interval(),
                    settings.prober().refresh(),
                    new SecureRandom(),
                    Clock.systemUTC());
            WorldClock world = new WorldClock(client, prober::known, anew);
            return new Life(
                    () -> {
                        world.start(Service.WORLD_EVERY);
                        prober.start();
                    },
                    prober::healthy,
                    prober::ready,
                    () -> {
                        try (client;
                                world;
                                probes) {
                            prober.close();
                        }
                    });
        };
    }
}
