package dev.bulkhead.operator.workflow;

import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ApiErrors;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Tools;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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

    /** The same of pods that anybody made: few enough to be held when each is as large as etcd takes one, 1.5 MB. */
    private static final long FOREIGN_PAGE = 20;

    /** Pages that are read of one workflow: it has at most 100 pods, and those that are over or of the version before. */
    private static final int PAGES = 5;

    private static final Comparator<Pod> NEWEST_FIRST = Comparator.<Pod, String>comparing(
                    pod -> Objects.requireNonNullElse(pod.getMetadata().getCreationTimestamp(), ""))
            .reversed()
            .thenComparing(pod -> pod.getMetadata().getName());
    /** Seconds that a pod has to end. */
    private static final long GRACE = 30;

    /** Past the time by which a pod was to end, before somebody has to look. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    private final KubernetesClient client;
    private final InstantSource clock;
    private final ApiErrors errors = new ApiErrors();

    /** Reads and deletes with the client. */
    public TenantPods(KubernetesClient client) {
        this(client, InstantSource.system());
    }

    TenantPods(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    /**
     * Stops every pod of a namespace. A pod says itself how long it takes to end; a tenant that is closed gives it
     * {@value #GRACE} seconds at most, and as long as one is there its workloads are not stopped.
     *
     * @return Waiting as long as a pod is still there
     */
    @Override
    public Outcome stop(String namespace) {
        return errors.guard("pods of namespace " + namespace, () -> {
            List<Pod> there = there(namespace);
            if (there.isEmpty()) {
                return Outcome.unchanged();
            }
            long running = there.stream().filter(TenantPods::isRunning).count();
            if (running > 0 || there.stream().anyMatch(TenantPods::takesItsTime)) {
                delete(namespace, there);
                there = there(namespace); // one that no node has yet is gone by now
            }
            if (running > 0) {
                LOG.atInfo()
                        .addKeyValue("namespace", namespace)
                        .addKeyValue("pods", running)
                        .log("stopped");
            }
            return there.isEmpty() ? new Outcome.Done(1) : new Outcome.Waiting(ending(namespace, there));
        });
    }

    /** One that should be gone for a while does not go by itself: a finalizer, or a node that does not answer. */
    private Finding ending(String namespace, List<Pod> there) {
        Instant overdue = clock.instant().minus(SLACK);
        return there.stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null
                        && Instant.parse(pod.getMetadata().getDeletionTimestamp())
                                .isBefore(overdue))
                .findFirst()
                .map(stuck -> new Finding(
                        Reason.WaitingFor,
                        "pod " + namespace + "/" + stuck.getMetadata().getName(),
                        "was to end by " + stuck.getMetadata().getDeletionTimestamp()
                                + " and is still there; look at its finalizers and at its node"))
                .orElseGet(() -> new Finding(
                        Reason.PodsEnding,
                        "pods of namespace " + namespace,
                        there.size() + " still there; each has " + GRACE
                                + " seconds to end. Looked at again by itself."));
    }

    private List<Pod> there(String namespace) {
        return errors.patiently(() -> {
            List<Pod> there = new ArrayList<>();
            String next = null;
            do {
                PodList list = client.pods()
                        .inNamespace(namespace)
                        .list(new ListOptionsBuilder()
                                .withLimit(FOREIGN_PAGE)
                                .withContinue(next)
                                .build());
                list.getItems().stream()
                        .filter(TenantPods::isThere)
                        .map(TenantPods::outline)
                        .forEach(there::add);
                next = following(list);
            } while (next != null);
            return there;
        });
    }

    /** What is asked about a pod that a tenant made: not what runs in it, which may take a megabyte. */
    private static Pod outline(Pod pod) {
        return new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withName(pod.getMetadata().getName())
                        .withDeletionTimestamp(pod.getMetadata().getDeletionTimestamp())
                        .withDeletionGracePeriodSeconds(pod.getMetadata().getDeletionGracePeriodSeconds())
                        .withAnnotations(given(pod))
                        .build())
                .withNewSpec()
                .withTerminationGracePeriodSeconds(
                        pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds())
                .endSpec()
                .build();
    }

    private static Map<String, String> given(Pod pod) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String given = annotations == null ? null : annotations.get(Marks.GIVEN);
        return given == null ? Map.of() : Map.of(Marks.GIVEN, given);
    }

    private static @Nullable String following(PodList list) {
        String more = list.getMetadata() == null ? null : list.getMetadata().getContinue();
        return more == null || more.isEmpty() ? null : more;
    }

    @Override
    public List<Pod> ofWorkflow(String namespace, TenantIdentity identity, String workflow) {
        List<Pod> pods = new ArrayList<>();
        try {
            String next = null;
            for (int page = 0; page < PAGES && (page == 0 || next != null); page++) {
                PodList list = client.pods()
                        .inNamespace(namespace)
                        .withLabel(Marks.IDENTITY, identity.value())
                        .withLabel(Marks.WORKFLOW, workflow)
                        .list(new ListOptionsBuilder()
                                .withLimit(PAGE)
                                .withContinue(next)
                                .build());
                pods.addAll(list.getItems());
                next = following(list);
            }
        } catch (KubernetesClientException e) {
            // What the Deployments say stands without it, and the next pass looks again.
            LOG.atDebug().addKeyValue("namespace", namespace).setCause(e).log("pods could not be read");
        }
        return pods.stream().filter(TenantPods::isRunning).sorted(NEWEST_FIRST).toList();
    }

    /** A second request shortens what an earlier one left open. */
    private void delete(String namespace, List<Pod> there) {
        if (there.stream().anyMatch(TenantPods::takesItsTime)) {
            client.pods().inNamespace(namespace).withGracePeriod(GRACE).delete();
        } else {
            client.pods().inNamespace(namespace).delete();
        }
    }

    private static boolean takesItsTime(Pod pod) {
        Long ends = pod.getMetadata().getDeletionTimestamp() != null
                ? pod.getMetadata().getDeletionGracePeriodSeconds()
                : pod.getSpec() == null ? null : pod.getSpec().getTerminationGracePeriodSeconds();
        return ends != null && ends > GRACE;
    }

    /**
     * How many pods of a namespace run with Secrets that have been replaced since they started.
     *
     * @param given values of {@link Marks#GIVEN} that the namespace's workloads have now
     */
    public int outdated(String namespace, Set<String> given) {
        return (int) there(namespace).stream()
                .map(pod -> pod.getMetadata().getAnnotations())
                .filter(annotations -> annotations != null && annotations.containsKey(Marks.GIVEN))
                .filter(annotations -> !given.contains(annotations.get(Marks.GIVEN)))
                .count();
    }

    /** One that is asked to end may still do what it did. */
    private static boolean isThere(Pod pod) {
        return pod.getStatus() == null || !OVER.contains(pod.getStatus().getPhase());
    }

    private static boolean isRunning(Pod pod) {
        return isThere(pod) && pod.getMetadata().getDeletionTimestamp() == null;
    }
}
