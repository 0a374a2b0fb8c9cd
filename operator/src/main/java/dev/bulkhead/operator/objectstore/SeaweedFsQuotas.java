package dev.bulkhead.operator.objectstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Limits of buckets on SeaweedFS, by a request of its own to the S3 port. What counts is what the volumes of a bucket hold,
 * old versions included and what was deleted for good left out.
 */
final class SeaweedFsQuotas implements StoreQuotas {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final StoreConnection connection;
    private final StoreGate gate;
    private final SignedRequests requests;

    SeaweedFsQuotas(StoreConnection connection, StoreGate gate) {
        this.connection = connection;
        this.gate = gate;
        this.requests = new SignedRequests(connection);
    }

    @Override
    public long of(String bucket) {
        byte[] answer = gate.call(
                Verb.read, "GetBucketQuota", () -> send("GetBucketQuota", SdkHttpMethod.GET, bucket, new byte[0]));
        try {
            JsonNode quota = JSON.readTree(answer);
            return quota.path("quota_enabled").asBoolean()
                    ? quota.path("quota_size").asLong()
                    : 0;
        } catch (IOException e) {
            throw new StoreException(
                    StoreException.StoreFailure.Rejected, "GetBucketQuota", "the answer cannot be read");
        }
    }

    @Override
    public void set(String bucket, long bytes) {
        String quota = "{\"quota_size\":%d,\"quota_unit\":\"B\",\"quota_enabled\":%b}".formatted(bytes, bytes > 0);
        gate.call(
                Verb.write,
                "PutBucketQuota",
                () -> send("PutBucketQuota", SdkHttpMethod.PUT, bucket, quota.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    public String enforcement() {
        return "tried; the server itself looks once a minute and takes no more objects into a bucket that is over it";
    }

    @Override
    public void close() {
        requests.close();
    }

    private byte[] send(String operation, SdkHttpMethod method, String bucket, byte[] body)
            throws IOException, InterruptedException {
        return requests.send(
                operation,
                "s3",
                method,
                URI.create(connection.endpoint() + "/" + bucket + "?seaweedfs-quota="),
                Map.of(),
                body);
    }
}
