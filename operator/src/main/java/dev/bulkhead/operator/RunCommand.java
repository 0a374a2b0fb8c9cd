package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.guard.GuardMetrics;
import dev.bulkhead.operator.kube.ApiSerialization;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        CallMetrics calls = new CallMetrics(registry);
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        // JOSDK installs no hook under leader election; this one waits until everything is closed in order.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopAndWait(stop, ended), "shutdown"));
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withKubernetesSerialization(ApiSerialization.lean())
                        .withHttpClientBuilderConsumer(
                                b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                        .build();
                OperatorRuntime runtime = new OperatorRuntime(settings, client, calls);
                HealthServer health = HealthServer.health(
                        settings.bindAddress(), settings.healthPort(), runtime::healthy, runtime::ready);
                HealthServer metrics =
                        HealthServer.metrics(settings.bindAddress(), settings.metricsPort(), registry::scrape)) {
            runtime.guards().listen(new GuardMetrics(registry));
            health.start();
            metrics.start();
            runtime.start();
            LOG.atInfo()
                    .addKeyValue("namespace", settings.operatorNamespace())
                    .addKeyValue(
                            "startedInMillis",
                            ManagementFactory.getRuntimeMXBean().getUptime())
                    .log("operator started");
            stop.await();
        } finally {
            LOG.atInfo().log("operator stopped");
            ended.countDown();
        }
        return 0;
    }

    /** Waits for what is closed, not for the main thread: that one ends in System.exit, which waits for this hook. */
    private static void stopAndWait(CountDownLatch stop, CountDownLatch ended) {
        stop.countDown();
        try {
            ended.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
