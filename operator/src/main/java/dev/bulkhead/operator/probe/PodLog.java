package dev.bulkhead.operator.probe;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The log of the operator's pods, by the API. */
public final class PodLog implements OperatorLog {
    private final KubernetesClient client;
    private final String namespace;
    private final Map<String, String> labels;

    /** Reads the logs of the pods with these labels. */
    public PodLog(KubernetesClient client, String namespace, Map<String, String> labels) {
        this.client = client;
        this.namespace = namespace;
        this.labels = Map.copyOf(labels);
    }

    @Override
    public LogReading since(Instant start) {
        try {
            List<Pod> pods = client.pods()
                    .inNamespace(namespace)
                    .withLabels(labels)
                    .list()
                    .getItems();
            if (pods.isEmpty()) {
                return new LogReading.NotHere("the operator runs in no pod of namespace " + namespace);
            }
            StringBuilder text = new StringBuilder();
            for (Pod pod : pods) {
                text.append(client.pods()
                        .inNamespace(namespace)
                        .withName(pod.getMetadata().getName())
                        .sinceTime(start.toString())
                        .getLog());
            }
            return new LogReading.Text(text.toString());
        } catch (KubernetesClientException e) {
            return new LogReading.Unreadable(ApiAnswers.reason(e));
        }
    }
}
