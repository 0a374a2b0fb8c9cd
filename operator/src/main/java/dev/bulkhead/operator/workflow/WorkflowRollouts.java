package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.kube.RolloutState;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which workflows do not run as the spec says, and why. */
public final class WorkflowRollouts {
    /** What somebody has to look at comes before what goes on by itself. */
    private static final List<Reason> GRAVEST_FIRST =
            List.of(Reason.QuotaExceeded, Reason.RolloutStuck, Reason.PodsUnavailable, Reason.RollingOut);

    private WorkflowRollouts() {}

    /** What is to be said of workflows whose pods are not all there in the version that the spec names, the gravest first. */
    public static List<Finding> unavailable(ValidTenant tenant, OwnedObjects owned) {
        if (tenant.suspended()) {
            return List.of();
        }
        return tenant.spec().workflows().stream()
                .flatMap(workflow -> finding(
                        workflow,
                        owned.find(
                                Deployment.class,
                                tenant.namespace(workflow.namespace()).fullName(),
                                WorkflowPlanner.objectName(workflow)))
                        .stream())
                .sorted(Comparator.comparingInt(finding -> GRAVEST_FIRST.indexOf(finding.reason())))
                .toList();
    }

    private static Optional<Finding> finding(Workflow workflow, @Nullable Deployment found) {
        if (found == null) {
            return workflow.replicas() == 0 ? Optional.empty() : unavailable(workflow, 0);
        }
        RolloutState state = RolloutState.of(found);
        return switch (state.stage()) {
            case Through -> Optional.empty();
            case RollingOut -> said(workflow, Reason.RollingOut, "its new version is being rolled out");
            case Starting -> unavailable(workflow, state.available());
            case Stuck -> said(workflow, reason(state), stuck(state, found));
        };
    }

    private static Optional<Finding> unavailable(Workflow workflow, int available) {
        return said(workflow, Reason.PodsUnavailable, available + " of " + workflow.replicas() + " pods are available");
    }

    private static Reason reason(RolloutState state) {
        return state.why().contains("exceeded quota") ? Reason.QuotaExceeded : Reason.RolloutStuck;
    }

    private static String stuck(RolloutState state, Deployment found) {
        String namespace = found.getMetadata().getNamespace();
        String what = state.available() > 0
                ? "not all of its pods come up in the version of the spec, others run on: "
                : "its pods do not come up: ";
        return what
                + state.why()
                + (reason(state) == Reason.QuotaExceeded
                        ? "; raise spec.quota, or make room in namespace " + namespace
                        : "; look with 'kubectl describe deployment "
                                + found.getMetadata().getName() + " -n " + namespace + "'");
    }

    private static Optional<Finding> said(Workflow workflow, Reason reason, String message) {
        return Optional.of(new Finding(reason, "workflow " + workflow.name(), message));
    }
}
