package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Key rings and admin logins: Secrets of the keys namespace, read by name and never listed. */
public final class OperatorSecrets {
    private final KubernetesClient client;
    private final String namespace;

    /** Reads Secrets of {@code namespace}. */
    public OperatorSecrets(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** Where they lie. */
    public String namespace() {
        return namespace;
    }

    /** One of them as people are told of it, {@code Secret namespace/name}. */
    public String subject(String name) {
        return "Secret " + namespace + "/" + name;
    }

    /** The Secret, or empty when there is none. */
    public Optional<Secret> find(String name) {
        return Optional.ofNullable(inNamespace(
                () -> client.secrets().inNamespace(namespace).withName(name).get()));
    }

    /** Creates the Secret; fails with 409 when one of that name exists. */
    public Secret create(Secret secret) {
        return Objects.requireNonNull(inNamespace(
                () -> client.secrets().inNamespace(namespace).resource(secret).create()));
    }

    /** Replaces the Secret, provided it is still the one that was read. */
    public Secret replace(Secret secret) {
        return Objects.requireNonNull(inNamespace(
                () -> client.secrets().inNamespace(namespace).resource(secret).update()));
    }

    /** The namespace of the Secrets is not there. Where that is so the operator's rights in it are gone, too. */
    public static final class NoNamespaceException extends KubernetesClientException {
        private static final long serialVersionUID = 1;

        private final String namespace;

        private NoNamespaceException(String namespace, int code) {
            super(
                    words(namespace),
                    code,
                    new StatusBuilder().withMessage(words(namespace)).build());
            this.namespace = namespace;
        }

        private static String words(String namespace) {
            return "there is no namespace " + namespace
                    + ", where key rings and admin logins lie; 'helm upgrade' makes it,"
                    + " and what lay there comes from a backup";
        }

        /** What to tell of whoever needs one of the Secrets. */
        public Finding finding() {
            return new Finding(Reason.KeyUnavailable, "Namespace " + namespace, words(namespace));
        }
    }

    private @Nullable Secret inNamespace(Supplier<@Nullable Secret> request) {
        try {
            return request.get();
        } catch (KubernetesClientException e) {
            if ((e.getCode() == 403 || e.getCode() == 404)
                    && client.namespaces().withName(namespace).get() == null) {
                throw new NoNamespaceException(namespace, e.getCode());
            }
            throw e;
        }
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
