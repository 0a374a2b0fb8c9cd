package dev.bulkhead.operator.part;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.kube.UnmarkedBindings;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/**
 * What parts act with in the cluster. Servers and stores are not among it: each part that lies on one brings its own.
 *
 * @param objects makes objects what they are planned to be
 * @param bindings the RoleBindings that tenants made themselves
 * @param secrets the Secrets in tenants' namespaces
 * @param pods stops pods, and reads those of workflows
 * @param parallel runs independent steps side by side
 */
public record Tools(
        ObjectApplier objects, UnmarkedBindings bindings, DeliveredSecrets secrets, Pods pods, Parallel parallel) {
    /** Pods in tenants' namespaces. */
    public interface Pods {
        /** Stops every pod of a namespace, whoever started it, that is not stopping already. */
        Outcome stop(String namespace);

        /**
         * The pods of one of a tenant's workflows, as many as are looked at, that are neither over nor stopping, the newest
         * first; none where they cannot be read now.
         */
        List<Pod> ofWorkflow(String namespace, TenantIdentity identity, String workflow);
    }

    /** Makes each object what it is planned to be, side by side. */
    public List<Outcome> each(List<? extends HasMetadata> planned, TenantIdentity identity) {
        return parallel.map(planned, object -> objects.apply(object, identity));
    }
}
