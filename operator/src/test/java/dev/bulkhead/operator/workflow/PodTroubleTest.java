package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pod's status says of why it does not run, as kubelet and scheduler write it. */
class PodTroubleTest {
    private static final String IMAGE = "registry.example/app@sha256:11";

    @ParameterizedTest
    @ValueSource(strings = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"})
    void an_image_that_cannot_be_had_is_named_with_what_the_kubelet_says(String reason) {
        assertThat(trouble(waiting(reason, "rpc error: not found")))
                .contains(new PodTrouble(
                        Reason.ImagePullFailed, "image " + IMAGE + " cannot be pulled: rpc error: not found"));
    }

    @Test
    void the_same_failure_is_told_alike_while_the_kubelet_tries_and_while_it_waits() {
        assertThat(trouble(waiting(
                        "ImagePullBackOff", "Back-off pulling image \"x\": ErrImagePull: rpc error: not found")))
                .isEqualTo(trouble(waiting("ErrImagePull", "rpc error: not found")));
    }

    @Test
    void a_container_that_keeps_ending_says_how_it_ended_and_nothing_that_it_wrote() {
        Pod pod = new PodBuilder(waiting("CrashLoopBackOff", "back-off 5m0s restarting"))
                .editStatus()
                .editFirstContainerStatus()
                .withNewLastState()
                .withNewTerminated()
                .withExitCode(137)
                .withReason("OOMKilled")
                .withMessage("password=geheim")
                .endTerminated()
                .endLastState()
                .endContainerStatus()
                .endStatus()
                .build();

        assertThat(trouble(pod))
                .contains(
                        new PodTrouble(Reason.PodsUnavailable, "its container keeps ending with code 137 (OOMKilled)"));
    }

    /** As it goes round while a container crashes. */
    @Test
    void a_container_that_keeps_ending_is_told_alike_all_the_time() {
        ContainerState ended = new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(1)
                .withReason("Error")
                .endTerminated()
                .build();
        Optional<PodTrouble> told =
                Optional.of(new PodTrouble(Reason.PodsUnavailable, "its container keeps ending with code 1 (Error)"));

        assertThat(trouble(container(ended, null, 0))).isEqualTo(told);
        assertThat(trouble(container(running("2026-11-30T11:59:59Z"), ended, 1)))
                .isEqualTo(told);
        assertThat(trouble(container(ended, ended, 1))).isEqualTo(told);
        assertThat(trouble(container(
                        new ContainerStateBuilder()
                                .withNewWaiting()
                                .withReason("CrashLoopBackOff")
                                .endWaiting()
                                .build(),
                        ended,
                        1)))
                .isEqualTo(told);
        assertThat(trouble(container(running("2026-11-30T11:50:01Z"), ended, 7)))
                .isEqualTo(told);
        assertThat(trouble(container(running("2026-11-30T11:50:00Z"), ended, 7)))
                .as("it has run for ten minutes")
                .isEmpty();
    }

    @Test
    void an_init_container_that_did_its_work_is_no_trouble_and_one_that_failed_is() {
        assertThat(trouble(initialised(0))).isEmpty();
        assertThat(trouble(initialised(2)))
                .contains(new PodTrouble(Reason.PodsUnavailable, "its container keeps ending with code 2"));
    }

    @Test
    void a_container_that_cannot_be_started_says_why() {
        assertThat(trouble(waiting("CreateContainerConfigError", "secret \"x\" not found")))
                .contains(new PodTrouble(
                        Reason.PodsUnavailable,
                        "its container cannot be started: CreateContainerConfigError: secret \"x\" not found"));
    }

    @Test
    void a_pod_that_no_node_takes_says_what_the_scheduler_says() {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("PodScheduled")
                .withStatus("False")
                .withReason("Unschedulable")
                .withMessage("0/3 nodes are available: 3 Insufficient memory.")
                .endCondition()
                .endStatus()
                .build();

        assertThat(trouble(pod))
                .contains(new PodTrouble(
                        Reason.PodsUnavailable, "no node takes it: 0/3 nodes are available: 3 Insufficient memory."));
    }

    @Test
    void a_pod_on_its_way_or_that_runs_has_no_trouble() {
        assertThat(trouble(waiting("ContainerCreating", null))).isEmpty();
        assertThat(trouble(new PodBuilder().withNewMetadata().endMetadata().build()))
                .isEmpty();
        assertThat(trouble(new PodBuilder(waiting("x", null))
                        .editStatus()
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("workflow")
                                .withNewState()
                                .withNewRunning()
                                .endRunning()
                                .endState()
                                .build())
                        .endStatus()
                        .build()))
                .isEmpty();
    }

    @Test
    void what_a_registry_says_is_one_line_and_ends() {
        Optional<PodTrouble> trouble = trouble(waiting("ErrImagePull", "first\nsecond\u0007 " + "x".repeat(2_000)));

        assertThat(trouble.orElseThrow().text())
                .startsWith("image " + IMAGE + " cannot be pulled: first second x")
                .endsWith("…")
                .hasSizeLessThan(400)
                .doesNotContainPattern("\\p{Cntrl}");
    }

    private static Optional<PodTrouble> trouble(Pod pod) {
        return PodTrouble.of(pod, Instant.parse("2026-11-30T12:00:00Z"));
    }

    private static ContainerState running(String since) {
        return new ContainerStateBuilder()
                .withNewRunning()
                .withStartedAt(since)
                .endRunning()
                .build();
    }

    private static Pod container(ContainerState state, @Nullable ContainerState last, int restarts) {
        return new PodBuilder(waiting("x", null))
                .editStatus()
                .editFirstContainerStatus()
                .withState(state)
                .withLastState(last)
                .withRestartCount(restarts)
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static Pod initialised(int code) {
        return new PodBuilder(container(running("2026-11-30T11:59:00Z"), null, 0))
                .editStatus()
                .addNewInitContainerStatus()
                .withName("init")
                .withRestartCount(1)
                .withNewState()
                .withNewTerminated()
                .withExitCode(code)
                .endTerminated()
                .endState()
                .endInitContainerStatus()
                .endStatus()
                .build();
    }

    private static Pod waiting(String reason, @Nullable String message) {
        return new PodBuilder()
                .withNewMetadata()
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("workflow")
                .withImage(IMAGE)
                .endContainer()
                .endSpec()
                .withNewStatus()
                .addNewContainerStatus()
                .withName("workflow")
                .withImage("resolved")
                .withNewState()
                .withNewWaiting()
                .withReason(reason)
                .withMessage(message)
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }
}
