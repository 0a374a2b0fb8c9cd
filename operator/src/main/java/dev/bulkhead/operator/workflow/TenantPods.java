package dev.bulkhead.operator.workflow;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.outcome.Outcome;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods in a suspended tenant's namespaces, whoever started them. The quota of a suspended tenant allows none, which keeps
 * new ones out; the ones that run have to be stopped.
 */
public final class TenantPods {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPods.class);
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    private final KubernetesClient client;
    private final ApiErrors errors = new ApiErrors();

    /** Reads and deletes with the client. */
    public TenantPods(KubernetesClient client) {
        this.client = client;
    }

    /** Stops every pod of a namespace that is not stopping already. */
    public Outcome stop(String namespace) {
        return errors.guard("pods of namespace " + namespace, () -> {
            List<Pod> running = errors
                    .patiently(() -> client.pods().inNamespace(namespace).list())
                    .getItems()
                    .stream()
                    .filter(TenantPods::isRunning)
                    .toList();
            if (running.isEmpty()) {
                return Outcome.unchanged();
            }
            client.pods().inNamespace(namespace).delete();
            LOG.atInfo()
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("pods", running.size())
                    .log("stopped");
            return new Outcome.Done(1);
        });
    }

    /**
     * How many pods of a namespace run with Secrets that have been replaced since they started.
     *
     * @param given values of {@link Marks#GIVEN} that the namespace's workloads have now
     */
    public int outdated(String namespace, Set<String> given) {
        return (int) errors.patiently(() -> client.pods().inNamespace(namespace).list()).getItems().stream()
                .filter(TenantPods::isRunning)
                .map(pod -> pod.getMetadata().getAnnotations())
                .filter(annotations -> annotations != null && annotations.containsKey(Marks.GIVEN))
                .filter(annotations -> !given.contains(annotations.get(Marks.GIVEN)))
                .count();
    }

    private static boolean isRunning(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() == null
                && (pod.getStatus() == null || !OVER.contains(pod.getStatus().getPhase()));
    }
}
