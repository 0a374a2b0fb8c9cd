package dev.bulkhead.operator.probe;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.evidence.Discretion;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.health.Heartbeat;
import dev.bulkhead.operator.outcome.ConditionType;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    /** Tenants attacked before somebody looks again whether there is a new one. */
    private static final int AT_A_TIME = 8;

    /** How long a prober with nothing to do waits for the next turn. */
    private static final Duration TICK = Duration.ofSeconds(5);

    /** One tenant by pods that have to start, while servers let it wait. */
    private static final Duration LONGEST_PASS = Duration.ofMinutes(30);

    private static final Duration CLEANING = Duration.ofSeconds(10);

    private final KubernetesClient client;
    private final TenantRound round;
    private final EvidenceStore evidence;
    private final PairCoverage coverage;
    private final PlatformEvidence platform;
    private final FormerReports former;
    private final ProbeMetrics metrics;
    private final Random random;
    private final Clock clock;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread loop;
    private final ProbeSchedule turns;
    private final Heartbeat passes = new Heartbeat("rounds", LONGEST_PASS);
    private volatile @Nullable SharedIndexInformer<Tenant> cache;

    /**
     * Creates it; nothing runs before {@link #start}.
     *
     * @param client with the rights of the prober's ServiceAccount
     * @param interval between two attacks on one tenant that find the same
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
        this.coverage = new PairCoverage(clock.instant());
        this.platform = new PlatformEvidence(client, coverage, refresh);
        this.former = new FormerReports(client);
        this.metrics = metrics;
        this.turns = new ProbeSchedule(interval);
        this.random = random;
        this.clock = clock;
        this.loop = Thread.ofPlatform().name("rounds").unstarted(this::rounds);
    }

    /** Attacks every tenant at once, and then each in turn. */
    public void start() {
        loop.start();
    }

    /** Whether rounds are still run. */
    public boolean healthy() {
        return loop.isAlive() && passes.alive();
    }

    /** Whether it knows the tenants. */
    public boolean ready() {
        return cache != null;
    }

    /** The Tenants it knows. */
    public Stream<Tenant> known() {
        SharedIndexInformer<Tenant> tenants = cache;
        return tenants == null ? Stream.empty() : tenants.getStore().list().stream();
    }

    private void rounds() {
        try (SharedIndexInformer<Tenant> tenants =
                client.resources(Tenant.class).inform()) {
            cache = tenants;
            while (!Thread.currentThread().isInterrupted()) {
                int attacked = pass(tenants);
                passes.beat();
                Thread.sleep(attacked < AT_A_TIME ? TICK : Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (KubernetesClientException e) {
            LOG.atError()
                    .addKeyValue("reason", e.getMessage())
                    .log("tenants cannot be read; the prober ends and is started again");
        }
    }

    /** Attacks a few; one that breaks must not end the proof of all. */
    private int pass(SharedIndexInformer<Tenant> tenants) throws InterruptedException {
        try {
            Due due = due(tenants.getStore().list());
            attack(due);
            platform.keep(tenants.getStore().list(), round.servers(), round.access(), clock.instant());
            former.clear(tenants.getStore().list(), clock.instant());
            return due.tenants().size();
        } catch (KubernetesClientException e) {
            throw e;
        } catch (RuntimeException e) {
            String correlation = UUID.randomUUID().toString().substring(0, 8);
            LOG.atError().addKeyValue("correlation", correlation).setCause(e).log("a pass broke; the next one follows");
            return 0;
        }
    }

    /** A few whose turn it is, new ones before all others. */
    private Due due(List<Tenant> tenants) {
        Instant now = clock.instant();
        Due all = Due.of(tenants);
        turns.keep(all.tenants().keySet().stream().map(Subject::identity).toList());
        Set<Subject> first = all.tenants().keySet().stream()
                .filter(subject -> !turns.of(subject.identity()).isAfter(now))
                .sorted(Comparator.comparing(subject -> turns.of(subject.identity())))
                .limit(AT_A_TIME)
                .collect(Collectors.toSet());
        return all.only(first::contains);
    }

    /**
     * Attacks every tenant now.
     *
     * @throws InterruptedException when it is to end
     */
    public void round() throws InterruptedException {
        List<Tenant> tenants = client.resources(Tenant.class).list().getItems();
        attack(Due.of(tenants));
        platform.keep(tenants, round.servers(), round.access(), clock.instant());
        former.clear(tenants, clock.instant());
    }

    /**
     * Tenants to attack, and all that there are.
     *
     * @param tenants whose turn it is
     * @param all who can be attacked
     * @param everybody every Tenant, also those that nobody attacks
     */
    private record Due(Map<Subject, Tenant> tenants, List<Subject> all, List<Tenant> everybody) {
        static Due of(List<Tenant> tenants) {
            Map<Subject, Tenant> subjects = new HashMap<>();
            for (Tenant tenant : tenants) {
                Subject.of(tenant).ifPresent(subject -> subjects.put(subject, tenant));
            }
            return new Due(subjects, List.copyOf(subjects.keySet()), List.copyOf(tenants));
        }

        Due only(Predicate<Subject> wanted) {
            Map<Subject, Tenant> some = new HashMap<>(tenants);
            some.keySet().removeIf(wanted.negate());
            return new Due(some, all, everybody);
        }
    }

    private void attack(Due due) throws InterruptedException {
        if (due.tenants().isEmpty()) {
            return;
        }
        Instant began = clock.instant();
        Semaphore places = new Semaphore(AT_ONCE);
        List<Future<?>> running = new ArrayList<>();
        Map<Subject, List<Subject>> pairs = Sampler.pairs(due.all(), random);
        for (Map.Entry<Subject, Tenant> one : due.tenants().entrySet()) {
            List<Subject> others = Objects.requireNonNullElse(pairs.get(one.getKey()), List.of());
            places.acquire();
            running.add(workers.submit(() -> {
                try {
                    attack(one.getKey(), others, one.getValue(), due.everybody());
                } finally {
                    places.release();
                }
                return null;
            }));
        }
        for (Future<?> one : running) {
            await(one);
        }
        metrics.round(Duration.between(began, clock.instant()));
    }

    /** Whom one tenant attacks when it is looked at by itself. */
    public static List<Subject> sample(List<Subject> all, Subject self, Random random) {
        return Objects.requireNonNullElse(Sampler.pairs(all, random).get(self), List.of());
    }

    private void attack(Subject self, List<Subject> others, Tenant tenant, List<Tenant> everybody)
            throws InterruptedException {
        Instant began = clock.instant();
        turns.begun(self.identity(), began);
        TenantRound.RoundFound found = round.run(self, others, since(tenant), metrics::count);
        metrics.tenant(Duration.between(began, clock.instant()));
        coverage.attacked(
                self.identity(), others.stream().map(Subject::identity).toList(), began);
        evidence.keep(
                self,
                tenant.getStatus().controls(),
                found,
                Discretion.towards(tenant, everybody),
                since(tenant),
                clock.instant());
        turns.ended(self.identity(), found.proofs(), found.passing(), began);
        passes.beat();
    }

    /** What was read before the tenant was as it is now does not show it. */
    private static Instant since(Tenant tenant) {
        return tenant.getStatus().conditions().stream()
                .filter(ConditionType.Ready::is)
                .map(ready -> Instant.parse(ready.lastTransitionTime()).plusSeconds(1))
                .findFirst()
                .orElse(Instant.MIN);
    }

    private static void await(Future<?> one) throws InterruptedException {
        try {
            one.get();
        } catch (ExecutionException e) {
            LOG.atWarn()
                    .addKeyValue("reason", String.valueOf(e.getMessage()))
                    .log("what was found about a tenant could not be kept; tried again soon");
        }
    }

    /** Waits a little for what takes pods and the like away. */
    @Override
    public void close() {
        loop.interrupt();
        workers.shutdownNow();
        try {
            if (!workers.awaitTermination(CLEANING.toSeconds(), TimeUnit.SECONDS)) {
                LOG.atWarn().log("ended before everything was taken away; the next start does it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
