package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.Tenant;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attacks every tenant, round after round. It trusts nobody's word about isolation: it takes from the Tenants only where
 * their compartments are.
 */
public final class Prober implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Prober.class);

    /** Tenants attacked at once: a probe is no load anybody should notice. */
    private static final int AT_ONCE = 2;

    private final KubernetesClient client;
    private final TenantRound round;
    private final EvidenceStore evidence;
    private final ProbeMetrics metrics;
    private final Duration interval;
    private final Random random;
    private final Clock clock;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop;
    private volatile Instant lastRound = Instant.MIN;

    /**
     * Creates it; nothing runs before {@link #start}.
     *
     * @param client with the rights of the prober's ServiceAccount
     * @param interval between the beginnings of two rounds
     * @param refresh after which evidence that did not change is written again
     * @param random for the choice of whom to attack
     */
    public Prober(
            KubernetesClient client,
            TenantRound round,
            ProbeMetrics metrics,
            Duration interval,
            Duration refresh,
            Random random,
            Clock clock) {
        this.client = client;
        this.round = round;
        this.evidence = new EvidenceStore(client, refresh);
        this.metrics = metrics;
        this.interval = interval;
        this.random = random;
        this.clock = clock;
        this.loop = Thread.ofPlatform().name("rounds").unstarted(this::rounds);
    }

    /** Begins with a round at once. */
    public void start() {
        loop.start();
    }

    /** Whether rounds are still run. */
    public boolean healthy() {
        return loop.isAlive();
    }

    /** Whether one round was finished. */
    public boolean ready() {
        return lastRound.isAfter(Instant.MIN);
    }

    private void rounds() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Instant began = clock.instant();
                try {
                    round();
                } catch (KubernetesClientException e) {
                    LOG.atWarn()
                            .addKeyValue("reason", e.getMessage())
                            .log("the round could not be begun; tried again with the next");
                }
                Duration rest = Duration.between(clock.instant(), began.plus(interval));
                Thread.sleep(rest.isNegative() ? Duration.ZERO : rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs one round over all tenants.
     *
     * @throws InterruptedException when it is to end
     */
    public void round() throws InterruptedException {
        Instant began = clock.instant();
        Map<Subject, Tenant> tenants = new HashMap<>();
        for (Tenant tenant : client.resources(Tenant.class).list().getItems()) {
            Subject.of(tenant).ifPresent(subject -> tenants.put(subject, tenant));
        }
        Semaphore places = new Semaphore(AT_ONCE);
        List<Future<?>> running = new ArrayList<>();
        Map<Subject, List<Subject>> pairs = Sampler.pairs(List.copyOf(tenants.keySet()), random);
        for (Map.Entry<Subject, List<Subject>> pair : pairs.entrySet()) {
            places.acquire();
            running.add(workers.submit(() -> {
                try {
                    attack(pair.getKey(), pair.getValue(), Objects.requireNonNull(tenants.get(pair.getKey())));
                } finally {
                    places.release();
                }
                return null;
            }));
        }
        for (Future<?> one : running) {
            await(one);
        }
        lastRound = clock.instant();
        metrics.round(Duration.between(began, lastRound));
    }

    /** Whom one tenant attacks when it is looked at by itself. */
    public static List<Subject> sample(List<Subject> all, Subject self, Random random) {
        return Objects.requireNonNullElse(Sampler.pairs(all, random).get(self), List.of());
    }

    private void attack(Subject self, List<Subject> others, Tenant tenant) throws InterruptedException {
        Instant began = clock.instant();
        TenantRound.Found found = round.run(self, others, metrics::count);
        metrics.tenant(Duration.between(began, clock.instant()));
        evidence.keep(self, tenant.getStatus().controls(), found, clock.instant());
    }

    private static void await(Future<?> one) throws InterruptedException {
        try {
            one.get();
        } catch (ExecutionException e) {
            LOG.atWarn()
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("what was found about a tenant could not be kept; tried again with the next round");
        }
    }

    @Override
    public void close() {
        loop.interrupt();
        workers.shutdownNow();
    }
}
