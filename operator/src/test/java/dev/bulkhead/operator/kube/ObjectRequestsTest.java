package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests that an object costs, and what becomes of each answer that an API server can give. */
class ObjectRequestsTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity OTHER = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final String POLICIES = "/apis/networking.k8s.io/v1/namespaces/acme--web/networkpolicies";
    private static final String POLICY = POLICIES + "/deny";
    private static final String BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/acme--web/rolebindings";
    private static final String BINDING = BINDINGS + "/people";
    private static final String QUOTAS = "/api/v1/namespaces/acme--web/resourcequotas";
    private static final String QUOTA = QUOTAS + "/bulkhead-quota";
    private static final String NAMESPACE = "/api/v1/namespaces/acme--web";

    private final ScriptedApi api = new ScriptedApi();
    private final KnownObjects known = new KnownObjects();
    private long nanos;
    private final ObjectApplier applier =
            new ObjectApplier(api.client(), () -> known, new AnsweredWrites(Duration.ofSeconds(30), () -> nanos));

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void what_is_missing_is_created_by_one_request_that_cannot_overwrite() {
        api.answer("POST " + POLICIES, 201, policy(IDENTITY, "1"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("POST " + POLICIES);
        assertThat(known.find(NetworkPolicy.class, "acme--web", "deny")).isNotNull();
    }

    @Test
    void what_is_as_planned_costs_no_request() {
        known.written(policy(IDENTITY, "1"), null);

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).isEmpty();
    }

    @Test
    void conflict_409_on_create_looks_again_and_writes_nothing_where_it_is_in_place() {
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "7"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void conflict_409_with_something_of_another_is_left_alone() {
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.answer("GET " + POLICY, 200, policy(OTHER, "7"));

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome).isInstanceOf(Outcome.Blocked.class);
        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.Conflict);
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void conflict_409_on_a_change_compares_anew_before_it_writes_again() {
        known.written(open(policy(IDENTITY, "1")), null);
        api.refuse("PUT " + POLICY, 409, "modified");
        api.answer("GET " + POLICY, 200, open(policy(IDENTITY, "2")));
        api.answer("PUT " + POLICY, 200, policy(IDENTITY, "3"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("PUT " + POLICY, "GET " + POLICY, "PUT " + POLICY);
    }

    @Test
    void invalid_422_of_a_field_that_never_changes_makes_the_object_anew() {
        known.written(binding("edit", "1"), null);
        api.refuse("PUT " + BINDING, 422, "cannot change roleRef");
        api.answer("DELETE " + BINDING, 200, ScriptedApi.status(200, "gone"));
        api.refuse("GET " + BINDING, 404, "not found");
        api.answer("POST " + BINDINGS, 201, binding("view", "2"));

        assertThat(applier.apply(binding("view", null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests())
                .containsExactly("PUT " + BINDING, "DELETE " + BINDING, "GET " + BINDING, "POST " + BINDINGS);
    }

    @Test
    void invalid_422_elsewhere_is_said_in_the_words_of_the_api_server() {
        api.refuse("POST " + POLICIES, 422, "spec.ingress[0] is wrong");

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesRefused);
        assertThat(outcome.findings().getFirst().text())
                .isEqualTo("NetworkPolicy acme--web/deny: spec.ingress[0] is wrong");
    }

    @Test
    void an_error_500_that_stays_is_nobodys_fault_but_the_servers() {
        api.refuseAlways("POST " + POLICIES, 500, "etcd");

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(outcome.findings().getFirst().text()).doesNotContain("etcd");
    }

    @Test
    void an_answer_504_after_the_object_was_made_makes_no_second_one() {
        api.refuse("POST " + POLICIES, 504, "timed out");
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "7"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void a_server_that_is_gone_is_waited_for() {
        api.shutDown();

        Outcome outcome = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
        assertThat(outcome.findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
    }

    @Test
    void a_binding_that_has_not_reached_the_authorizer_yet_is_waited_for() {
        api.refuse("POST " + POLICIES, 403, "User \"bulkhead\" cannot create resource");
        api.answer("POST " + POLICIES, 201, policy(IDENTITY, "1"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES);
    }

    @Test
    void what_was_changed_meanwhile_is_deleted_in_the_version_it_has_now_while_it_is_ours() {
        api.refuse("DELETE " + POLICY, 409, "the object has been modified");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "2"));
        api.answer("DELETE " + POLICY, 200, ScriptedApi.status(200, "deleted"));

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("DELETE " + POLICY, "GET " + POLICY, "DELETE " + POLICY);
    }

    @Test
    void what_became_of_another_meanwhile_is_not_deleted() {
        api.refuse("DELETE " + POLICY, 409, "the object has been modified");
        api.answer("GET " + POLICY, 200, policy(OTHER, "2"));

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("DELETE " + POLICY, "GET " + POLICY);
    }

    @Test
    void a_deletion_that_is_refused_whatever_the_version_says_so_and_waits() {
        api.refuse("DELETE " + POLICY, 409, "content is being removed");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "1"));

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY))
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.finding().message()).contains("content is being removed"));
    }

    @Test
    void what_is_deleted_already_is_as_good_as_deleted() {
        api.refuse("DELETE " + POLICY, 404, "not found");

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY).done()).isTrue();
        assertThat(applier.delete(policy(OTHER, "1"), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("DELETE " + POLICY);
    }

    @Test
    void what_is_created_is_the_whole_plan() {
        api.answer("POST " + POLICIES, 201, policy(IDENTITY, "1"));

        applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(api.sent().getFirst().contentType()).isEqualTo("application/json");
        assertThat(api.sent().getFirst().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                 "metadata": {"name": "deny", "namespace": "acme--web", "labels": {
                   "bulkhead.dev/owned": "true", "bulkhead.dev/tenant": "acme",
                   "bulkhead.dev/identity": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
                 "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}}
                """));
    }

    @Test
    void a_change_replaces_the_version_that_was_compared_and_nothing_foreign_is_left() {
        known.written(open(policy(IDENTITY, "7")), null);
        api.answer("PUT " + POLICY, 200, policy(IDENTITY, "8"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("PUT " + POLICY);
        assertThat(api.sent().getFirst().body().at("/metadata/resourceVersion").asText())
                .isEqualTo("7");
        assertThat(api.sent().getFirst().body().path("spec"))
                .isEqualTo(ScriptedApi.json("{\"podSelector\": {}, \"policyTypes\": [\"Ingress\", \"Egress\"]}"));
    }

    @Test
    void only_the_version_that_was_looked_at_is_deleted() {
        api.answer("DELETE " + POLICY, 200, ScriptedApi.status(200, "deleted"));

        assertThat(applier.delete(policy(IDENTITY, "7"), IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("DELETE " + POLICY);
        assertThat(api.sent().getFirst().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"resourceVersion": "7"},
                 "propagationPolicy": "Background"}
                """));
    }

    @Test
    void an_object_that_went_away_while_it_was_changed_is_made() {
        known.written(open(policy(IDENTITY, "1")), null);
        api.refuse("PUT " + POLICY, 404, "not found");
        api.answer("POST " + POLICIES, 201, policy(IDENTITY, "3"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("PUT " + POLICY, "POST " + POLICIES);
    }

    @Test
    void whoever_else_keeps_changing_it_is_given_up_on_after_four_changes() {
        known.written(open(policy(IDENTITY, "1")), null);
        api.refuseAlways("PUT " + POLICY, 409, "modified");
        for (String port : new String[] {"1", "2", "3", "4"}) {
            api.answer("GET " + POLICY, 200, open(policy(IDENTITY, port), Integer.parseInt(port)));
        }

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)
                        .findings()
                        .getFirst()
                        .message())
                .startsWith("somebody else keeps changing it");
        assertThat(api.requests()).hasSize(8);
    }

    @Test
    void a_look_after_a_conflict_that_is_not_answered_writes_nothing() {
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.refuseAlways("GET " + POLICY, 500, "etcd");

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)
                        .findings()
                        .getFirst()
                        .reason())
                .isEqualTo(Reason.KubernetesUnavailable);
        assertThat(api.requests())
                .containsExactly("POST " + POLICIES, "GET " + POLICY, "GET " + POLICY, "GET " + POLICY);
    }

    @Test
    void a_change_whose_answer_504_came_after_it_was_made_is_made_once() {
        known.written(open(policy(IDENTITY, "1")), null);
        api.refuse("PUT " + POLICY, 504, "timed out");
        api.refuse("PUT " + POLICY, 409, "modified");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "2"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("PUT " + POLICY, "PUT " + POLICY, "GET " + POLICY);
    }

    @Test
    void a_deletion_whose_answer_504_came_after_it_was_made_is_through() {
        api.refuse("DELETE " + POLICY, 504, "timed out");
        api.refuse("DELETE " + POLICY, 404, "not found");

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("DELETE " + POLICY, "DELETE " + POLICY);
    }

    @Test
    void a_connection_that_ends_before_the_answer_makes_no_second_object() {
        api.cutBefore("POST " + POLICIES, 201, policy(IDENTITY, "7"));
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "7"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void a_connection_that_ends_before_the_answer_undoes_nothing_that_another_wrote_meanwhile() {
        known.written(open(policy(IDENTITY, "1")), null);
        api.cutBefore("PUT " + POLICY, 200, policy(IDENTITY, "2"));
        api.refuse("PUT " + POLICY, 409, "modified");
        api.answer("GET " + POLICY, 200, policy(OTHER, "3"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)
                        .findings()
                        .getFirst()
                        .reason())
                .isEqualTo(Reason.Conflict);
        assertThat(api.requests()).containsExactly("PUT " + POLICY, "PUT " + POLICY, "GET " + POLICY);
    }

    @Test
    void an_answer_that_breaks_off_is_none_and_the_next_look_finds_the_write_done() {
        api.cutWithin("POST " + POLICIES, 201, policy(IDENTITY, "7"));
        api.refuse("POST " + POLICIES, 409, "already exists");
        api.answer("GET " + POLICY, 200, policy(IDENTITY, "7"));

        Outcome first = applier.apply(policy(IDENTITY, null), IDENTITY);

        assertThat(first).isInstanceOf(Outcome.Waiting.class);
        assertThat(first.findings().getFirst().reason()).isEqualTo(Reason.KubernetesUnavailable);
        assertThat(api.requests()).containsExactly("POST " + POLICIES);
        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + POLICIES, "POST " + POLICIES, "GET " + POLICY);
    }

    @Test
    void a_deletion_whose_answer_breaks_off_is_through_at_the_next_look() {
        api.cutWithin("DELETE " + POLICY, 200, ScriptedApi.status(200, "deleted"));
        api.refuse("DELETE " + POLICY, 404, "not found");

        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)
                        .findings()
                        .getFirst()
                        .reason())
                .isEqualTo(Reason.KubernetesUnavailable);
        assertThat(applier.delete(policy(IDENTITY, "1"), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("DELETE " + POLICY, "DELETE " + POLICY);
    }

    @Test
    void a_finalizer_of_another_does_not_keep_what_is_to_be_made_anew() {
        NetworkPolicy held = new NetworkPolicyBuilder(policy(IDENTITY, "1"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-29T09:12:03Z")
                .withFinalizers("example.org/keep", "foregroundDeletion")
                .endMetadata()
                .build();
        known.written(held, null);
        api.answer("PUT " + POLICY, 200, policy(IDENTITY, "2"));
        api.refuse("GET " + POLICY, 404, "not found");
        api.answer("POST " + POLICIES, 201, policy(IDENTITY, "3"));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("PUT " + POLICY, "GET " + POLICY, "POST " + POLICIES);
        assertThat(api.sent().getFirst().body().at("/metadata/finalizers"))
                .isEqualTo(ScriptedApi.json("[\"foregroundDeletion\"]"));
    }

    @Test
    void of_a_namespace_only_what_decides_is_changed_in_the_version_that_was_looked_at() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.answer("PATCH " + NAMESPACE, 200, namespace(IDENTITY, "restricted", "8"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE);
        assertThat(api.sent().getFirst().contentType()).isEqualTo("application/json-patch+json");
        assertThat(api.sent().getFirst().body())
                .containsExactlyInAnyOrder(
                        ScriptedApi.json("""
                        {"op": "replace", "path": "/metadata/labels/pod-security.kubernetes.io~1enforce",
                         "value": "restricted"}
                        """),
                        ScriptedApi.json(
                                "{\"op\": \"add\", \"path\": \"/metadata/resourceVersion\", \"value\": \"7\"}"));
        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .as("a second look")
                .isEqualTo(Outcome.unchanged());
    }

    @Test
    void a_namespace_that_another_changed_meanwhile_is_compared_anew() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 409, "modified");
        api.answer("GET " + NAMESPACE, 200, namespace(IDENTITY, "baseline", "8"));
        api.answer("PATCH " + NAMESPACE, 200, namespace(IDENTITY, "restricted", "9"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE, "GET " + NAMESPACE, "PATCH " + NAMESPACE);
    }

    @Test
    void labels_of_a_namespace_that_the_correction_no_longer_fits_are_compared_anew() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 422, "the server rejected our request due to an error in our request");
        api.answer("GET " + NAMESPACE, 200, namespace(IDENTITY, "restricted", "8"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE, "GET " + NAMESPACE);
    }

    @Test
    void labels_that_the_api_server_refuses_whatever_the_version_are_said_in_its_words() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 422, "metadata.labels: Invalid value");
        api.answer("GET " + NAMESPACE, 200, namespace(IDENTITY, "privileged", "7"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY)
                        .findings()
                        .getFirst()
                        .text())
                .isEqualTo("Namespace acme--web: metadata.labels: Invalid value");
    }

    @Test
    void a_namespace_that_became_anothers_meanwhile_keeps_its_labels() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 409, "modified");
        api.answer("GET " + NAMESPACE, 200, namespace(OTHER, "privileged", "8"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY)
                        .findings()
                        .getFirst()
                        .reason())
                .isEqualTo(Reason.FormerIdentity);
        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE, "GET " + NAMESPACE);
    }

    @Test
    void a_namespace_that_went_away_meanwhile_is_made() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 404, "not found");
        api.answer("POST /api/v1/namespaces", 201, namespace(IDENTITY, "restricted", "9"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .isEqualTo(new Outcome.Done(1));
        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE, "POST /api/v1/namespaces");
    }

    @Test
    void labels_of_a_namespace_whose_answer_504_came_after_they_were_written_are_in_place() {
        known.written(namespace(IDENTITY, "privileged", "7"), null);
        api.refuse("PATCH " + NAMESPACE, 504, "timed out");
        api.refuse("PATCH " + NAMESPACE, 409, "modified");
        api.answer("GET " + NAMESPACE, 200, namespace(IDENTITY, "restricted", "8"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY))
                .isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("PATCH " + NAMESPACE, "PATCH " + NAMESPACE, "GET " + NAMESPACE);
    }

    @Test
    void what_admission_changed_is_told_and_not_written_again_before_its_time() {
        api.answer("POST " + QUOTAS, 201, quota("1k", "1"));

        Outcome first = applier.apply(quota("15", null), IDENTITY);
        Outcome second = applier.apply(quota("15", null), IDENTITY);

        assertThat(first.refused()).isEqualTo(second.refused());
        assertThat(first.done()).isTrue();
        assertThat(first.refused().getFirst().reason()).isEqualTo(Reason.ChangedByAdmission);
        assertThat(first.refused().getFirst().text())
                .startsWith("ResourceQuota acme--web/bulkhead-quota: came back changed from the API server:"
                        + " spec.hard.pods is 1k instead of 15; ");
        assertThat(second).isEqualTo(new Outcome.Done(0, first.refused()));
        assertThat(api.requests()).containsExactly("POST " + QUOTAS);
    }

    @Test
    void what_admission_changed_is_written_again_when_it_is_time_and_is_in_place_once_it_stays() {
        api.answer("POST " + QUOTAS, 201, quota("1k", "1"));
        applier.apply(quota("15", null), IDENTITY);

        nanos = Duration.ofSeconds(30).toNanos();
        api.answer("PUT " + QUOTA, 200, quota("1k", "1"));
        assertThat(applier.apply(quota("15", null), IDENTITY).refused()).hasSize(1);
        nanos = Duration.ofSeconds(60).toNanos();
        api.answer("PUT " + QUOTA, 200, quota("15", "2"));

        assertThat(applier.apply(quota("15", null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(applier.apply(quota("15", null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + QUOTAS, "PUT " + QUOTA, "PUT " + QUOTA);
    }

    @Test
    void what_another_makes_of_it_meanwhile_and_a_new_plan_are_written_at_once() {
        api.answer("POST " + QUOTAS, 201, quota("1k", "1"));
        applier.apply(quota("15", null), IDENTITY);
        api.answer("PUT " + QUOTA, 200, quota("1k", "3"));
        api.answer("PUT " + QUOTA, 200, quota("1k", "3"));

        known.written(quota("3", "2"), null);
        applier.apply(quota("15", null), IDENTITY);
        applier.apply(quota("16", null), IDENTITY);

        assertThat(api.requests()).containsExactly("POST " + QUOTAS, "PUT " + QUOTA, "PUT " + QUOTA);
    }

    @Test
    void a_policy_that_admission_opened_is_not_in_place() {
        api.answer("POST " + POLICIES, 201, open(policy(IDENTITY, "1")));

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY))
                .isInstanceOfSatisfying(Outcome.Waiting.class, waiting -> {
                    assertThat(waiting.finding().reason()).isEqualTo(Reason.ChangedByAdmission);
                    assertThat(waiting.finding().message()).contains("API server: spec.ingress;");
                });
        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY).done()).isFalse();
        assertThat(api.requests()).containsExactly("POST " + POLICIES);
    }

    @Test
    void a_pod_security_label_that_admission_changed_is_not_in_place() {
        api.answer("POST /api/v1/namespaces", 201, namespace(IDENTITY, "baseline", "1"));

        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY)
                        .findings()
                        .getFirst()
                        .message())
                .contains("metadata: pod-security.kubernetes.io/enforce;");
        assertThat(applier.apply(namespace(IDENTITY, "restricted", null), IDENTITY)
                        .done())
                .isFalse();
        assertThat(api.requests()).containsExactly("POST /api/v1/namespaces");
    }

    @Test
    void a_label_that_admission_adds_is_no_change_and_is_not_fought_over() {
        NetworkPolicy labelled = new NetworkPolicyBuilder(policy(IDENTITY, "1"))
                .editMetadata()
                .addToLabels("example.org/cost-centre", "7")
                .endMetadata()
                .build();
        api.answer("POST " + POLICIES, 201, labelled);

        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(applier.apply(policy(IDENTITY, null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("POST " + POLICIES);
    }

    private static ResourceQuota quota(String pods, @Nullable String version) {
        return new ResourceQuotaBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("bulkhead-quota")
                .withLabels(Marks.of("acme", IDENTITY))
                .withResourceVersion(version)
                .endMetadata()
                .withNewSpec()
                .addToHard("pods", Quantity.parse(pods))
                .endSpec()
                .build();
    }

    private static NetworkPolicy policy(TenantIdentity identity, @Nullable String version) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("deny")
                .withLabels(Marks.of("acme", identity))
                .withResourceVersion(version)
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .endSpec()
                .build();
    }

    private static NetworkPolicy open(NetworkPolicy policy) {
        return new NetworkPolicyBuilder(policy)
                .editSpec()
                .addNewIngress()
                .endIngress()
                .endSpec()
                .build();
    }

    private static NetworkPolicy open(NetworkPolicy policy, int port) {
        return new NetworkPolicyBuilder(policy)
                .editSpec()
                .addNewEgress()
                .addNewPort()
                .withPort(new IntOrString(port))
                .endPort()
                .endEgress()
                .endSpec()
                .build();
    }

    private static Namespace namespace(TenantIdentity identity, String enforced, @Nullable String version) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("acme--web")
                .withLabels(Marks.of("acme", identity))
                .addToLabels("pod-security.kubernetes.io/enforce", enforced)
                .withResourceVersion(version)
                .endMetadata()
                .build();
    }

    private static RoleBinding binding(String role, @Nullable String version) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("people")
                .withLabels(Marks.of("acme", IDENTITY))
                .withResourceVersion(version)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .build();
    }
}
