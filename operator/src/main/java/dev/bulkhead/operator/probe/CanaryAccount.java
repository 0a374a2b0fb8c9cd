package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.kube.CallInterceptor;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;

/** The identity as which guards are tried out: borrowed from a canary tenant by a token, so nobody is impersonated. */
public final class CanaryAccount {
    /** The shortest that the API server gives. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KubernetesClient prober;
    private final ExternalCalls calls;

    /**
     * Borrows with the rights of this client.
     *
     * @param calls counts what is done as the canary
     */
    public CanaryAccount(KubernetesClient prober, ExternalCalls calls) {
        this.prober = prober;
        this.calls = calls;
    }

    /** A client that is the account of that namespace and nobody else; the caller closes it. */
    KubernetesClient borrow(String namespace) {
        TokenRequest token = prober.serviceAccounts()
                .inNamespace(namespace)
                .withName(AccessPlanner.CANARY)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(LIFE.toSeconds())
                        .endSpec()
                        .build());
        return new KubernetesClientBuilder()
                .withConfig(config(prober.getConfiguration(), token.getStatus().getToken()))
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                .build();
    }

    /** From nothing but the address and the authority: what else is in the prober's own would log it in as the prober. */
    private static Config config(Config own, String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(own.getMasterUrl())
                .withCaCertFile(own.getCaCertFile())
                .withCaCertData(own.getCaCertData())
                .withOauthToken(token)
                .withRequestTimeout((int) PATIENCE.toMillis())
                .withRequestRetryBackoffLimit(1)
                .build();
    }
}
