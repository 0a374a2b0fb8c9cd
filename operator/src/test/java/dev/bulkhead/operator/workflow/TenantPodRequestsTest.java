package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which a suspended tenant's pods are stopped, and what becomes of each answer. */
class TenantPodRequestsTest {
    private static final String PODS = "/api/v1/namespaces/acme--web/pods";

    private final ScriptedApi api = new ScriptedApi();
    private final TenantPods pods = new TenantPods(api.client());

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void every_pod_of_the_namespace_is_stopped_by_one_request() {
        api.answer("GET " + PODS, 200, list(pod("Running"), pod("Pending")));
        api.answer("DELETE " + PODS, 200, list());

        assertThat(pods.stop("acme--web")).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("GET " + PODS, "DELETE " + PODS);
    }

    @Test
    void where_none_runs_nothing_is_written() {
        api.answer("GET " + PODS, 200, list(pod("Succeeded"), stopping()));

        assertThat(pods.stop("acme--web")).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + PODS);
    }

    @Test
    void pods_that_could_not_be_listed_are_not_taken_for_none() {
        api.cutWithin("GET " + PODS, 200, list());

        assertThat(pods.stop("acme--web").findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(api.requests()).containsExactly("GET " + PODS);
    }

    @Test
    void a_stop_whose_answer_is_lost_is_looked_at_again() {
        api.answer("GET " + PODS, 200, list(pod("Running")));
        api.cutWithin("DELETE " + PODS, 200, list());
        api.answer("GET " + PODS, 200, list(stopping()));

        assertThat(pods.stop("acme--web").findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(pods.stop("acme--web")).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + PODS, "DELETE " + PODS, "GET " + PODS);
    }

    @Test
    void pods_that_run_with_what_was_replaced_are_counted() {
        api.answer("GET " + PODS, 200, list(given("old"), given("new"), pod("Running")));

        assertThat(pods.outdated("acme--web", Set.of("new"))).isEqualTo(1);
    }

    private static PodList list(Pod... pods) {
        return new PodListBuilder().withItems(pods).build();
    }

    private static Pod pod(String phase) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("p")
                .withNamespace("acme--web")
                .endMetadata()
                .withNewStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static Pod stopping() {
        return new PodBuilder(pod("Running"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-29T09:12:03Z")
                .endMetadata()
                .build();
    }

    private static Pod given(String value) {
        return new PodBuilder(pod("Running"))
                .editMetadata()
                .withAnnotations(Map.of(Marks.GIVEN, value))
                .endMetadata()
                .build();
    }
}
