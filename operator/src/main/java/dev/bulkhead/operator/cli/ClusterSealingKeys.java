package dev.bulkhead.operator.cli;

import dev.bulkhead.operator.secret.SealingKeySource;
import dev.bulkhead.operator.secret.SealingPublicKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Reads a tenant's public sealing key from its namespace, with whatever rights the caller's kubeconfig gives. */
public final class ClusterSealingKeys implements SealingKeySource {
    private final Supplier<Config> config;

    /** Asks the cluster of the kubeconfig's current context. */
    public ClusterSealingKeys() {
        this(() -> Config.autoConfigure(null));
    }

    /** Asks the cluster of a configuration. */
    ClusterSealingKeys(Supplier<Config> config) {
        this.config = config;
    }

    @Override
    public Lookup lookup(String namespace) {
        Config brief = Unanswered.briefly(config.get());
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(brief).build()) {
            ConfigMap card = client.configMaps()
                    .inNamespace(namespace)
                    .withName(SealingPublicKey.CONFIG_MAP)
                    .get();
            return card == null
                    ? new Lookup.Absent()
                    : new Lookup.Found(Objects.requireNonNullElse(card.getData(), Map.of()));
        } catch (KubernetesClientException e) {
            return new Lookup.Failed(failure(namespace, brief.getMasterUrl(), e));
        }
    }

    private static String failure(String namespace, String cluster, KubernetesClientException e) {
        String card = "ConfigMap " + namespace + "/" + SealingPublicKey.CONFIG_MAP;
        int code = e.getCode();
        if (code <= 0) { // nobody answered
            return "cluster " + cluster + " does not answer (" + Unanswered.reason(e)
                    + "); check the kubeconfig with 'kubectl get namespaces', or seal without the cluster: save " + card
                    + " where it can be reached and name the file by --tenant-config";
        }
        return switch (code) {
            case 401 -> "cluster " + cluster + " does not know who you are; log in anew, or use --tenant-config";
            case 403 -> "not allowed to read " + card + "; ask whoever may, and use --tenant-config";
            default ->
                "cluster " + cluster + " did not give " + card + " (HTTP " + code
                        + "); try again, or use --tenant-config";
        };
    }
}
