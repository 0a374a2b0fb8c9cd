package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far the pods of a Deployment are what its spec says, by its own status. That pods are available says nothing alone:
 * they may all be of the version before.
 *
 * @param available pods that are available, of whatever version
 * @param why what keeps pods from being made or coming up, in the words of Kubernetes; empty where nothing does
 */
@Pure
public record RolloutState(RolloutStage stage, int available, String why) {
    /** How far it is. */
    public enum RolloutStage {
        /** Pods are on their way, and none of the version before is there. */
        Starting,
        /** Pods of the version before are still there, or nobody has looked at the newest one yet. */
        RollingOut,
        /** Kubernetes says that it does not go on: no pod can be made, or none came up in time. */
        Stuck,
        /** All pods are of the newest version and available. */
        Through
    }

    /** What a Deployment's status says. */
    public static RolloutState of(Deployment deployment) {
        int wanted = deployment.getSpec() == null
                ? 1
                : Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1);
        DeploymentStatus status = deployment.getStatus();
        int available = status == null ? 0 : number(status.getAvailableReplicas());
        if (status == null || !isSeen(deployment)) {
            return new RolloutState(
                    available < wanted ? RolloutStage.Starting : RolloutStage.RollingOut, available, "");
        }
        int updated = number(status.getUpdatedReplicas());
        int all = number(status.getReplicas());
        if (updated >= wanted && all <= updated && available >= wanted) {
            return new RolloutState(RolloutStage.Through, available, "");
        }
        String why = why(status.getConditions());
        if (!why.isEmpty()) {
            return new RolloutState(RolloutStage.Stuck, available, why);
        }
        return new RolloutState(all > updated ? RolloutStage.RollingOut : RolloutStage.Starting, available, "");
    }

    /** Whether the deployment controller has looked at the newest spec: before, the status is about another one. */
    public static boolean isSeen(Deployment deployment) {
        DeploymentStatus status = deployment.getStatus();
        long generation = Objects.requireNonNullElse(deployment.getMetadata().getGeneration(), 0L);
        return status != null && Objects.requireNonNullElse(status.getObservedGeneration(), -1L) >= generation;
    }

    /** A pod that cannot be made says more than a time that has run out. */
    private static String why(@Nullable List<DeploymentCondition> conditions) {
        List<DeploymentCondition> all = conditions == null ? List.of() : conditions;
        return Stream.concat(
                        all.stream().filter(c -> is(c, "ReplicaFailure", "True")),
                        all.stream().filter(c -> is(c, "Progressing", "False")))
                .map(c -> Objects.requireNonNullElse(c.getMessage(), Objects.requireNonNullElse(c.getReason(), "")))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static boolean is(DeploymentCondition condition, String type, String status) {
        return type.equals(condition.getType()) && status.equals(condition.getStatus());
    }

    private static int number(@Nullable Integer count) {
        return Objects.requireNonNullElse(count, 0);
    }
}
