package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.faults.ApiProxy.Fate;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two operators of one host name, and one lease. Whatever becomes of the one that leads, nothing is written by two, and
 * what the other did is not undone.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeadershipIT {
    private static final Duration LEASE = Duration.ofSeconds(12);
    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final Duration NEVER = Duration.ofHours(1);

    /** At once, on a busy machine, and shorter than any lease. */
    private static final Duration AT_ONCE = Duration.ofSeconds(6);

    @TempDir
    private static Path directory;

    private final List<OperatorJvm> running = new ArrayList<>();
    private final List<String> tenants = new ArrayList<>();
    private final List<String> former = new ArrayList<>();
    private Platform platform;
    private CompartmentCopy compartment;
    private OperatorJvm first;

    @BeforeAll
    void install(KubernetesClient admin, StackEndpoints endpoints) {
        platform = Platform.install(admin, endpoints, directory);
        compartment = new CompartmentCopy(platform);
    }

    /** Whoever came through a test leads in the next: a process that starts tries the object store for a while. */
    @BeforeEach
    void start() {
        first = running.isEmpty() ? begin(OFTEN) : running.getFirst();
        Awaitility.await("the first leads").atMost(Platform.PATIENCE).until(() -> !holder().isEmpty());
    }

    private OperatorJvm begin(Duration sweepInterval) {
        OperatorJvm begun =
                OperatorJvm.start(platform, directory, "operator-" + UUID.randomUUID(), LEASE, sweepInterval);
        running.add(begun);
        return begun;
    }

    @AfterEach
    void forget() {
        running.stream().filter(OperatorJvm::ended).forEach(OperatorJvm::close);
        running.removeIf(OperatorJvm::ended);
        running.forEach(one -> one.api().decide(_ -> new Fate.Passed()));
        former.addAll(tenants);
        tenants.clear();
    }

    @AfterAll
    void stop() {
        running.forEach(OperatorJvm::close);
        lease().delete();
        former.forEach(compartment::forget);
        compartment.close();
    }

    @Test
    void a_leader_that_was_asleep_and_comes_back_undoes_nothing_and_ends() {
        OperatorJvm second = begin(NEVER);
        SmallTenant changed = apply("led-changed");
        SmallTenant suspended = apply("led-suspended");
        tenants.forEach(platform::awaitReady);
        assertThat(first.ended()).as(first.log()).isFalse();
        assertThat(second.writes()).as("a stand-by of the same host name").isEmpty();
        SmallTenant begun = SmallTenant.named("led-begun");
        AtomicBoolean paused = pauseAt(begun.namespace() + "/networkpolicies");
        apply(begun);
        Awaitility.await("asleep in the middle of a pass")
                .atMost(Platform.PATIENCE)
                .untilTrue(paused);

        platform.awaitReady(begun.name());
        platform.apply(changed.withConnections(7).yaml());
        platform.suspend(suspended.name());
        platform.awaitReady(changed.name());
        Awaitility.await("closed").atMost(Platform.PATIENCE).until(() -> closed(suspended));
        quiet(second);
        Map<String, String> before = world();
        int writes = first.writes().size();

        first.resume();
        first.awaitEnd(AT_ONCE);

        assertThat(first.writes().subList(writes, first.writes().size())).isEmpty();
        assertThat(Differences.between(before, world())).isEmpty();
        assertThat(second.ended()).isFalse();
    }

    @Test
    void a_leader_that_is_killed_in_the_middle_of_a_pass_is_followed_by_the_other() {
        OperatorJvm second = begin(OFTEN);
        apply("led-whole");
        platform.awaitReady("led-whole");
        SmallTenant begun = SmallTenant.named("led-half");
        first.api().decide(r -> {
            if (r.isWrite() && r.path().contains(begun.namespace() + "/networkpolicies")) {
                first.kill();
            }
            return new Fate.Passed();
        });
        apply(begun);
        first.awaitEnd(Platform.PATIENCE);

        platform.awaitReady(begun.name());
        quiet(second);

        assertThat(Differences.between(compartment.of("led-whole"), compartment.of(begun.name())))
                .isEmpty();
        List<String> made = new ArrayList<>(creations(first));
        made.addAll(creations(second));
        assertThat(made).hasSizeGreaterThan(15).doesNotHaveDuplicates();
        assertThat(second.writes()).noneMatch(r -> r.method().equals("DELETE"));
    }

    @Test
    void a_leader_that_cannot_renew_ends_before_the_other_begins() {
        OperatorJvm second = begin(OFTEN);
        apply("led-before");
        platform.awaitReady("led-before");
        assertThat(first.ended()).as(first.log()).isFalse();

        first.api().decide(_ -> new Fate.Refused(503, "ServiceUnavailable"));
        String former = holder();
        Awaitility.await("another leads")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !holder().equals(former));

        assertThat(first.ended()).isTrue();
        apply("led-after");
        platform.awaitReady("led-after");
        quiet(second);
        assertThat(Differences.between(compartment.of("led-before"), compartment.of("led-after")))
                .isEmpty();
    }

    @Test
    void a_leader_that_is_asked_to_end_hands_over() {
        begin(OFTEN);
        first.terminate();
        first.awaitEnd(AT_ONCE);

        Awaitility.await("the other leads").atMost(AT_ONCE).until(() -> !holder().isEmpty());
    }

    private boolean closed(SmallTenant tenant) {
        TenantStatus status = platform.tenant(tenant.name()).getStatus();
        return status != null && status.phase() == TenantStatus.TenantPhase.Suspended;
    }

    /** Waits until it has written nothing for a while. */
    private static void quiet(OperatorJvm operator) {
        int[] before = {-1};
        Awaitility.await("nothing is written any more")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(1_500))
                .until(() -> {
                    int now = operator.writes().size();
                    boolean quiet = now == before[0];
                    before[0] = now;
                    return quiet;
                });
    }

    /** Stops the leader while the API server has not yet seen a write it sent. */
    private AtomicBoolean pauseAt(String path) {
        AtomicBoolean paused = new AtomicBoolean();
        CountDownLatch once = new CountDownLatch(1);
        first.api().decide(r -> {
            if (r.isWrite() && r.path().contains(path)) {
                synchronized (once) {
                    if (once.getCount() > 0) {
                        once.countDown();
                        first.pause();
                        paused.set(true);
                    }
                }
            }
            return new Fate.Passed();
        });
        return paused;
    }

    private SmallTenant apply(String name) {
        SmallTenant tenant = SmallTenant.named(name);
        apply(tenant);
        return tenant;
    }

    private void apply(SmallTenant tenant) {
        tenants.add(tenant.name());
        platform.apply(tenant.yaml());
    }

    /** Everything of every tenant, and which transactions wrote it. */
    private Map<String, String> world() {
        Map<String, String> world = new TreeMap<>();
        for (String tenant : tenants) {
            compartment.of(tenant).forEach((name, value) -> world.put(tenant + " " + name, value));
            world.put(tenant + " rows", compartment.database().rowVersions(platform.tenant(tenant)));
        }
        return world;
    }

    /** What the API server made for it, each with its place and name. */
    private static List<String> creations(OperatorJvm operator) {
        return operator.api().creations().stream()
                .filter(r -> !r.path().endsWith("/events") && !r.path().endsWith("reviews"))
                .map(r -> r.path() + " " + name(r.body()))
                .toList();
    }

    private static String name(String body) {
        try {
            return new ObjectMapper().readTree(body).at("/metadata/name").asText();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Who leads; empty when nobody does. */
    private String holder() {
        Lease lease = lease().get();
        return lease == null || lease.getSpec().getHolderIdentity() == null
                ? ""
                : lease.getSpec().getHolderIdentity();
    }

    private Resource<Lease> lease() {
        return platform.admin().leases().inNamespace(Bootstrap.NAMESPACE).withName("bulkhead-operator");
    }
}
