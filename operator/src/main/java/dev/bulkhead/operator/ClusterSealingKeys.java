package dev.bulkhead.operator;

import dev.bulkhead.operator.secret.SealingKeySource;
import dev.bulkhead.operator.secret.SealingPublicKey;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Objects;

/** Reads a tenant's public sealing key from its namespace, with whatever rights the caller's kubeconfig gives. */
final class ClusterSealingKeys implements SealingKeySource {
    @Override
    public Lookup lookup(String namespace) {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            ConfigMap card = client.configMaps()
                    .inNamespace(namespace)
                    .withName(SealingPublicKey.CONFIG_MAP)
                    .get();
            return card == null
                    ? new Lookup.Absent()
                    : new Lookup.Found(Objects.requireNonNullElse(card.getData(), Map.of()));
        } catch (KubernetesClientException e) {
            return new Lookup.Failed(
                    e.getCode() == 403
                            ? "not allowed to read ConfigMap " + namespace + "/" + SealingPublicKey.CONFIG_MAP
                                    + "; ask whoever may, and use --tenant-config"
                            : "the cluster of the current kubeconfig context does not answer: " + e.getMessage());
        }
    }
}
