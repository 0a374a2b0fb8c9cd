package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.Polling;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Collectors;

/** A part of Bulkhead as the chart deploys it. */
final class OperatorDeployment {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final KubernetesClient admin;

    private final String name;

    OperatorDeployment(KubernetesClient admin, BulkheadProcess part) {
        this.admin = admin;
        this.name = part.account();
    }

    /** Returns when the newest pods, and no others, are Ready. */
    void awaitReady() {
        Polling.until(
                PATIENCE,
                this::isReady,
                () -> "the pod of " + name + " did not get ready in " + PATIENCE.toSeconds() + " s: " + explain());
    }

    /** Ends one that runs as a pod, so that there are never two. */
    void remove() {
        if (resource().get() != null) {
            resource().delete();
        }
    }

    private boolean isReady() {
        Deployment deployment = resource().get();
        if (deployment == null || deployment.getStatus() == null) {
            return false;
        }
        Integer wanted = deployment.getSpec().getReplicas();
        return Objects.equals(
                        deployment.getStatus().getObservedGeneration(),
                        deployment.getMetadata().getGeneration())
                && Objects.equals(deployment.getStatus().getReadyReplicas(), wanted)
                && Objects.equals(deployment.getStatus().getUpdatedReplicas(), wanted)
                && Objects.equals(deployment.getStatus().getReplicas(), wanted);
    }

    private RollableScalableResource<Deployment> resource() {
        return admin.apps().deployments().inNamespace(Bootstrap.NAMESPACE).withName(name);
    }

    private String explain() {
        String pods = admin.pods().inNamespace(Bootstrap.NAMESPACE).list().getItems().stream()
                .map(this::explain)
                .collect(Collectors.joining("; "));
        return pods.isEmpty()
                ? "there is no pod; `./bulkhead kubectl describe deployment -n " + Bootstrap.NAMESPACE + "`"
                : pods;
    }

    private String explain(Pod pod) {
        String podName = pod.getMetadata().getName();
        String log;
        try {
            log = admin.pods()
                    .inNamespace(Bootstrap.NAMESPACE)
                    .withName(podName)
                    .tailingLines(10)
                    .getLog();
        } catch (KubernetesClientException e) {
            log = "no log (" + e.getMessage() + ")";
        }
        return podName + " is " + pod.getStatus().getPhase() + "; its log:\n" + log;
    }
}
