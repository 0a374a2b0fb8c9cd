package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.health.ClusterTrust;
import dev.bulkhead.operator.health.SetClock;
import dev.bulkhead.operator.kube.ApiSerialization;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.kube.FreshLists;
import dev.bulkhead.operator.kube.RetryAfter;
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
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that runs until it is told to stop: health, metrics, an end in order, and a new beginning. To be the first of the resources of
 * a try, so that it is closed last: the shutdown hook waits for that.
 */
final class Service implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    private static final int PATIENCE_SECONDS = 20;

    /** How often a process asks whether the cluster and the clock are still the ones it knows. */
    static final Duration WORLD_EVERY = Duration.ofSeconds(10);

    private final String name;
    private final BlockingQueue<ServiceEnd> endings = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable HealthServer health;
    private @Nullable HealthServer metrics;

    enum ServiceEnd {
        STOP,
        ANEW
    }

    Service(String name) {
        this.name = name;
        // JOSDK's own hook would end the operator alone; this one waits until everything is closed in order.
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "shutdown"));
    }

    /** A registry with what is known of every process. */
    static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        return registry;
    }

    /**
     * A client of the API server whose requests are counted, whose lists are never older than the request, and which comes
     * back when it is asked to.
     */
    static KubernetesClient client(ExternalCalls calls) {
        return new KubernetesClientBuilder()
                .withKubernetesSerialization(ApiSerialization.lean())
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("fresh", new FreshLists())
                        .addOrReplaceInterceptor("calls", new CallInterceptor(calls))
                        .addOrReplaceInterceptor("retry-after", new RetryAfter()))
                .build();
    }

    /** Answers to the kubelet and to Prometheus from now on. */
    void listen(
            OperatorSettings settings, PrometheusMeterRegistry registry, BooleanSupplier healthy, BooleanSupplier ready)
            throws IOException {
        health = HealthServer.health(settings.bindAddress(), settings.healthPort(), healthy, ready);
        metrics = HealthServer.metrics(settings.bindAddress(), settings.metricsPort(), registry::scrape);
        health.start();
        metrics.start();
    }

    /**
     * Says that everything is started, and returns when it is to end.
     *
     * @param trust of the client in use: once it is exchanged that one is of no use any more
     * @param clock once it is set, what is remembered with a time is of no use any more
     * @return whether it is to begin anew in the same process
     */
    boolean run(String namespace, ClusterTrust trust, SetClock clock) throws InterruptedException {
        LOG.atInfo()
                .addKeyValue("namespace", namespace)
                .addKeyValue(
                        "startedInMillis", ManagementFactory.getRuntimeMXBean().getUptime())
                .log("{} started", name);
        return ending(trust, clock, WORLD_EVERY) == ServiceEnd.ANEW;
    }

    /** Waits for the end, and looks as often as this whether the client still trusts the right API server, and the time holds. */
    ServiceEnd ending(ClusterTrust trust, SetClock clock, Duration every) throws InterruptedException {
        ServiceEnd end = null;
        while (end == null) {
            end = endings.poll(every.toMillis(), TimeUnit.MILLISECONDS);
            if (end == null && trust.exchanged()) {
                LOG.atInfo().log("the authorities of the API server's certificate were exchanged: begins anew");
                end = ServiceEnd.ANEW;
            }
            Duration step = clock.step();
            if (end == null && !step.isZero()) {
                LOG.atWarn().addKeyValue("by", step).log("the machine's clock was set: begins anew");
                end = ServiceEnd.ANEW;
            }
        }
        return end;
    }

    /** Has everything closed that holds what was read of the cluster, and begun anew. */
    void anew() {
        endings.add(ServiceEnd.ANEW);
    }

    /** Waits for what is closed, not for the main thread: that one ends in System.exit, which waits for this hook. */
    private void stopAndWait() {
        endings.add(ServiceEnd.STOP);
        try {
            ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close();
        }
        if (health != null) {
            health.close();
        }
        LOG.atInfo().log("{} stopped", name);
        ended.countDown();
    }
}
