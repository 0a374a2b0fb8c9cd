package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The login of the operator or of another {@link BulkheadProcess}: a token of its ServiceAccount in a file, as in a pod. Here no kubelet renews it, so it lasts
 * longer, and every {@code up} writes a new one.
 */
final class OperatorAccess {
    private static final String TOKEN_FILE = "token";
    private static final Duration LIFETIME = Duration.ofDays(30);

    private final KubernetesClient admin;
    private final InstallTarget kubernetes;
    private final StateDirectory state;
    private final String namespace;
    private final BulkheadProcess part;

    OperatorAccess(
            KubernetesClient admin,
            InstallTarget kubernetes,
            StateDirectory state,
            String namespace,
            BulkheadProcess part) {
        this.part = part;
        this.admin = admin;
        this.kubernetes = kubernetes;
        this.state = state;
        this.namespace = namespace;
    }

    /** Asks for a token and puts it into the file. */
    void renew() {
        TokenRequest request = new TokenRequestBuilder()
                .withNewSpec()
                .withExpirationSeconds(LIFETIME.toSeconds())
                .endSpec()
                .build();
        String token = admin.serviceAccounts()
                .inNamespace(namespace)
                .withName(part.account())
                .tokenRequest(request)
                .getStatus()
                .getToken();
        state.writePrivately(part.file(TOKEN_FILE), token.getBytes(StandardCharsets.US_ASCII));
    }

    Path tokenFile() {
        return state.root().resolve(part.file(TOKEN_FILE));
    }

    /** What tells Fabric8's client all this, and keeps it from any kubeconfig of the user. */
    Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_MASTER",
                kubernetes.url(),
                "KUBERNETES_CERTS_CA_FILE",
                kubernetes.caCertificate().toString(),
                "KUBERNETES_AUTH_TRYKUBECONFIG",
                "false",
                "KUBERNETES_AUTH_TRYSERVICEACCOUNT",
                "true",
                "KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN",
                tokenFile().toString(),
                "POD_NAMESPACE",
                namespace);
    }
}
