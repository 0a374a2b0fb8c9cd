package dev.bulkhead.operator.workflow;

import dev.bulkhead.api.v1beta1.Workflow;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs a tenant's workflows. One that lacks a Secret stays as it is and is named; the others run. */
public final class WorkflowApplier {
    private final ObjectApplier objects;
    private final TenantPods pods;
    private final Parallel parallel;

    /** Wired by hand. */
    public WorkflowApplier(ObjectApplier objects, TenantPods pods, Parallel parallel) {
        this.objects = objects;
        this.pods = pods;
        this.parallel = parallel;
    }

    /**
     * Brings the workflows to what the tenant asks for.
     *
     * @param others objects of the tenant that are no workflow's; ServiceAccounts among them stay
     * @param given fingerprints of the Secrets that are there
     */
    public List<Outcome> apply(ValidTenant tenant, List<? extends HasMetadata> others, Map<GivenSecret, String> given) {
        TenantIdentity identity = tenant.identity();
        List<HasMetadata> all = WorkflowPlanner.workflows(tenant, given);
        Map<String, Finding> missing = tenant.suspended() ? Map.of() : missing(tenant, given);
        List<Outcome> outcomes = new ArrayList<>(prune(others, all, identity));
        List<HasMetadata> ready = all.stream()
                .filter(o -> !missing.containsKey(
                        key(o.getMetadata().getNamespace(), o.getMetadata().getName())))
                .toList();
        outcomes.addAll(parallel.map(accounts(ready).toList(), o -> objects.apply(o, identity)));
        outcomes.addAll(parallel.map(
                ready.stream().filter(o -> !(o instanceof ServiceAccount)).toList(), o -> objects.apply(o, identity)));
        if (tenant.suspended()) {
            outcomes.addAll(parallel.map(
                    tenant.namespaces(), n -> pods.stop(n.namespace().fullName())));
        }
        missing.values().forEach(finding -> outcomes.add(new Outcome.Waiting(finding)));
        return outcomes;
    }

    /** Stops what is no longer planned; ServiceAccounts go last, as their pods may still stop. */
    private List<Outcome> prune(List<? extends HasMetadata> others, List<HasMetadata> all, TenantIdentity identity) {
        List<HasMetadata> accounts =
                Stream.concat(others.stream(), accounts(all)).toList();
        List<Outcome> outcomes = new ArrayList<>(objects.prune(Deployment.class, identity, all));
        outcomes.addAll(objects.prune(PodDisruptionBudget.class, identity, all));
        outcomes.addAll(objects.prune(ServiceAccount.class, identity, accounts));
        return outcomes;
    }

    private static Stream<HasMetadata> accounts(List<HasMetadata> objects) {
        return objects.stream().filter(ServiceAccount.class::isInstance);
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
