package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.kube.KnownObjects;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people are told of workflows that do not run: the full tenant's transcriber has three pods, its sweeper one. */
class WorkflowRolloutsTest {
    private static final String WORKFLOWS = "klinik-nord--workflows";
    private static final String APP = "klinik-nord--app";
    private static final String QUOTA = "pods is forbidden: exceeded quota: bulkhead-quota";

    private final KnownObjects known = new KnownObjects();

    @Test
    void where_all_run_in_the_version_of_the_spec_there_is_nothing_to_say() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 3, null);
        deployment(APP, "sweeper", 1, 1, 1, null);

        assertThat(unavailable()).isEmpty();
    }

    @Test
    void a_new_version_for_which_the_quota_has_no_room_is_told_with_what_kubernetes_says_and_a_remedy() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 3, null);
        deployment(APP, "sweeper", 1, 0, 1, QUOTA);

        assertThat(unavailable())
                .containsExactly(new Finding(
                        Reason.QuotaExceeded,
                        "workflow sweeper",
                        "not all of its pods come up in the version of the spec, others run on: " + QUOTA
                                + "; raise spec.quota, or make room in namespace klinik-nord--app"));
    }

    @Test
    void one_that_does_not_go_on_for_another_reason_is_stuck() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 0, "ReplicaSet \"x\" has timed out progressing.");
        deployment(APP, "sweeper", 1, 1, 1, null);

        assertThat(unavailable())
                .containsExactly(new Finding(
                        Reason.RolloutStuck,
                        "workflow transcriber",
                        "its pods do not come up: ReplicaSet \"x\" has timed out progressing.; look with 'kubectl"
                                + " describe deployment workflow-transcriber -n klinik-nord--workflows'"));
    }

    @Test
    void what_goes_on_by_itself_is_said_after_what_somebody_has_to_look_at() {
        deployment(WORKFLOWS, "transcriber", 4, 2, 3, null);
        deployment(APP, "sweeper", 1, 0, 1, QUOTA);

        assertThat(unavailable()).extracting(Finding::reason).containsExactly(Reason.QuotaExceeded, Reason.RollingOut);
    }

    @Test
    void one_that_is_not_there_has_no_pods() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 3, null);

        assertThat(unavailable())
                .containsExactly(new Finding(Reason.PodsUnavailable, "workflow sweeper", "0 of 1 pods are available"));
    }

    @Test
    void nobody_waits_for_the_pods_of_a_suspended_tenant() {
        assertThat(WorkflowRollouts.unavailable(Tenants.suspended(), known)).isEmpty();
    }

    private List<Finding> unavailable() {
        return WorkflowRollouts.unavailable(Tenants.full(), known);
    }

    private void deployment(
            String namespace, String workflow, int all, int updated, int available, @Nullable String failure) {
        known.written(
                new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("workflow-" + workflow)
                        .withNamespace(namespace)
                        .withGeneration(2L)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(workflow.equals("transcriber") ? 3 : 1)
                        .endSpec()
                        .withNewStatus()
                        .withObservedGeneration(2L)
                        .withReplicas(all)
                        .withUpdatedReplicas(updated)
                        .withAvailableReplicas(available)
                        .addNewCondition()
                        .withType(failure == null ? "Available" : "ReplicaFailure")
                        .withStatus("True")
                        .withMessage(failure)
                        .endCondition()
                        .endStatus()
                        .build(),
                null);
    }
}
