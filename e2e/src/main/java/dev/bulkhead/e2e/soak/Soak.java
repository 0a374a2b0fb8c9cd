package dev.bulkhead.e2e.soak;

import dev.bulkhead.api.v1beta1.ApiGroup;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.e2e.bench.Latencies;
import dev.bulkhead.e2e.bench.Machine;
import dev.bulkhead.e2e.bootstrap.ProberTrust;
import dev.bulkhead.e2e.soak.Lapses.Lapse;
import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes unrest on a running stack, watches, and takes away what it made. */
public final class Soak implements AutoCloseable {
    private static final Duration BETWEEN_CHANGES = Duration.ofSeconds(10);
    private static final Duration BETWEEN_POLLS = Duration.ofSeconds(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(15);
    private static final Duration BETWEEN_ROLLS = Duration.ofSeconds(45);
    private static final Duration BETWEEN_ATTACKS = Duration.ofSeconds(5);
    /** Rounds of the login between two in which it takes every lock there is. */
    private static final int ALL_LOCKS_EVERY = 6;
    /** Changes after which the moody tenant is suspended, and after which it is taken back. */
    private static final int MOOD = 9;

    private static final Duration SHOWN = Duration.ofMinutes(5);
    private static final Duration SETTLED = Duration.ofMinutes(6);
    private static final Duration GONE = Duration.ofMinutes(3);
    /** A sweep takes a minute, pods have half a minute to end, and a busy machine takes its time. */
    private static final Duration CONDITIONS = Duration.ofMinutes(3);
    /** One round of the prober in ten minutes, and the time for it. */
    private static final Duration PROOF = Duration.ofMinutes(12);

    private static final String ACCESS = "TI-RBAC";

    private final KubernetesClient admin;
    private final StateDirectory state;
    private final ProberTrust trust;
    private final Supplier<Set<Long>> onNode;
    private final InstantSource clock;
    private final Progress progress;
    private final boolean node;
    private final String image;
    private final Map<String, Map<String, Object>> others = new TreeMap<>();
    private final SoakTenants own;
    private final SoakVerdict verdict;
    private final Attempts attempts = new Attempts();
    private final ChangeTimes changeTimes = new ChangeTimes();
    private final AtomicInteger applies = new AtomicInteger();
    private final AtomicInteger changes = new AtomicInteger();
    private final Map<String, String> evicted = new HashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final GitOps pipeline;
    private final HostileAdmin hostileAdmin;
    private final HostileLogin hostileLogin;

    /**
     * Makes the pipeline's account, and nothing else yet.
     *
     * @param admin with all rights
     * @param jar the operator's
     * @param node whether there is a node for pods
     * @param onNode numbers of the processes on it
     */
    public Soak(
            KubernetesClient admin,
            StateDirectory state,
            Path jar,
            boolean node,
            Supplier<Set<Long>> onNode,
            InstantSource clock,
            Progress progress) {
        this.admin = admin;
        this.state = state;
        this.trust = new ProberTrust(admin, state, jar);
        this.node = node;
        this.onNode = onNode;
        this.clock = clock;
        this.progress = progress;
        for (GenericKubernetesResource tenant : admin.genericKubernetesResources(
                        ApiGroup.NAME + "/" + ApiGroup.VERSION, "Tenant")
                .list()
                .getItems()) {
            others.put(tenant.getMetadata().getName(), Objects.requireNonNull(tenant.get("spec")));
        }
        this.image = node ? imageOfOthers() : "";
        this.own = SoakTenants.named(Long.toString(clock.instant().getEpochSecond() / 60, 36));
        this.verdict = new SoakVerdict(own.hostile(), CONDITIONS, PROOF);
        this.hostileAdmin = new HostileAdmin(admin, own.hostile(), image, attempts);
        this.hostileLogin = new HostileLogin(
                admin,
                SoakTenants.web(own.hostile()),
                attempts,
                state.directory("soak").resolve(own.hostile() + ".crt"));
        this.pipeline = GitOps.install(admin);
    }

    private String imageOfOthers() {
        return admin.resources(Tenant.class).list().getItems().stream()
                .flatMap(tenant -> tenant.getSpec().workflows().stream())
                .map(workflow -> workflow.image())
                .findFirst()
                .orElseThrow(
                        () -> new StackException(
                                "no tenant has a workflow whose image is on the node; run `./bulkhead up --node` with examples"));
    }

    /** All of it, for so many minutes. */
    public SoakResult run(int minutes, Machine machine) throws InterruptedException {
        if (!node) {
            notes.add(
                    "without a node: no workflows, rollouts, HPA, crashing or greedy pods; TI-NET and TI-EGR not judged");
        }
        meetPlatformAccount();
        makeTenants();
        String date = clock.instant().toString();
        List<ProcessWatch> processes = List.of(
                new ProcessWatch(admin, state, "bulkhead-operator", "run", onNode),
                new ProcessWatch(admin, state, "bulkhead-prober", "probe", onNode),
                new ProcessWatch(admin, state, "bulkhead-guard-keeper", "guard", onNode));
        Map<String, String> written = written();
        try (TenantWatch watch = new TenantWatch(admin, clock, node, changeTimes);
                Unrest unrest = new Unrest(admin, own.busy(), image, attempts)) {
            ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
            begin(threads, unrest);
            Instant end = clock.instant().plus(Duration.ofMinutes(minutes));
            for (int look = 1; clock.instant().isBefore(end); look++) {
                processes.forEach(process -> look(process, clock.instant()));
                seeEvictions();
                if (look % 4 == 0) {
                    progress.say(line(watch, processes));
                }
                Thread.sleep(BETWEEN_LOOKS);
            }
            threads.shutdownNow();
            if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
                notes.add("some of the unrest did not end when it was told to");
            }
            processes.forEach(process -> look(process, clock.instant()));
            return result(date, machine, minutes, watch, processes, written);
        }
    }

    /** It came later than Bulkhead, so it has to be shown before somebody answers for it; and it is no breach. */
    private void meetPlatformAccount() throws InterruptedException {
        progress.say(
                "the pipeline's account is bound to cluster-admin; a new prober has to show that nobody answers for it");
        trust.restart();
        if (!within(SHOWN, Soak::showsAccount)) {
            failures.add("an account of the platform that nobody has accepted is not shown after " + SHOWN.toMinutes()
                    + " minutes by " + ACCESS + " of " + not(Soak::showsAccount));
        }
        if (!tenants().allMatch(tenant -> isolation(tenant) != Isolation.Breached)) {
            failures.add("an account of the platform that nobody has accepted is a breach of "
                    + not(tenant -> isolation(tenant) != Isolation.Breached));
        }
        progress.say("now it is accepted");
        trust.accept(
                GitOps.NAMESPACE,
                GitOps.ACCOUNT,
                LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)
                        .plusYears(1)
                        .toString());
    }

    private void makeTenants() throws InterruptedException {
        progress.say("three more tenants: " + String.join(", ", own.all()));
        others.forEach(this::apply);
        own.all().forEach(tenant -> apply(tenant, base(tenant)));
        Predicate<Tenant> settled =
                tenant -> node ? isolation(tenant) == Isolation.Verified : control(tenant, ACCESS) == Proof.Proven;
        if (!within(SETTLED, settled)) {
            failures.add(
                    "not proven " + SETTLED.toMinutes() + " minutes after the pipeline was accepted: " + not(settled));
        }
    }

    private Map<String, Object> base(String tenant) {
        return SoakTenants.spec(tenant, tenant.equals(own.hostile()) ? "" : image);
    }

    private Stream<Tenant> tenants() {
        return admin.resources(Tenant.class).list().getItems().stream();
    }

    private boolean within(Duration patience, Predicate<Tenant> condition) throws InterruptedException {
        Instant end = clock.instant().plus(patience);
        while (!tenants().allMatch(condition)) {
            if (clock.instant().isAfter(end)) {
                return false;
            }
            Thread.sleep(BETWEEN_POLLS);
        }
        return true;
    }

    private String not(Predicate<Tenant> condition) {
        return tenants()
                .filter(condition.negate())
                .map(tenant -> tenant.getMetadata().getName())
                .collect(Collectors.joining(", "));
    }

    private static boolean showsAccount(Tenant tenant) {
        Proof proof = control(tenant, ACCESS);
        return proof == Proof.Failed || proof == Proof.Inconclusive;
    }

    private static Proof control(Tenant tenant, String id) {
        return tenant.getStatus() == null
                ? Proof.Never
                : tenant.getStatus().controls().stream()
                        .filter(control -> control.id().equals(id))
                        .map(ControlStatus::proof)
                        .findFirst()
                        .orElse(Proof.Never);
    }

    private static Isolation isolation(Tenant tenant) {
        return tenant.getStatus() == null
                ? Isolation.Unknown
                : Objects.requireNonNullElse(tenant.getStatus().isolation(), Isolation.Unknown);
    }

    /** One thread for each kind of unrest; each ends when it is interrupted. */
    private interface Round {
        void run(int number) throws InterruptedException;
    }

    private void begin(ExecutorService threads, Unrest unrest) {
        again(threads, BETWEEN_CHANGES, "pipeline", this::applyAll);
        again(threads, BETWEEN_ATTACKS, "hostile admin", hostileAdmin::round);
        again(threads, BETWEEN_ATTACKS, "hostile login", number -> {
            hostileLogin.round();
            if (number % ALL_LOCKS_EVERY == 1) {
                hostileLogin.takeAllLocks();
            }
        });
        again(threads, BETWEEN_ATTACKS, "long transaction", _ -> hostileLogin.longTransaction());
        if (node) {
            again(threads, BETWEEN_ROLLS, "workloads", unrest::roll);
        }
    }

    private void again(ExecutorService threads, Duration between, String kind, Round round) {
        var _ = threads.submit(() -> {
            int number = 0;
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    long began = System.nanoTime();
                    try {
                        round.run(number++);
                    } catch (RuntimeException e) {
                        attempts.refused(kind + ": a round broke", e.toString());
                    }
                    long left = between.toNanos() - (System.nanoTime() - began);
                    Thread.sleep(Duration.ofNanos(Math.max(left, 1_000_000)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        });
    }

    /** As Argo CD and Flux do: everything, whether it changed or not. */
    private void applyAll(int step) {
        others.forEach(this::apply);
        apply(own.busy(), SpecChanges.at(base(own.busy()), step));
        apply(own.moody(), SpecChanges.suspendedInTurns(base(own.moody()), step, MOOD));
        apply(own.hostile(), base(own.hostile()));
    }

    private void apply(String tenant, Map<String, Object> spec) {
        long sentAt = System.nanoTime();
        try {
            GenericKubernetesResource answer = pipeline.apply(tenant, spec);
            if (changeTimes.written(tenant, answer.getMetadata().getGeneration(), sentAt)) {
                changes.incrementAndGet();
            } else {
                applies.incrementAndGet();
            }
        } catch (KubernetesClientException e) {
            if (!Thread.currentThread().isInterrupted()) { // else the soak is over
                attempts.refused("pipeline applies " + tenant, e.getMessage());
            }
        }
    }

    private void look(ProcessWatch process, Instant now) {
        try {
            process.look(now);
        } catch (KubernetesClientException e) {
            attempts.refused("a look at the operator's pods", e.getMessage());
        }
    }

    private void seeEvictions() {
        try {
            admin.pods().inAnyNamespace().withField("status.phase", "Failed").list().getItems().stream()
                    .filter(pod -> "Evicted".equals(pod.getStatus().getReason()))
                    .forEach(pod -> evicted.put(
                            pod.getMetadata().getUid(), pod.getMetadata().getNamespace()));
        } catch (KubernetesClientException e) {
            attempts.refused("a look at evicted pods", e.getMessage());
        }
    }

    private String line(TenantWatch watch, List<ProcessWatch> processes) {
        String open = watch.lapses().stream()
                .filter(lapse -> lapse.until() == null)
                .map(lapse -> lapse.tenant() + " " + lapse.fault().what() + " "
                        + lapse.fault().state() + " "
                        + lapse.length(clock.instant()).toSeconds() + " s")
                .collect(Collectors.joining(", "));
        String memory = processes.stream()
                .map(process -> process.fate().endMiB() + " MiB")
                .collect(Collectors.joining(" / "));
        return changes.get() + " changes (" + changeTimes.waiting() + " not yet seen), "
                + applies.get() + " applies without one, " + attempts.total() + " attempts, "
                + watch.incidents().size() + " Incidents, operator / prober " + memory
                + String.format(Locale.ROOT, ", load %.1f", load())
                + (open.isEmpty() ? "" : "; not well: " + open);
    }

    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    /** What the operator writes once and nobody else: policies and bindings of tenants that nobody changes. */
    private Map<String, String> written() {
        Stream<HasMetadata> policies = admin
                .network()
                .networkPolicies()
                .inAnyNamespace()
                .withLabel("bulkhead.dev/owned", "true")
                .list()
                .getItems()
                .stream()
                .map(HasMetadata.class::cast);
        Stream<HasMetadata> bindings = admin
                .rbac()
                .roleBindings()
                .inAnyNamespace()
                .withLabel("bulkhead.dev/owned", "true")
                .list()
                .getItems()
                .stream()
                .map(HasMetadata.class::cast);
        return Stream.concat(policies, bindings)
                .filter(object ->
                        others.containsKey(object.getMetadata().getLabels().getOrDefault("bulkhead.dev/tenant", "")))
                .collect(Collectors.toMap(
                        object -> object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                                + object.getMetadata().getName(),
                        object -> object.getMetadata().getResourceVersion()));
    }

    private SoakResult result(
            String date,
            Machine machine,
            int minutes,
            TenantWatch watch,
            List<ProcessWatch> processes,
            Map<String, String> before) {
        Instant now = clock.instant();
        List<Lapse> lapses = watch.lapses();
        SortedMap<String, Integer> evictions = new TreeMap<>();
        evicted.values().forEach(namespace -> evictions.merge(namespace, 1, Integer::sum));
        SortedMap<String, Integer> warnings = new TreeMap<>();
        processes.forEach(process -> warnings.putAll(process.log().counts()));
        List<ProcessWatch.ProcessFate> fates =
                processes.stream().map(ProcessWatch::fate).toList();
        Map<String, String> after = written();
        int rewritten = (int) before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
        watch.incidents().forEach(incident -> failures.add("Incident: " + incident));
        failures.addAll(verdict.failures(lapses, now));
        failures.addAll(SoakVerdict.restarted(fates));
        failures.addAll(verdict.evicted(evictions));
        attempts.all().forEach((kind, attempt) -> {
            if (kind.startsWith("pipeline applies") && attempt.refused() > 0) {
                failures.add(kind + " was refused " + attempt.refused() + " times: " + attempt.refusal());
            }
        });
        if (rewritten > 0) {
            failures.add(rewritten + " policies and bindings of tenants that nobody changed were written");
        }
        notes.addAll(verdict.undecided(lapses, now));
        List<Duration> times = changeTimes.times();
        Map<String, Integer> statusWrites = watch.statusWrites();
        return new SoakResult(
                date,
                machine,
                load(),
                minutes,
                node,
                others.size() + own.all().size(),
                applies.get(),
                changes.get(),
                times.isEmpty() ? null : Latencies.of(times),
                changeTimes.waiting(),
                others.keySet().stream()
                        .mapToInt(tenant -> statusWrites.getOrDefault(tenant, 0))
                        .sum(),
                rewritten,
                evictions,
                attempts.all(),
                fates,
                warnings,
                SoakVerdict.lines(lapses, now),
                watch.incidents(),
                List.copyOf(notes),
                List.copyOf(failures));
    }

    /** Takes away all that was made; schema and bucket of its tenants stay, as those of every deleted tenant do. */
    @Override
    public void close() {
        progress.say("taking away what the soak made");
        quietly("hostile objects", hostileAdmin::tidy);
        quietly("hostile tables", () -> {
            try {
                hostileLogin.tidy();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        hostileAdmin.close();
        others.keySet().forEach(tenant -> quietly("fields of " + tenant, () -> pipeline.release(tenant)));
        own.all().forEach(tenant -> quietly("tenant " + tenant, () -> remove(tenant)));
        quietly(
                "tenants",
                () -> Polling.until(
                        GONE,
                        () -> tenants()
                                .noneMatch(tenant ->
                                        own.all().contains(tenant.getMetadata().getName())),
                        () -> "still there after " + GONE.toMinutes() + " minutes"));
        quietly("the pipeline's account", pipeline::uninstall);
        quietly("its acceptance", () -> trust.withdraw(GitOps.NAMESPACE, GitOps.ACCOUNT));
        pipeline.close();
    }

    private void remove(String tenant) {
        if (admin.resources(Tenant.class).withName(tenant).get() == null) {
            return;
        }
        Map<String, Object> spec = base(tenant);
        spec.put("suspend", true);
        pipeline.apply(tenant, spec);
        admin.resources(Tenant.class).withName(tenant).delete();
    }

    private void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (KubernetesClientException | StackException e) {
            progress.say("could not take away " + what + ": " + e.getMessage());
        }
    }
}
