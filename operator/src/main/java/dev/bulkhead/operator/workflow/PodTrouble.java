package dev.bulkhead.operator.workflow;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateRunning;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Why a pod does not run, in the words of the kubelet or the scheduler. What a program wrote when it ended is not among
 * them: it can hold anything.
 *
 * @param reason {@code ImagePullFailed}, or {@code PodsUnavailable} for all else
 */
@Pure
record PodTrouble(Reason reason, String text) {
    private static final Set<String> IMAGE = Set.of(
            "ErrImagePull",
            "ImagePullBackOff",
            "InvalidImageName",
            "ErrImageNeverPull",
            "ImageInspectError",
            "RegistryUnavailable",
            "SignatureValidationFailed");

    /** A container on its way. */
    private static final Set<String> ON_ITS_WAY = Set.of("ContainerCreating", "PodInitializing");

    /** The kubelet tells the same in turns, with and without what it waits for before: only what it waits for is new. */
    private static final String CAUSE = "ErrImagePull: ";

    /** How long a container runs before the kubelet forgets that it ended. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(10);

    /** The longest text of a registry or a node that is passed on. */
    private static final int LONGEST = 300;

    /**
     * Of a pod that runs, or is on its way as far as anybody can tell, nothing. One that ends and is started again is told
     * alike while it waits, runs for a moment and has just ended.
     */
    static Optional<PodTrouble> of(Pod pod, Instant now) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        return Stream.of(
                        stream(pod.getStatus().getInitContainerStatuses())
                                .filter(status -> !through(status))
                                .flatMap(status -> ofContainer(pod, status, now).stream()),
                        stream(pod.getStatus().getContainerStatuses())
                                .flatMap(status -> ofContainer(pod, status, now).stream()),
                        stream(pod.getStatus().getConditions()).flatMap(condition -> unplaced(condition).stream()))
                .flatMap(some -> some)
                .findFirst();
    }

    /** An init container that did what it is for. */
    private static boolean through(ContainerStatus status) {
        return status.getState() != null
                && status.getState().getTerminated() != null
                && Objects.equals(status.getState().getTerminated().getExitCode(), 0);
    }

    private static Optional<PodTrouble> ofContainer(Pod pod, ContainerStatus status, Instant now) {
        ContainerState state = status.getState();
        if (state != null && state.getTerminated() != null) {
            return Optional.of(keepsEnding(state));
        }
        if (state != null && state.getRunning() != null) {
            return endedOfLate(status, state.getRunning(), now)
                    ? Optional.of(keepsEnding(status.getLastState()))
                    : Optional.empty();
        }
        ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
        String why = waiting == null ? null : waiting.getReason();
        if (waiting == null || why == null || ON_ITS_WAY.contains(why)) {
            return Optional.empty();
        }
        if (IMAGE.contains(why)) {
            return Optional.of(new PodTrouble(
                    Reason.ImagePullFailed,
                    "image " + image(pod, status) + " cannot be pulled: " + words(why, waiting.getMessage())));
        }
        if (why.equals("CrashLoopBackOff")) {
            return Optional.of(keepsEnding(status.getLastState()));
        }
        return Optional.of(new PodTrouble(
                Reason.PodsUnavailable,
                "its container cannot be started: "
                        + (waiting.getMessage() == null ? why : why + ": " + words(why, waiting.getMessage()))));
    }

    private static boolean endedOfLate(ContainerStatus status, ContainerStateRunning running, Instant now) {
        return Objects.requireNonNullElse(status.getRestartCount(), 0) > 0
                && status.getLastState() != null
                && status.getLastState().getTerminated() != null
                && (running.getStartedAt() == null
                        || now.isBefore(Instant.parse(running.getStartedAt()).plus(FORGOTTEN)));
    }

    private static PodTrouble keepsEnding(@Nullable ContainerState end) {
        return new PodTrouble(Reason.PodsUnavailable, "its container keeps ending" + ended(end));
    }

    private static Optional<PodTrouble> unplaced(PodCondition condition) {
        return "PodScheduled".equals(condition.getType()) && "False".equals(condition.getStatus())
                ? Optional.of(new PodTrouble(
                        Reason.PodsUnavailable,
                        "no node takes it: "
                                + words(
                                        Objects.requireNonNullElse(condition.getReason(), "Unschedulable"),
                                        condition.getMessage())))
                : Optional.empty();
    }

    /** As the spec names it; the status may say what it resolved to. */
    private static String image(Pod pod, ContainerStatus status) {
        return Stream.concat(
                        stream(pod.getSpec().getInitContainers()),
                        stream(pod.getSpec().getContainers()))
                .filter(container -> Objects.equals(container.getName(), status.getName()))
                .map(Container::getImage)
                .findFirst()
                .orElse(String.valueOf(status.getImage()));
    }

    private static String ended(@Nullable ContainerState last) {
        ContainerStateTerminated end = last == null ? null : last.getTerminated();
        return end == null
                ? ""
                : " with code " + end.getExitCode() + (end.getReason() == null ? "" : " (" + end.getReason() + ")");
    }

    private static String words(String reason, @Nullable String message) {
        String text = Objects.requireNonNullElse(message, "")
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        if (text.isEmpty()) {
            return reason;
        }
        String cause = text.contains(CAUSE) ? text.substring(text.indexOf(CAUSE) + CAUSE.length()) : text;
        return cause.length() <= LONGEST ? cause : cause.substring(0, LONGEST - 1) + "…";
    }

    private static <T> Stream<T> stream(@Nullable List<T> list) {
        return list == null ? Stream.of() : list.stream();
    }
}
