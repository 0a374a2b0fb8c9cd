package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.e2e.bench.BenchResult.ChangeFigures;
import dev.bulkhead.e2e.bench.BenchResult.OperatorFigures;
import dev.bulkhead.e2e.bootstrap.OperatorProcess;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.ProcessSupervisor.StopSignal;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import dev.bulkhead.operator.kube.Parallel;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Measures on a stack that runs already, operator included, and has no tenants yet. */
final class Bench {
    /** As many as the operator works on at once. */
    static final int AT_ONCE = 16;

    /** And a second more for each tenant. */
    private static final Duration ALL_READY = Duration.ofMinutes(10);

    /** And no more than half of the tenants. */
    private static final int MOST_CHANGED = 100;

    private static final Duration ONE_READY = Duration.ofMinutes(1);
    /** Whether the object store keeps buckets apart is tried first, in half a minute. */
    private static final Duration BACKENDS_READY = Duration.ofMinutes(5);

    private static final Duration IDLE = Duration.ofMinutes(1);
    /** The interval of sweeps, and a little more. */
    private static final Duration SWEEP = Duration.ofSeconds(65);

    private static final Duration GRACE = Duration.ofSeconds(30);

    /** The server's name in the stack. */
    private static final String POSTGRES = "postgres";

    private final LocalStack stack;
    private final StateDirectory state;
    private final StackEndpoints endpoints;
    private final KubernetesClient admin;
    private final InstantSource clock;
    private final Progress progress;

    Bench(
            LocalStack stack,
            StateDirectory state,
            StackEndpoints endpoints,
            KubernetesClient admin,
            InstantSource clock,
            Progress progress) {
        this.stack = stack;
        this.state = state;
        this.endpoints = endpoints;
        this.admin = admin;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Runs it all.
     *
     * @param tenants how many at once
     * @param oneByOne how many more one after another
     * @throws StackException when a tenant does not get Ready in time; the message names the first and its condition
     */
    BenchResult run(int tenants, int oneByOne, Machine machine) {
        String date = clock.instant().toString();
        BenchTenants benchTenants = new BenchTenants(admin.getKubernetesSerialization());
        List<Tenant> wave = benchTenants.named("bench", tenants);
        OperatorFigures operator;
        Latencies single;
        List<ChangeFigures> changes;
        try (OperatorMetrics metrics =
                        new OperatorMetrics(OperatorProcess.listening(state).metrics());
                ReadyTimes times = new ReadyTimes(admin)) {
            awaitBackends();
            metrics.settled();
            operator = wave(wave, metrics, times);
            single = oneByOne == 0 ? null : oneByOne(benchTenants.named("single", oneByOne), times);
            changes = changes(wave);
        }
        progress.say("stopping the operator");
        new ProcessSupervisor(state).stop(OperatorProcess.NAME, StopSignal.TERM, GRACE);
        BenchResult.ReplayFigures replay = new ReplayRun(stack, state, endpoints, admin, progress)
                .run(wave.getFirst().getMetadata().getName(), benchTenants.named("replay", tenants));
        return new BenchResult(
                date,
                machine,
                tenants,
                AT_ONCE,
                operator,
                single,
                changes,
                replay,
                (double) operator.allReadyMillis() / replay.allMillis(),
                operator.usage().ourSeconds() / replay.usage().ourSeconds());
    }

    private OperatorFigures wave(List<Tenant> tenants, OperatorMetrics metrics, ReadyTimes times) {
        List<String> names =
                tenants.stream().map(t -> t.getMetadata().getName()).toList();
        CallCounts before = metrics.read();
        Usage.ClockReading reading = Usage.ClockReading.now(stack);
        progress.say("applying " + tenants.size() + " tenants at once");
        long start = System.nanoTime();
        Map<String, Long> appliedAt;
        Growth postgres;
        try (GrowthSampler sampler = new GrowthSampler(stack, POSTGRES, times::count)) {
            appliedAt = apply(tenants);
            awaitReady(names, times, ALL_READY.plusSeconds(names.size()));
            postgres = sampler.seen();
        }
        Usage usage = reading.until(Usage.ClockReading.now(stack));
        progress.say("all are Ready; waiting until the operator has nothing left to write");
        CallCounts calls = metrics.settled().since(before);
        progress.say("one sweep of the backends, which counts their new tenants");
        metrics.during(SWEEP);
        progress.say("one idle minute");
        CallCounts idle = metrics.during(IDLE);
        List<Duration> ready = names.stream()
                .map(name -> Duration.ofNanos(times.at(name) - appliedAt.getOrDefault(name, start)))
                .toList();
        long last = names.stream().mapToLong(times::at).max().orElse(start);
        return new OperatorFigures(
                Duration.ofNanos(last - start).toMillis(),
                Latencies.of(ready),
                calls,
                idle,
                usage,
                ProcessFigures.memory(operatorPid()),
                postgres);
    }

    private Latencies oneByOne(List<Tenant> tenants, ReadyTimes times) {
        progress.say("applying " + tenants.size() + " tenants one after another");
        List<Duration> ready = new ArrayList<>();
        for (Tenant tenant : tenants) {
            String name = tenant.getMetadata().getName();
            long start = System.nanoTime();
            admin.resource(tenant).create();
            awaitReady(List.of(name), times, ONE_READY);
            ready.add(Duration.ofNanos(times.at(name) - start));
        }
        return Latencies.of(ready);
    }

    /** Other tenants are changed than are closed. */
    private List<ChangeFigures> changes(List<Tenant> wave) {
        List<String> names =
                wave.stream().map(tenant -> tenant.getMetadata().getName()).toList();
        int many = Math.min(MOST_CHANGED, names.size() / 2);
        if (many == 0) {
            return List.of();
        }
        return List.of(
                change(
                        "given another limit of connections",
                        names.subList(0, many),
                        "{\"spec\":{\"database\":{\"connectionLimit\":21}}}",
                        ReadyTimes::isReady),
                change(
                        "suspended",
                        names.subList(names.size() - many, names.size()),
                        "{\"spec\":{\"suspend\":true}}",
                        Bench::isSuspended));
    }

    private ChangeFigures change(String what, List<String> names, String patch, Predicate<Tenant> done) {
        progress.say(names.size() + " tenants at once are " + what);
        Duration before = postgres();
        long start = System.nanoTime();
        atOnce(
                names,
                name -> admin.resources(Tenant.class)
                        .withName(name)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), patch));
        Set<String> wanted = Set.copyOf(names);
        Polling.until(
                ALL_READY,
                () -> admin.resources(Tenant.class).list().getItems().stream()
                        .filter(tenant -> wanted.contains(tenant.getMetadata().getName()))
                        .allMatch(tenant -> isSeen(tenant) && done.test(tenant)),
                () -> "not all of " + names.size() + " tenants are " + what + " after " + ALL_READY.toSeconds() + " s");
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        return new ChangeFigures(
                what, names.size(), millis, (double) postgres().minus(before).toMillis() / names.size());
    }

    private Duration postgres() {
        return ProcessFigures.processorTime(stack).getOrDefault(POSTGRES, Duration.ZERO);
    }

    private static boolean isSeen(Tenant tenant) {
        return tenant.getStatus() != null
                && Objects.equals(
                        tenant.getStatus().observedGeneration(),
                        tenant.getMetadata().getGeneration());
    }

    private static boolean isSuspended(Tenant tenant) {
        return tenant.getStatus().phase() == TenantPhase.Suspended;
    }

    /** Applies all, so many requests at a time; returns when each was sent, by name. */
    private Map<String, Long> apply(List<Tenant> tenants) {
        Map<String, Long> appliedAt = new ConcurrentHashMap<>();
        atOnce(tenants, tenant -> {
            appliedAt.put(tenant.getMetadata().getName(), System.nanoTime());
            admin.resource(tenant).create();
        });
        return appliedAt;
    }

    private static <T> void atOnce(List<T> all, Consumer<T> work) {
        try (ExecutorService threads =
                Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
            List<Future<?>> started = new ArrayList<>();
            all.forEach(one -> started.add(threads.submit(() -> work.accept(one))));
            started.forEach(Parallel::join);
        }
    }

    private void awaitReady(List<String> names, ReadyTimes times, Duration patience) {
        if (times.await(names, patience)) {
            return;
        }
        List<Tenant> late = names.stream()
                .map(name -> admin.resources(Tenant.class).withName(name).get())
                .filter(tenant -> tenant == null || !ReadyTimes.isReady(tenant))
                .toList();
        String first = late.isEmpty()
                ? "the watch did not say so, though they are"
                : late.getFirst().getMetadata().getName() + ": " + ReadyTimes.explain(late.getFirst());
        throw new StackException(late.size() + " of " + names.size() + " tenants are not Ready after "
                + patience.toSeconds() + " s; the first is " + first);
    }

    /** Finding out what the object store can do takes requests that no tenant is to be charged with. */
    private void awaitBackends() {
        progress.say("waiting until the operator knows what the object store can do");
        Polling.until(
                BACKENDS_READY,
                () -> admin.resources(ObjectStore.class).list().getItems().stream()
                        .allMatch(store -> store.getStatus() != null
                                && !store.getStatus().capabilities().isEmpty()),
                () -> "the ObjectStore was not looked at within " + BACKENDS_READY.toSeconds()
                        + " s; see the operator's log");
    }

    private long operatorPid() {
        return stack.components().stream()
                .filter(component -> component.name().equals(OperatorProcess.NAME))
                .findFirst()
                .orElseThrow()
                .pid()
                .orElseThrow(() -> new StackException(
                        "the operator has died" + new ProcessSupervisor(state).logTail(OperatorProcess.NAME)));
    }
}
