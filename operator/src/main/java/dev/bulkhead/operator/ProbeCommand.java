package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.health.WorldClock;
import dev.bulkhead.operator.probe.GroundReader;
import dev.bulkhead.operator.probe.ProbeMetrics;
import dev.bulkhead.operator.probe.Prober;
import dev.bulkhead.operator.probe.TenantRound;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code bulkhead probe}: the prober, until it is told to stop. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = "Tries to break out of every tenant, round after round, until it is told to stop.")
final class ProbeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeCommand.class);

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
        ProbeMetrics metrics = new ProbeMetrics(registry);
        AtomicReference<@Nullable Prober> current = new AtomicReference<>();
        try (Service service = new Service("prober")) {
            service.listen(
                    settings,
                    registry,
                    () -> of(current).map(Prober::healthy).orElse(true),
                    () -> of(current).map(Prober::ready).orElse(false));
            boolean anew = true;
            while (anew) {
                try (KubernetesClient client = Service.client(calls);
                        WorldClock world = new WorldClock(
                                client, () -> of(current).stream().flatMap(Prober::known), service::anew);
                        Probes probes =
                                new Probes(client, settings, settings.prober().refresh(), calls);
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
                                Clock.systemUTC())) {
                    ClusterTrust trust = ClusterTrust.of(client);
                    current.set(prober);
                    world.start(Service.WORLD_EVERY);
                    prober.start();
                    anew = service.run(settings.operatorNamespace(), trust);
                } finally {
                    current.set(null);
                }
            }
        }
        return 0;
    }

    private static Optional<Prober> of(AtomicReference<@Nullable Prober> current) {
        return Optional.ofNullable(current.get());
    }
}
