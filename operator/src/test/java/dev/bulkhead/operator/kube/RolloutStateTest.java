package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.kube.RolloutState.RolloutStage;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import org.junit.jupiter.api.Test;

/** What a Deployment's status says of it, as the deployment controller writes it. */
class RolloutStateTest {
    private static final String QUOTA = "pods \"workflow-api-1-x\" is forbidden: exceeded quota: bulkhead-quota";

    @Test
    void one_that_nobody_has_looked_at_yet_starts() {
        Deployment fresh = new DeploymentBuilder(deployment(1, 1, 0, 0, 0))
                .withStatus(null)
                .build();

        assertThat(RolloutState.of(fresh)).isEqualTo(new RolloutState(RolloutStage.Starting, 0, ""));
    }

    @Test
    void one_whose_first_pods_are_not_available_yet_starts() {
        assertThat(RolloutState.of(deployment(3, 1, 3, 3, 1)))
                .isEqualTo(new RolloutState(RolloutStage.Starting, 1, ""));
    }

    @Test
    void one_whose_pods_are_all_new_and_available_is_through() {
        assertThat(RolloutState.of(deployment(2, 1, 2, 2, 2)).stage()).isEqualTo(RolloutStage.Through);
    }

    @Test
    void one_that_asks_for_no_pods_is_through() {
        assertThat(RolloutState.of(deployment(0, 1, 0, 0, 0)).stage()).isEqualTo(RolloutStage.Through);
    }

    @Test
    void a_change_that_was_not_looked_at_yet_is_rolled_out_although_all_pods_are_available() {
        assertThat(RolloutState.of(deployment(2, 0, 2, 2, 2)).stage()).isEqualTo(RolloutStage.RollingOut);
    }

    @Test
    void one_whose_available_pod_is_of_the_version_before_is_rolled_out() {
        assertThat(RolloutState.of(deployment(1, 1, 2, 1, 1)).stage()).isEqualTo(RolloutStage.RollingOut);
        assertThat(RolloutState.of(deployment(1, 1, 1, 0, 1)).stage()).isEqualTo(RolloutStage.RollingOut);
        assertThat(RolloutState.of(deployment(3, 1, 3, 2, 3)).stage()).isEqualTo(RolloutStage.RollingOut);
    }

    @Test
    void a_pod_that_cannot_be_made_keeps_it_from_going_on_in_the_words_of_kubernetes() {
        Deployment full = with(deployment(1, 1, 1, 0, 1), "ReplicaFailure", "True", "FailedCreate", QUOTA);

        assertThat(RolloutState.of(full)).isEqualTo(new RolloutState(RolloutStage.Stuck, 1, QUOTA));
    }

    @Test
    void what_failed_before_the_last_change_was_looked_at_says_nothing_of_that_change() {
        Deployment full = with(deployment(1, 0, 1, 0, 1), "ReplicaFailure", "True", "FailedCreate", QUOTA);

        assertThat(RolloutState.of(full).stage()).isEqualTo(RolloutStage.RollingOut);
    }

    @Test
    void a_time_that_has_run_out_counts_and_a_pod_that_cannot_be_made_says_more() {
        Deployment late =
                with(deployment(1, 1, 2, 1, 1), "Progressing", "False", "ProgressDeadlineExceeded", "has timed out");

        assertThat(RolloutState.of(late)).isEqualTo(new RolloutState(RolloutStage.Stuck, 1, "has timed out"));
        assertThat(RolloutState.of(with(late, "ReplicaFailure", "True", "FailedCreate", QUOTA))
                        .why())
                .isEqualTo(QUOTA);
    }

    @Test
    void conditions_of_one_that_goes_on_or_is_through_are_nothing_to_say() {
        assertThat(RolloutState.of(with(
                                deployment(1, 1, 2, 1, 1),
                                "Progressing",
                                "True",
                                "ReplicaSetUpdated",
                                "is progressing"))
                        .stage())
                .isEqualTo(RolloutStage.RollingOut);
        assertThat(RolloutState.of(with(deployment(1, 1, 1, 1, 1), "ReplicaFailure", "True", "FailedCreate", QUOTA)))
                .isEqualTo(new RolloutState(RolloutStage.Through, 1, ""));
    }

    private static Deployment deployment(int wanted, long observed, int all, int updated, int available) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("workflow-api")
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(wanted)
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(observed)
                .withReplicas(all)
                .withUpdatedReplicas(updated)
                .withAvailableReplicas(available)
                .endStatus()
                .build();
    }

    private static Deployment with(Deployment deployment, String type, String status, String reason, String message) {
        return new DeploymentBuilder(deployment)
                .editStatus()
                .addNewCondition()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .endCondition()
                .endStatus()
                .build();
    }
}
