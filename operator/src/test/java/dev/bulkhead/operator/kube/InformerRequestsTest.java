package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.fixture.ApiRelay;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.mockwebserver.http.MockResponse;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the informers ask, and what becomes of what they know when a watch ends: nothing is lost, and nobody is undone. */
class InformerRequestsTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final String ALL = "/apis/networking.k8s.io/v1/networkpolicies";
    private static final String THERE = "/apis/networking.k8s.io/v1/namespaces/acme--web/networkpolicies/";
    private static final String SELECTED = "labelSelector=bulkhead.dev%2Fowned%3Dtrue";
    private static final String LIST = "GET " + ALL + "?" + SELECTED;
    private static final String WATCH = "GET " + ALL + "?allowWatchBookmarks=true&" + SELECTED;

    private final WatchedApi api = new WatchedApi();
    private final Told told = new Told();
    private final ObjectApplier applier =
            new ObjectApplier(api.client(), told, new AnsweredWrites(Duration.ofMinutes(1), System::nanoTime));
    private @Nullable Operator operator;

    @BeforeEach
    void start() {
        Tenant acme = new Tenant();
        acme.setMetadata(new ObjectMetaBuilder().withName("acme").build());
        api.put("/apis/bulkhead.dev/v1beta1/tenants/acme", acme);
        api.put(THERE + "deny", policy("deny", false));
        api.put(THERE + "dns", policy("dns", false));
        Operator started = new Operator(overrides -> overrides
                .withKubernetesClient(api.client())
                .withCloseClientOnStop(false)
                .withParseResourceVersions(true)
                .withReconciliationTerminationTimeout(Duration.ZERO));
        operator = started;
        started.register(told);
        started.start();
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(operator).stop();
        api.close();
    }

    @Test
    void each_kind_is_listed_whole_and_as_it_is_now_and_watched_from_there() {
        List<String> requests = api.requests();

        assertThat(requests).contains(LIST, WATCH + "&resourceVersion=103&timeoutSeconds=600&watch=true");
        assertThat(requests)
                .contains(
                        "GET /api/v1/namespaces?" + SELECTED,
                        "GET /apis/rbac.authorization.k8s.io/v1/rolebindings?" + SELECTED,
                        "GET /api/v1/resourcequotas?" + SELECTED,
                        "GET /api/v1/limitranges?" + SELECTED,
                        "GET /api/v1/serviceaccounts?" + SELECTED,
                        "GET /api/v1/configmaps?" + SELECTED,
                        "GET /apis/apps/v1/deployments?" + SELECTED,
                        "GET /apis/policy/v1/poddisruptionbudgets?" + SELECTED)
                .noneMatch(r -> r.contains("secrets"))
                .noneMatch(r -> r.contains("limit=") || r.contains("resourceVersion=0"));
    }

    @Test
    void what_was_missed_by_a_watch_that_ended_with_410_is_found_in_a_new_list() throws InterruptedException {
        api.requests();
        api.mute();
        api.put(THERE + "deny", policy("deny", true));
        api.delete(THERE + "dns");
        api.put(THERE + "new", policy("new", false));
        told.forget();

        api.gone();

        assertThat(api.await("GET " + ALL)).isEqualTo(LIST);
        assertThat(api.await("GET " + ALL)).isEqualTo(WATCH + "&resourceVersion=106&timeoutSeconds=600&watch=true");
        until("dns", Objects::isNull);
        told.await();
        assertThat(applier.apply(policy("deny", false), IDENTITY)).as("changed").isEqualTo(new Outcome.Done(1));
        assertThat(applier.apply(policy("dns", false), IDENTITY)).as("deleted").isEqualTo(new Outcome.Done(1));
        assertThat(applier.apply(policy("new", false), IDENTITY)).as("made").isEqualTo(Outcome.unchanged());
        assertThat(writes()).containsExactly("PUT " + THERE + "deny", "POST " + THERE.substring(0, THERE.length() - 1));
    }

    @Test
    void what_was_written_before_410_is_neither_written_again_nor_undone() throws InterruptedException {
        api.put(THERE + "deny", policy("deny", true));
        until("deny", InformerRequestsTest::open);
        api.mute();
        assertThat(applier.apply(policy("deny", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
        api.requests();

        api.gone();
        api.await(WATCH);

        assertThat(applier.apply(policy("deny", false), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(writes()).isEmpty();
    }

    @Test
    void what_was_made_and_taken_away_while_the_watch_was_gone_is_made_again() throws InterruptedException {
        api.mute();
        assertThat(applier.apply(policy("new", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
        api.delete(THERE + "new");
        api.requests();

        api.gone();
        api.await(WATCH);

        assertThat(applier.apply(policy("new", false), IDENTITY))
                .as("just written: the informer may not show it yet")
                .isEqualTo(Outcome.unchanged());
        told.pass(Duration.ofSeconds(31));
        assertThat(applier.apply(policy("new", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(writes()).hasSize(1);
    }

    @Test
    void what_the_informer_does_not_show_for_long_and_is_there_is_looked_at_and_left() {
        api.mute();
        assertThat(applier.apply(policy("new", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
        api.requests();
        told.pass(Duration.ofSeconds(31));

        assertThat(applier.apply(policy("new", false), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests())
                .containsExactly("POST " + THERE.substring(0, THERE.length() - 1), "GET " + THERE + "new");
    }

    @Test
    void a_list_whose_next_page_is_gone_410_begins_anew_and_forgets_nothing() throws InterruptedException {
        api.requests();
        api.mute();
        api.delete(THERE + "dns");
        api.put(THERE + "new", policy("new", false));
        api.page(1);
        api.answerNext("GET " + ALL + "?continue=1", WatchedApi.refused(410));
        told.forget();

        api.gone();

        assertThat(api.await("GET " + ALL)).isEqualTo(LIST);
        assertThat(api.await("GET " + ALL)).isEqualTo("GET " + ALL + "?continue=1&" + SELECTED);
        assertThat(api.await("GET " + ALL)).isEqualTo(LIST);
        assertThat(api.await("GET " + ALL)).isEqualTo("GET " + ALL + "?continue=1&" + SELECTED);
        api.await(WATCH);
        until("dns", Objects::isNull);
        told.await();
        assertThat(applier.apply(policy("deny", false), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(applier.apply(policy("new", false), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(applier.apply(policy("dns", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
    }

    @Test
    void a_watch_that_is_cut_goes_on_where_it_was() throws InterruptedException {
        api.put(THERE + "new", policy("new", false));
        until("new", Objects::nonNull);
        api.requests();
        api.mute();
        api.delete(THERE + "dns");
        told.forget();

        api.cut();

        assertThat(api.await("GET " + ALL)).isEqualTo(WATCH + "&resourceVersion=104&timeoutSeconds=600&watch=true");
        until("dns", Objects::isNull);
        told.await();
        assertThat(applier.apply(policy("dns", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(applier.apply(policy("deny", false), IDENTITY)).isEqualTo(Outcome.unchanged());
    }

    @Test
    void a_list_that_breaks_off_is_asked_for_again() throws InterruptedException {
        api.requests();
        api.mute();
        api.delete(THERE + "dns");
        api.answerNext(
                LIST,
                new MockResponse()
                        .setResponseCode(200)
                        .setBody("{\"kind\": \"List\", \"metadata\": {\"resourceVersion\": \"105\"}, \"items\": []}")
                        .addHeader(ApiRelay.CUT, ApiRelay.WITHIN));
        told.forget();

        api.gone();
        until("dns", Objects::isNull);
        told.await();

        assertThat(applier.apply(policy("deny", false), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(applier.apply(policy("dns", false), IDENTITY)).isEqualTo(new Outcome.Done(1));
    }

    /** Waits until the informer knows it. */
    private void until(String name, Predicate<@Nullable NetworkPolicy> known) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!known.test(told.get().find(NetworkPolicy.class, "acme--web", name))) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<String> writes() {
        return api.requests().stream().filter(r -> !r.startsWith("GET")).toList();
    }

    private static boolean open(@Nullable NetworkPolicy policy) {
        return policy != null && !policy.getSpec().getIngress().isEmpty();
    }

    private static NetworkPolicy policy(String name, boolean open) {
        NetworkPolicy closed = new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName(name)
                .withLabels(Marks.of("acme", IDENTITY))
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .endSpec()
                .build();
        return open
                ? new NetworkPolicyBuilder(closed)
                        .editSpec()
                        .addNewIngress()
                        .endIngress()
                        .endSpec()
                        .build()
                : closed;
    }

    /** Hears when a tenant is to be looked at, and does nothing about it. */
    @ControllerConfiguration(name = "told")
    private static final class Told implements Reconciler<Tenant>, Supplier<InformedObjects> {
        private final Semaphore passes = new Semaphore(0);
        private final AtomicLong now = new AtomicLong();
        private volatile @Nullable InformedObjects objects;

        @Override
        public List<EventSource<?, Tenant>> prepareEventSources(EventSourceContext<Tenant> context) {
            InformedObjects prepared = new InformedObjects(context, now::get);
            objects = prepared;
            return prepared.eventSources();
        }

        @Override
        public UpdateControl<Tenant> reconcile(Tenant tenant, Context<Tenant> context) {
            passes.release();
            return UpdateControl.noUpdate();
        }

        @Override
        public InformedObjects get() {
            return Objects.requireNonNull(objects);
        }

        void forget() {
            passes.drainPermits();
        }

        void await() throws InterruptedException {
            assertThat(passes.tryAcquire(10, TimeUnit.SECONDS)).as("told").isTrue();
        }

        void pass(Duration time) {
            now.addAndGet(time.toNanos());
        }
    }
}
