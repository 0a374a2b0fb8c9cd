package dev.bulkhead.operator;

import dev.bulkhead.operator.backend.SweepMetrics;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.kube.ApiSerialization;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.metrics.TenantMetrics;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bulkhead run}: the operator itself, until it is told to stop. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs the operator until it is told to stop.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/bulkhead/config.yaml",
            description = "Configuration (default: ${DEFAULT-VALUE}).")
    private Path config = Path.of("/etc/bulkhead/config.yaml");

    @Override
    public Integer call() throws InterruptedException {
        try {
            return run(OperatorSettings.read(config, System.getenv("POD_NAMESPACE")));
        } catch (OperatorSettings.UnusableException | MasterKeysUnusableException | IOException e) {
            LOG.atError().log(e.getMessage());
            return 1;
        }
    }

    private static int run(OperatorSettings settings)
            throws MasterKeysUnusableException, IOException, InterruptedException {
        Logging.configure(settings.log());
        PrometheusMeterRegistry registry = Service.registry();
        CallMetrics calls = new CallMetrics(registry);
        try (Service service = new Service("operator");
                KubernetesClient client = new KubernetesClientBuilder()
                        .withKubernetesSerialization(ApiSerialization.lean())
                        .withHttpClientBuilderConsumer(
                                b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                        .build();
                OperatorRuntime runtime = new OperatorRuntime(settings, client, calls)) {
            service.listen(settings, registry, runtime::healthy, runtime::ready);
            runtime.guards().listen(new GuardMetrics(registry));
            runtime.sweeps().listen(new SweepMetrics(registry));
            registry.getPrometheusRegistry().register(new TenantMetrics(runtime::known, Clock.systemUTC()));
            runtime.start();
            service.run(settings.operatorNamespace());
        }
        return 0;
    }
}
