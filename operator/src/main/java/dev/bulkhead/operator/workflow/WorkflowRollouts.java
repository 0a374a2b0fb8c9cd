package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.kube.RolloutState;
import dev.bulkhead.operator.kube.RolloutState.RolloutStage;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which workflows do not run as the spec says, and why: by their Deployments, and by the pods of those that do not. */
public final class WorkflowRollouts {
    /** What somebody has to look at comes before what goes on by itself. */
    private static final List<Reason> GRAVEST_FIRST = List.of(
            Reason.ImagePullFailed,
            Reason.QuotaExceeded,
            Reason.RolloutStuck,
            Reason.PodsUnavailable,
            Reason.RollingOut);

    /** Label of the deployment controller's on pods: the same for all of one version. */
    private static final String VERSION = "pod-template-hash";

    private WorkflowRollouts() {}

    /**
     * What is to be said of workflows whose pods are not all there in the version that the spec names, the gravest first.
     *
     * @param pods asked for such workflows alone
     * @param now what came to an end a while ago is no trouble any more
     */
    public static List<Finding> unavailable(ValidTenant tenant, OwnedObjects owned, Tools.Pods pods, Instant now) {
        if (tenant.suspended()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (Workflow workflow : tenant.spec().workflows()) {
            String namespace = tenant.namespace(workflow.namespace()).fullName();
            Deployment found = owned.find(Deployment.class, namespace, WorkflowPlanner.objectName(workflow));
            finding(workflow, found, () -> trouble(pods.ofWorkflow(namespace, tenant.identity(), workflow.name()), now))
                    .ifPresent(findings::add);
        }
        findings.sort(Comparator.comparingInt(finding -> GRAVEST_FIRST.indexOf(finding.reason())));
        return List.copyOf(findings);
    }

    /** What is wrong with a pod of the version that came last: those of the version before are on their way out. */
    private static Optional<PodTrouble> trouble(List<Pod> pods, Instant now) {
        return pods.stream()
                .filter(pod -> Objects.equals(Marks.label(pod, VERSION), Marks.label(pods.getFirst(), VERSION)))
                .flatMap(pod -> PodTrouble.of(pod, now).stream())
                .findFirst();
    }

    private static Optional<Finding> finding(
            Workflow workflow, @Nullable Deployment found, Supplier<Optional<PodTrouble>> pods) {
        if (found == null) {
            return workflow.replicas() == 0
                    ? Optional.empty()
                    : said(workflow, Reason.PodsUnavailable, available(workflow, 0));
        }
        RolloutState state = RolloutState.of(found);
        if (state.stage() == RolloutStage.Through) {
            return Optional.empty();
        }
        PodTrouble trouble = RolloutState.isSeen(found) ? pods.get().orElse(null) : null;
        if (trouble != null && trouble.reason() == Reason.ImagePullFailed) {
            return said(
                    workflow,
                    Reason.ImagePullFailed,
                    trouble.text() + "; check spec.workflows[" + workflow.name() + "].image and its imagePullSecrets");
        }
        String added = trouble == null ? "" : "; " + trouble.text();
        return switch (state.stage()) {
            case Through -> Optional.empty();
            case RollingOut -> said(workflow, Reason.RollingOut, "its new version is being rolled out" + added);
            case Starting -> said(workflow, Reason.PodsUnavailable, available(workflow, state.available()) + added);
            case Stuck -> said(workflow, reason(state), stuck(state, found, added));
        };
    }

    private static String available(Workflow workflow, int available) {
        return available + " of " + workflow.replicas() + " pods are available";
    }

    private static Reason reason(RolloutState state) {
        return state.why().contains("exceeded quota") ? Reason.QuotaExceeded : Reason.RolloutStuck;
    }

    private static String stuck(RolloutState state, Deployment found, String added) {
        String namespace = found.getMetadata().getNamespace();
        String what = state.available() > 0
                ? "not all of its pods come up in the version of the spec, others run on: "
                : "its pods do not come up: ";
        return what
                + state.why()
                + added
                + (reason(state) == Reason.QuotaExceeded
                        ? "; raise spec.quota, or make room in namespace " + namespace
                        : "; look with 'kubectl describe deployment "
                                + found.getMetadata().getName() + " -n " + namespace + "'");
    }

    private static Optional<Finding> said(Workflow workflow, Reason reason, String message) {
        return Optional.of(new Finding(reason, "workflow " + workflow.name(), message));
    }
}
