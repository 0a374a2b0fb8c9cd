package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which pods are stopped and asked why they do not run, and what becomes of each answer. */
class TenantPodRequestsTest {
    private static final String PODS = "/api/v1/namespaces/acme--web/pods";

    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final String SELECTED = "labelSelector=bulkhead.dev%2Fidentity%3D" + IDENTITY.value()
            + "%2Cbulkhead.dev%2Fworkflow%3Dsweeper&limit=100";
    private static final String ALL = "GET " + PODS + "?limit=20";
    private static final String PAGE = PODS + "?" + SELECTED;
    private static final String NEXT_PAGE = PODS + "?continue=more&" + SELECTED;

    private static final Instant NOW = Instant.parse("2026-11-29T09:12:00Z");

    private final ScriptedApi api = new ScriptedApi();
    private final TenantPods pods = new TenantPods(api.client(), () -> NOW);

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void every_pod_of_the_namespace_is_stopped_by_one_request() {
        api.answer(ALL, 200, list(pod("Running"), pod("Pending")));
        api.answer("DELETE " + PODS, 200, list());
        api.answer(ALL, 200, list(stopping(30)));

        assertThat(waits()).contains("1 still there");
        assertThat(api.requests()).containsExactly(ALL, "DELETE " + PODS, ALL);
        assertThat(api.sent().get(1).body().path("gracePeriodSeconds").isMissingNode())
                .as("each as it asks itself")
                .isTrue();
    }

    /** One that no node has goes with the request. */
    @Test
    void pods_that_are_gone_at_once_are_not_waited_for() {
        api.answer(ALL, 200, list(pod("Pending")));
        api.answer("DELETE " + PODS, 200, list());
        api.answer(ALL, 200, list());

        assertThat(pods.stop("acme--web")).isEqualTo(new Outcome.Done(1));
    }

    @Test
    void a_pod_that_takes_its_time_to_end_gets_thirty_seconds() {
        api.answer(ALL, 200, list(pod("Running"), taking(86_400)));
        api.answer("DELETE " + PODS, 200, list());
        api.answer(ALL, 200, list(stopping(30), stopping(30)));

        assertThat(waits()).contains("2 still there");
        assertThat(api.sent().get(1).body().path("gracePeriodSeconds").asInt()).isEqualTo(30);
    }

    @Test
    void one_that_was_asked_to_end_some_day_is_asked_again() {
        api.answer(ALL, 200, list(stopping(86_400)));
        api.answer("DELETE " + PODS, 200, list());
        api.answer(ALL, 200, list(stopping(30)));

        assertThat(waits()).contains("1 still there");
        assertThat(api.sent().get(1).body().path("gracePeriodSeconds").asInt()).isEqualTo(30);
    }

    @Test
    void a_pod_that_is_still_there_is_not_stopped_yet_and_nothing_is_written() {
        api.answer(ALL, 200, list(stopping(30)));

        assertThat(waits()).contains("1 still there");
        assertThat(api.requests()).containsExactly(ALL);
    }

    /** A finalizer, or a node that does not answer: nobody should take it for something that only takes time. */
    @Test
    void one_that_should_be_gone_for_a_while_is_named_for_somebody_to_look_at() {
        Pod stuck = new PodBuilder(stopping(30))
                .editMetadata()
                .withName("held")
                .withDeletionTimestamp("2026-11-29T09:11:00Z")
                .endMetadata()
                .build();
        api.answer(ALL, 200, list(stopping(30), stuck));

        assertThat(pods.stop("acme--web").findings()).singleElement().satisfies(finding -> {
            assertThat(finding.reason().isPassing()).isFalse();
            assertThat(finding.subject()).isEqualTo("pod acme--web/held");
            assertThat(finding.message()).contains("2026-11-29T09:11:00Z", "finalizers");
        });
    }

    @Test
    void where_none_is_left_nothing_is_written() {
        api.answer(ALL, 200, list(pod("Succeeded")));

        assertThat(pods.stop("acme--web")).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly(ALL);
    }

    /** Whoever may make pods makes a thousand, each of a megabyte: of a page nothing stays but what is asked about it. */
    @Test
    void more_pods_than_a_page_holds_are_read_page_by_page() {
        api.answer(ALL, 200, page("more", pod("Succeeded")));
        api.answer("GET " + PODS + "?continue=more&limit=20", 200, page("", stopping(30), stopping(30)));

        assertThat(waits()).contains("2 still there");
    }

    @Test
    void pods_that_could_not_be_listed_are_not_taken_for_none() {
        api.cutWithin(ALL, 200, list());

        assertThat(pods.stop("acme--web").findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(api.requests()).containsExactly(ALL);
    }

    @Test
    void a_stop_whose_answer_is_lost_is_looked_at_again() {
        api.answer(ALL, 200, list(pod("Running")));
        api.cutWithin("DELETE " + PODS, 200, list());
        api.answer(ALL, 200, list());

        assertThat(pods.stop("acme--web").findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(pods.stop("acme--web")).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly(ALL, "DELETE " + PODS, ALL);
    }

    @Test
    void pods_that_run_with_what_was_replaced_are_counted() {
        api.answer(ALL, 200, list(given("old"), given("new"), pod("Running")));

        assertThat(pods.outdated("acme--web", Set.of("new"))).isEqualTo(1);
    }

    @Test
    void pods_of_a_workflow_are_read_by_its_labels_a_page_at_a_time_and_come_newest_first() {
        Pod older = new PodBuilder(pod("Pending"))
                .editMetadata()
                .withCreationTimestamp("2026-11-29T09:12:03Z")
                .endMetadata()
                .build();
        Pod newer = new PodBuilder(pod("Running"))
                .editMetadata()
                .withCreationTimestamp("2026-11-29T10:00:00Z")
                .endMetadata()
                .build();
        api.answer("GET " + PAGE, 200, page("more", older, stopping(30)));
        api.answer("GET " + NEXT_PAGE, 200, page("", newer, pod("Failed")));

        assertThat(pods.ofWorkflow("acme--web", IDENTITY, "sweeper"))
                .extracting(p -> p.getMetadata().getCreationTimestamp())
                .containsExactly("2026-11-29T10:00:00Z", "2026-11-29T09:12:03Z");
        assertThat(api.requests()).containsExactly("GET " + PAGE, "GET " + NEXT_PAGE);
    }

    @Test
    void however_many_there_are_no_more_than_five_pages_are_read() {
        api.answer("GET " + PAGE, 200, page("more", pod("Pending")));
        for (int page = 0; page < 9; page++) {
            api.answer("GET " + NEXT_PAGE, 200, page("more", pod("Pending")));
        }

        assertThat(pods.ofWorkflow("acme--web", IDENTITY, "sweeper")).hasSize(5);
        assertThat(api.requests()).hasSize(5);
    }

    @Test
    void pods_that_cannot_be_read_leave_it_at_what_the_deployments_say() {
        api.refuse("GET " + PAGE, 403, "User \"bulkhead\" cannot list resource \"pods\"");

        assertThat(pods.ofWorkflow("acme--web", IDENTITY, "sweeper")).isEmpty();
        assertThat(api.requests()).containsExactly("GET " + PAGE);
    }

    private static PodList page(String more, Pod... pods) {
        return new PodListBuilder(list(pods))
                .withNewMetadata()
                .withContinue(more)
                .endMetadata()
                .build();
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

    private String waits() {
        Outcome outcome = pods.stop("acme--web");
        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        return outcome.findings().getFirst().text();
    }

    private static Pod stopping(long grace) {
        return new PodBuilder(pod("Running"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-29T09:12:03Z")
                .withDeletionGracePeriodSeconds(grace)
                .endMetadata()
                .build();
    }

    private static Pod taking(long grace) {
        return new PodBuilder(pod("Running"))
                .withNewSpec()
                .withTerminationGracePeriodSeconds(grace)
                .endSpec()
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
