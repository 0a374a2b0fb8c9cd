package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Requests to the stack's S3 server, signed by its administrator; without the SDK's clients, which take a second to load. */
public final class StoreRequests implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Set<String> SET_BY_CLIENT = Set.of("host", "content-length");

    private final StackEndpoints.ObjectStoreEndpoint store;
    private final HttpClient client;

    /** Opens no connection yet. */
    public StoreRequests(StackEndpoints.ObjectStoreEndpoint store) {
        this.store = store;
        this.client = HttpClient.newBuilder()
                .sslContext(Https.trusting(Path.of(store.caCertificate())))
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .build();
    }

    /**
     * What came back.
     *
     * @param status HTTP status
     * @param body as text
     */
    public record Answer(int status, String body) {
        /** Whether the server did it. */
        public boolean isSuccess() {
            return status / 100 == 2;
        }
    }

    /**
     * Sends one request and waits for its answer, five seconds at most.
     *
     * @param service what the request is signed for, {@code s3} or {@code iam}
     * @param path below the endpoint, beginning with a slash
     * @param body empty for none; a form, when {@code service} is {@code iam}
     * @throws IOException when there is no answer
     */
    public Answer send(String service, SdkHttpMethod method, String path, String body) throws IOException {
        URI uri = URI.create(store.endpoint() + path);
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        SdkHttpRequest.Builder unsigned =
                SdkHttpRequest.builder().method(method).uri(uri);
        if (service.equals("iam")) {
            unsigned.putHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        }
        SdkHttpRequest signed = AwsV4HttpSigner.create()
                .sign(r -> r.identity(AwsCredentialsIdentity.create(store.rootAccessKey(), store.rootSecretKey()))
                        .request(unsigned.build())
                        .payload(ContentStreamProvider.fromByteArray(bytes))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, store.region()))
                .request();
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method.name(), HttpRequest.BodyPublishers.ofByteArray(bytes))
                .timeout(TIMEOUT);
        signed.forEachHeader((name, values) -> {
            if (!SET_BY_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
