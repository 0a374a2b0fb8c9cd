package dev.bulkhead.operator.workflow;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Tools;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods in tenants' namespaces. The quota of a suspended tenant allows none, which keeps new ones out; the ones that run
 * have to be stopped, whoever started them. Those of workflows that do not run are asked why.
 */
public final class TenantPods implements Tools.Pods {
    private static final Logger LOG = LoggerFactory.getLogger(TenantPods.class);
    private static final Set<String> OVER = Set.of("Succeeded", "Failed");

    /** Pods of one page of a list. */
    private static final long PAGE = 100;

    /** Pages that are read of one namespace: a workflow has at most 100 pods, and one that is broken is among the first. */
    private static final int PAGES = 5;

    private static final Comparator<Pod> NEWEST_FIRST = Comparator.<Pod, String>comparing(
                    pod -> Objects.requireNonNullElse(pod.getMetadata().getCreationTimestamp(), ""))
            .reversed()
            .thenComparing(pod -> pod.getMetadata().getName());

    private final KubernetesClient client;
    private final ApiErrors errors = new ApiErrors();

    /** Reads and deletes with the client. */
    public TenantPods(KubernetesClient client) {
        this.client = client;
    }

    @Override
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

    @Override
    public List<Pod> ofWorkflows(String namespace, TenantIdentity identity) {
        List<Pod> pods = new ArrayList<>();
        try {
            String next = null;
            for (int page = 0; page < PAGES && (page == 0 || next != null); page++) {
                PodList list = client.pods()
                        .inNamespace(namespace)
                        .withLabel(Marks.IDENTITY, identity.value())
                        .withLabel(Marks.WORKFLOW)
                        .list(new ListOptionsBuilder()
                                .withLimit(PAGE)
                                .withContinue(next)
                                .build());
                pods.addAll(list.getItems());
                String more = list.getMetadata().getContinue();
                next = more == null || more.isEmpty() ? null : more;
            }
        } catch (KubernetesClientException e) {
            // What the Deployments say stands without it, and the next pass looks again.
            LOG.atDebug().addKeyValue("namespace", namespace).setCause(e).log("pods could not be read");
        }
        return pods.stream().filter(TenantPods::isRunning).sorted(NEWEST_FIRST).toList();
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
