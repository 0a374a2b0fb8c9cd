package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
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
import java.util.concurrent.Callable;
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
        try (Service service = new Service("prober");
                KubernetesClient client = Service.client(calls);
                Probes probes = new Probes(client, settings, settings.prober().refresh(), calls);
                Prober prober = new Prober(
                        client,
                        new TenantRound(
                                probes.all(),
                                new GroundReader(client, Clock.systemUTC()),
                                settings.prober().validity(),
                                Clock.systemUTC()),
                        new ProbeMetrics(registry),
                        settings.prober().interval(),
                        settings.prober().refresh(),
                        new SecureRandom(),
                        Clock.systemUTC())) {
            service.listen(settings, registry, prober::healthy, prober::ready);
            prober.start();
            service.run(settings.operatorNamespace());
        }
        return 0;
    }
}
