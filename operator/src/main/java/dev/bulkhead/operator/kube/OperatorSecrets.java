package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Secrets of the operator's own namespace, read by name; it can list Secrets nowhere else. */
public final class OperatorSecrets {
    private final KubernetesClient client;
    private final String namespace;

    /** Reads Secrets of {@code namespace}. */
    public OperatorSecrets(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Namespace of the operator. */
    public String namespace() {
        return namespace;
    }

    /** The Secret, or empty when there is none. */
    public Optional<Secret> find(String name) {
        return Optional.ofNullable(
                client.secrets().inNamespace(namespace).withName(name).get());
    }

    /** Creates the Secret; fails with 409 when one of that name exists. */
    public Secret create(Secret secret) {
        return client.secrets().inNamespace(namespace).resource(secret).create();
    }

    /** Replaces the Secret, provided it is still the one that was read. */
    public Secret replace(Secret secret) {
        return client.secrets().inNamespace(namespace).resource(secret).update();
    }

    /** The data of a Secret, decoded. */
    public static Map<String, byte[]> decoded(Secret secret) {
        Map<String, byte[]> data = new TreeMap<>();
        if (secret.getData() != null) {
            secret.getData().forEach((k, v) -> data.put(k, Base64.getDecoder().decode(v)));
        }
        return data;
    }

    /** Data in the form a Secret carries it. */
    public static Map<String, String> encoded(Map<String, byte[]> data) {
        Map<String, String> encoded = new TreeMap<>();
        data.forEach((k, v) -> encoded.put(k, Base64.getEncoder().encodeToString(v)));
        return encoded;
    }
}
