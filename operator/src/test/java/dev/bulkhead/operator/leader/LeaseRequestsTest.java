package dev.bulkhead.operator.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which a replica takes part, and what becomes of each answer that an API server can give. */
class LeaseRequestsTest {
    private static final OperatorSettings.Lease LEASE =
            new OperatorSettings.Lease("bulkhead-system", "bulkhead-operator", Duration.ofSeconds(30));
    private static final String ALL = "/apis/coordination.k8s.io/v1/namespaces/bulkhead-system/leases";
    private static final String ONE = ALL + "/bulkhead-operator";

    private final ScriptedApi api = new ScriptedApi();
    private final LeadershipTest.Clocks clocks = new LeadershipTest.Clocks();
    private final Election election = new Election(api.client(), LEASE, "one", clocks::now);

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_lease_is_made_by_a_request_that_cannot_overwrite() {
        api.refuse("GET " + ONE, 404, "not found");
        api.answer("POST " + ALL, 201, held("one", "1"));

        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);

        assertThat(api.requests()).containsExactly("GET " + ONE, "POST " + ALL);
        assertThat(api.sent().getLast().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "bulkhead-operator", "namespace": "bulkhead-system"},
                 "spec": {"holderIdentity": "one", "leaseDurationSeconds": 30, "leaseTransitions": 0,
                          "acquireTime": "2027-01-15T08:00:00.000000Z", "renewTime": "2027-01-15T08:00:00.000000Z"}}
                """));
    }

    @Test
    void it_is_renewed_in_the_version_that_was_read_and_nothing_but_its_time_changes() {
        holds();
        clocks.pass(Duration.ofSeconds(1));
        api.answer("GET " + ONE, 200, held("one", "7"));
        api.answer("PUT " + ONE, 200, held("one", "8"));

        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);

        assertThat(api.sent().getLast().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "bulkhead-operator", "namespace": "bulkhead-system", "resourceVersion": "7"},
                 "spec": {"holderIdentity": "one", "leaseDurationSeconds": 30, "leaseTransitions": 0,
                          "acquireTime": "2027-01-15T08:00:00.000000Z", "renewTime": "2027-01-15T08:00:01.000000Z"}}
                """));
    }

    @Test
    void of_two_that_take_a_free_lease_at_once_the_one_that_is_refused_409_does_not_lead() {
        api.answer("GET " + ONE, 200, held("", "7"));
        api.refuse("PUT " + ONE, 409, "modified");
        api.answer("GET " + ONE, 200, held("other", "8"));

        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        assertThat(election.round()).isEqualTo(Election.LeaseStanding.WAITS);
        assertThat(api.requests()).containsExactly("GET " + ONE, "PUT " + ONE, "GET " + ONE);
    }

    @Test
    void a_renewal_that_is_refused_409_is_followed_by_a_look_at_who_leads() {
        holds();
        api.answer("GET " + ONE, 200, held("one", "7"));
        api.refuse("PUT " + ONE, 409, "modified");
        api.answer("GET " + ONE, 200, held("other", "8"));

        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        assertThat(election.round()).isEqualTo(Election.LeaseStanding.LOST);
    }

    @Test
    void no_request_is_sent_again_within_a_round_whatever_the_answer() {
        for (int code : new int[] {429, 500, 503, 504}) {
            api.refuse("GET " + ONE, code, "not now");

            assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        }
        assertThat(api.requests()).containsExactly("GET " + ONE, "GET " + ONE, "GET " + ONE, "GET " + ONE);
    }

    @Test
    void a_lease_whose_answer_504_came_after_it_was_made_is_found_held() {
        api.refuse("GET " + ONE, 404, "not found");
        api.refuse("POST " + ALL, 504, "timed out");
        api.answer("GET " + ONE, 200, held("one", "1"));
        api.answer("PUT " + ONE, 200, held("one", "2"));

        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);
        assertThat(api.requests()).containsExactly("GET " + ONE, "POST " + ALL, "GET " + ONE, "PUT " + ONE);
    }

    @Test
    void a_renewal_whose_connection_ends_counts_for_nothing_and_the_next_one_does() {
        holds();
        api.answer("GET " + ONE, 200, held("one", "7"));
        api.cutBefore("PUT " + ONE, 200, held("one", "8"));
        api.answer("GET " + ONE, 200, held("one", "8"));
        api.cutWithin("PUT " + ONE, 200, held("one", "9"));
        api.answer("GET " + ONE, 200, held("one", "9"));
        api.answer("PUT " + ONE, 200, held("one", "10"));

        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
        assertThat(election.round()).isEqualTo(Election.LeaseStanding.HOLDS);
        assertThat(api.requests())
                .endsWith("GET " + ONE, "PUT " + ONE, "GET " + ONE, "PUT " + ONE, "GET " + ONE, "PUT " + ONE);
    }

    @Test
    void a_read_that_breaks_off_is_not_taken_for_a_lease_that_is_gone() {
        holds();
        api.cutWithin("GET " + ONE, 200, held("one", "7"));

        assertThatThrownBy(election::round).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void it_is_given_back_in_the_version_that_was_read_and_only_while_it_is_held() {
        api.answer("GET " + ONE, 200, held("one", "7"));
        api.answer("PUT " + ONE, 200, held("", "8"));
        api.answer("GET " + ONE, 200, held("other", "9"));

        election.release();
        election.release();

        assertThat(api.requests()).containsExactly("GET " + ONE, "PUT " + ONE, "GET " + ONE);
        assertThat(api.sent().get(1).body().at("/metadata/resourceVersion").asText())
                .isEqualTo("7");
        assertThat(api.sent().get(1).body().at("/spec/holderIdentity").asText()).isEmpty();
    }

    @Test
    void a_write_is_not_sent_again_once_the_lease_may_be_over() throws InterruptedException {
        Leadership leadership = new Leadership(ExternalCalls.unobserved(), LEASE, "one", clocks::now, () -> {});
        leadership.renewed(clocks.now());
        CountDownLatch tried = new CountDownLatch(2);
        Map<String, Interceptor> interceptors = new LinkedHashMap<>();
        interceptors.put("slow", slow(tried));
        interceptors.put("calls", new CallInterceptor(leadership));
        ConfigMap card = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("card")
                .endMetadata()
                .build();
        String cards = "POST /api/v1/namespaces/acme--web/configmaps";
        api.refuseAlways(cards, 500, "etcd");

        try (KubernetesClient fenced = api.client(interceptors)) {
            Thread pass = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> fenced.resource(card).create())
                            .isInstanceOf(KubernetesClientException.class));
            assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
            pass.interrupt(); // as the pool does with a pass that does not end
            pass.join();
        }
        assertThat(api.requests()).containsExactly(cards);
    }

    /** The lease ends while an answer is under way. */
    private Interceptor slow(CountDownLatch tried) {
        return new Interceptor() {
            @Override
            public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
                tried.countDown();
            }

            @Override
            public CompletableFuture<Boolean> afterFailure(
                    BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
                clocks.pass(LEASE.duration());
                return CompletableFuture.completedFuture(false);
            }
        };
    }

    private void holds() {
        api.refuse("GET " + ONE, 404, "not found");
        api.answer("POST " + ALL, 201, held("one", "1"));
        election.round();
    }

    private static Lease held(String holder, String version) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace("bulkhead-system")
                .withName("bulkhead-operator")
                .withResourceVersion(version)
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds(30)
                .withLeaseTransitions(0)
                .withAcquireTime(Instant.parse("2027-01-15T08:00:00Z").atZone(ZoneOffset.UTC))
                .withRenewTime(Instant.parse("2027-01-15T08:00:00Z").atZone(ZoneOffset.UTC))
                .endSpec()
                .build();
    }
}
