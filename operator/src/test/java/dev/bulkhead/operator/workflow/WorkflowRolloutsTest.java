package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.KnownObjects;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Tools;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people are told of workflows that do not run: the full tenant's transcriber has three pods, its sweeper one. */
class WorkflowRolloutsTest {
    private static final String WORKFLOWS = "klinik-nord--workflows";
    private static final String APP = "klinik-nord--app";
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final String QUOTA = "pods is forbidden: exceeded quota: bulkhead-quota";

    private final KnownObjects known = new KnownObjects();
    private final SeenPods pods = new SeenPods();

    /** Pods as a namespace has them, and which workflows were asked for them. */
    private static final class SeenPods implements Tools.Pods {
        private final Map<String, List<Pod>> pods = new HashMap<>();
        private final List<String> asked = new ArrayList<>();

        private void add(String namespace, Pod pod) {
            pods.computeIfAbsent(namespace, _ -> new ArrayList<>()).add(pod);
        }

        @Override
        public Outcome stop(String namespace) {
            throw new IllegalStateException("nobody looks to stop");
        }

        @Override
        public List<Pod> ofWorkflow(String namespace, TenantIdentity identity, String workflow) {
            asked.add(namespace + "/" + workflow);
            return pods.getOrDefault(namespace, List.of()).stream()
                    .filter(pod -> workflow.equals(Marks.label(pod, Marks.WORKFLOW)))
                    .toList();
        }
    }

    @Test
    void where_all_run_in_the_version_of_the_spec_there_is_nothing_to_say() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 3, null);
        deployment(APP, "sweeper", 1, 1, 1, null);

        assertThat(unavailable()).isEmpty();
        assertThat(pods.asked).isEmpty();
    }

    @Test
    void an_image_that_cannot_be_pulled_is_told_first_whatever_the_rollout_says() {
        deployment(WORKFLOWS, "transcriber", 4, 2, 3, null);
        deployment(APP, "sweeper", 2, 1, 1, null);
        pods.add(APP, pod("sweeper", "v2", "ImagePullBackOff", "not found"));

        assertThat(unavailable())
                .containsExactly(
                        new Finding(
                                Reason.ImagePullFailed,
                                "workflow sweeper",
                                "image registry.example/app:v2 cannot be pulled: not found; check"
                                        + " spec.workflows[sweeper].image and its imagePullSecrets"),
                        new Finding(Reason.RollingOut, "workflow transcriber", "its new version is being rolled out"));
        assertThat(pods.asked).containsExactly(WORKFLOWS + "/transcriber", APP + "/sweeper");
    }

    @Test
    void what_else_is_wrong_with_a_pod_stands_beside_what_the_deployment_says() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 1, null);
        deployment(APP, "sweeper", 2, 1, 1, "has timed out");
        pods.add(WORKFLOWS, pod("transcriber", "v1", "CrashLoopBackOff", "back-off"));
        pods.add(APP, pod("sweeper", "v2", "CreateContainerConfigError", "secret \"x\" not found"));

        assertThat(unavailable())
                .containsExactly(
                        new Finding(
                                Reason.RolloutStuck,
                                "workflow sweeper",
                                "not all of its pods come up in the version of the spec, others run on: has timed out;"
                                        + " its container cannot be started: CreateContainerConfigError: secret \"x\" not"
                                        + " found; look with 'kubectl describe deployment workflow-sweeper -n"
                                        + " klinik-nord--app'"),
                        new Finding(
                                Reason.PodsUnavailable,
                                "workflow transcriber",
                                "1 of 3 pods are available; its container keeps ending"));
    }

    @Test
    void pods_of_the_version_before_and_of_other_workflows_are_not_held_against_it() {
        deployment(WORKFLOWS, "transcriber", 3, 3, 3, null);
        deployment(APP, "sweeper", 2, 1, 1, null);
        pods.add(APP, pod("sweeper", "v2", "ContainerCreating", null));
        pods.add(APP, pod("sweeper", "v1", "ImagePullBackOff", "not found"));
        pods.add(APP, pod("transcriber", "v1", "ImagePullBackOff", "not found"));

        assertThat(unavailable()).extracting(Finding::reason).containsExactly(Reason.RollingOut);
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
        assertThat(WorkflowRollouts.unavailable(Tenants.suspended(), known, pods, NOW))
                .isEmpty();
    }

    private List<Finding> unavailable() {
        return WorkflowRollouts.unavailable(Tenants.full(), known, pods, NOW);
    }

    private static Pod pod(String workflow, String version, String waiting, @Nullable String message) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(workflow + "-" + version)
                .withLabels(Map.of("bulkhead.dev/workflow", workflow, "pod-template-hash", version))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("workflow")
                .withImage("registry.example/app:" + version)
                .endContainer()
                .endSpec()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("workflow")
                .withNewState()
                .withNewWaiting()
                .withReason(waiting)
                .withMessage(message)
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
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
