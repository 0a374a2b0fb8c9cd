package dev.bulkhead.e2e.operator.drift;

import dev.bulkhead.e2e.stack.StackEndpoints;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Somebody with the root account of the object store, who changes the accounts of tenants. */
record Intruder(StackEndpoints.ObjectStoreEndpoint store) {
    private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length");

    /** Gives an account another secret. */
    void changeSecret(String accessKeyId, String secret) throws IOException, InterruptedException {
        byte[] body = ("<MutableProps><Secret>" + secret + "</Secret><Role>user</Role></MutableProps>")
                .getBytes(StandardCharsets.UTF_8);
        URI uri = URI.create(store.adminEndpoint() + "/update-user?access=" + accessKeyId);
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(r -> r.identity(AwsCredentialsIdentity.create(store.rootAccessKey(), store.rootSecretKey()))
                        .request(SdkHttpRequest.builder()
                                .method(SdkHttpMethod.PATCH)
                                .uri(uri)
                                .build())
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, store.region()))
                .request();
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method("PATCH", HttpRequest.BodyPublishers.ofByteArray(body));
        signed.forEachHeader((name, values) -> {
            if (!SET_BY_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try (HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trusting(store.caCertificate()))
                .build()) {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(
                        "update-user answered " + response.statusCode() + " " + response.body());
            }
        }
    }

    private static SSLContext trusting(String ca) {
        try (InputStream in = new FileInputStream(ca)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(keys);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read " + ca, e);
        }
    }
}
