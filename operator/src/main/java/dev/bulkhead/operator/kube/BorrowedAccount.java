package dev.bulkhead.operator.kube;

import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;

/** The identity of a ServiceAccount, borrowed by a token that lives for minutes, so that nobody is impersonated. */
public final class BorrowedAccount {
    /** The shortest that the API server gives. */
    private static final Duration LIFE = Duration.ofMinutes(10);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private BorrowedAccount() {}

    /**
     * A client that is this account and nobody else; the caller closes it.
     *
     * @param lender whose right it is to ask for such a token
     * @param calls sees what is done as the account
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the lender has no such right, or there is no
     *     such account
     */
    public static KubernetesClient borrow(KubernetesClient lender, String namespace, String name, ExternalCalls calls) {
        TokenRequest token = lender.serviceAccounts()
                .inNamespace(namespace)
                .withName(name)
                .tokenRequest(new TokenRequestBuilder()
                        .withNewSpec()
                        .withExpirationSeconds(LIFE.toSeconds())
                        .endSpec()
                        .build());
        return new KubernetesClientBuilder()
                .withConfig(config(lender.getConfiguration(), token.getStatus().getToken()))
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                .build();
    }

    /** The way to the API server and nothing else: what else is in the lender's own would log it in as the lender. */
    private static Config config(Config own, String token) {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(own.getMasterUrl())
                .withCaCertFile(own.getCaCertFile())
                .withCaCertData(own.getCaCertData())
                .withTrustCerts(own.isTrustCerts())
                .withHttpsProxy(own.getHttpsProxy())
                .withNoProxy(own.getNoProxy())
                .withOauthToken(token)
                .withRequestTimeout((int) PATIENCE.toMillis())
                .withRequestRetryBackoffLimit(1)
                .build();
    }
}
