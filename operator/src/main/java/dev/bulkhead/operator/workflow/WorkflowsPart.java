package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.TenantStatus.WorkflowStatus;
import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.boundary.BoundaryPlanner;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A tenant's workflow containers. One that lacks a Secret stays as it is and is named; the others run. */
public final class WorkflowsPart implements Part<WorkflowsPart.Plan> {
    /** Stateless. */
    public WorkflowsPart() {}

    /**
     * The workflows. Their objects follow from the Secrets that are there, whose fingerprints are known only then.
     *
     * @param others ServiceAccounts of the tenant that are no workflow's: they stay
     */
    public record Plan(ValidTenant tenant, List<ServiceAccount> others) {
        /** Makes the list immutable. */
        public Plan {
            others = List.copyOf(others);
        }

        /** The objects, given fingerprints of the Secrets that are there. */
        public List<HasMetadata> objects(Map<GivenSecret, String> given) {
            return WorkflowPlanner.workflows(tenant, given);
        }
    }

    @Override
    public PartId id() {
        return PartId.workflows;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(
                tenant,
                Stream.concat(
                                accounts(BoundaryPlanner.limits(tenant, state.settings())),
                                AccessPlanner.canaryAccounts(tenant).stream())
                        .toList());
    }

    /** Stops all of a suspended tenant's. */
    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        return plan.tenant().suspended() ? bring(plan, work) : List.of();
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return plan.tenant().suspended() ? List.of() : bring(plan, work);
    }

    private static List<Outcome> bring(Plan plan, Work work) {
        ValidTenant tenant = plan.tenant();
        ObjectApplier objects = work.tools().objects();
        List<HasMetadata> all = plan.objects(work.given());
        Map<String, Finding> missing = tenant.suspended() ? Map.of() : missing(tenant, work.given());
        List<Outcome> outcomes = new ArrayList<>(prune(plan, all, work));
        List<HasMetadata> ready = all.stream()
                .filter(o -> !missing.containsKey(
                        key(o.getMetadata().getNamespace(), o.getMetadata().getName())))
                .toList();
        outcomes.addAll(work.each(accounts(ready).toList()));
        outcomes.addAll(work.each(
                ready.stream().filter(o -> !(o instanceof ServiceAccount)).toList()));
        if (tenant.suspended()) {
            outcomes.addAll(work.tools()
                    .parallel()
                    .map(
                            objects.ours(Namespace.class, work.identity()),
                            n -> work.tools().pods().stop(n.getMetadata().getName())));
        }
        missing.values().forEach(finding -> outcomes.add(new Outcome.Waiting(finding)));
        return outcomes;
    }

    /** Stops what is no longer planned; ServiceAccounts go last, as their pods may still stop. */
    private static List<Outcome> prune(Plan plan, List<HasMetadata> all, Work work) {
        ObjectApplier objects = work.tools().objects();
        TenantIdentity identity = work.identity();
        List<ServiceAccount> accounts =
                Stream.concat(plan.others().stream(), accounts(all)).toList();
        List<Outcome> outcomes = new ArrayList<>(objects.prune(Deployment.class, identity, all));
        outcomes.addAll(objects.prune(PodDisruptionBudget.class, identity, all));
        outcomes.addAll(objects.prune(ServiceAccount.class, identity, accounts));
        return outcomes;
    }

    @Override
    public List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        List<Outcome> outcomes = new ArrayList<>(tools.objects().prune(Deployment.class, identity, List.of()));
        outcomes.addAll(tools.objects().prune(PodDisruptionBudget.class, identity, List.of()));
        tools.objects()
                .ours(Namespace.class, identity)
                .forEach(n -> outcomes.add(tools.pods().stop(n.getMetadata().getName())));
        return outcomes;
    }

    /** Workflows that wait for something are hardened all the same; those that admission changed may not be. */
    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return made.refused().isEmpty() ? List.of() : List.of(ControlVerdict.refused(Control.TI_POD, made));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        Map<GivenSecret, String> later = new TreeMap<>();
        plan.tenant()
                .spec()
                .workflows()
                .forEach(workflow -> WorkflowPlanner.needs(plan.tenant(), workflow)
                        .forEach(secret -> later.put(secret, PlanText.LATER)));
        text.objects(plan.objects(later));
    }

    /** How many pods of each workflow are available. */
    public static List<WorkflowStatus> status(ValidTenant tenant, OwnedObjects owned) {
        return tenant.spec().workflows().stream()
                .map(w -> {
                    String namespace = tenant.namespace(w.namespace()).fullName();
                    Deployment found = owned.find(Deployment.class, namespace, WorkflowPlanner.objectName(w));
                    int available = found == null || found.getStatus() == null
                            ? 0
                            : Objects.requireNonNullElse(found.getStatus().getAvailableReplicas(), 0);
                    return new WorkflowStatus(w.name(), namespace, tenant.suspended() ? 0 : w.replicas(), available);
                })
                .toList();
    }

    private static Stream<ServiceAccount> accounts(List<HasMetadata> objects) {
        return objects.stream().filter(ServiceAccount.class::isInstance).map(ServiceAccount.class::cast);
    }

    /** Workflows that ask for Secrets nobody has delivered, by the key of their objects. */
    private static Map<String, Finding> missing(ValidTenant tenant, Map<GivenSecret, String> given) {
        Map<String, Finding> missing = new LinkedHashMap<>();
        for (Workflow workflow : tenant.spec().workflows()) {
            String namespace = tenant.namespace(workflow.namespace()).fullName();
            WorkflowPlanner.needs(tenant, workflow).stream()
                    .filter(secret -> !given.containsKey(secret))
                    .findFirst()
                    .ifPresent(secret -> missing.put(
                            key(namespace, WorkflowPlanner.objectName(workflow)),
                            new Finding(
                                    Reason.SecretMissing,
                                    "workflow " + workflow.name(),
                                    "Secret " + namespace + "/" + secret.name()
                                            + " is not there; seal its values with './bulkhead seal' and apply the"
                                            + " TenantSecret, or add the namespace to deliverTo")));
        }
        return missing;
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }
}
