package dev.bulkhead.operator.objectstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.objectstore.FilerChannel.Rpc;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import seaweedfs.grpc.FilerMessages.GetFilerConfigurationRequest;
import seaweedfs.grpc.FilerMessages.GetFilerConfigurationResponse;
import seaweedfs.grpc.FilerMessages.StatisticsRequest;
import seaweedfs.grpc.FilerMessages.StatisticsResponse;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * Limits of buckets on SeaweedFS, by a request of its own to the S3 port, and their sizes, by the filer. What counts is what
 * the volumes of a bucket hold, each byte once, old versions included and what was deleted for good left out.
 */
final class SeaweedFsQuotas implements StoreQuotas {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String FILER = "filer_pb.SeaweedFiler/";
    private static final Rpc<GetFilerConfigurationRequest, GetFilerConfigurationResponse> CONFIGURATION = Rpc.of(
            Verb.read,
            FILER + "GetFilerConfiguration",
            GetFilerConfigurationRequest.getDefaultInstance(),
            GetFilerConfigurationResponse.getDefaultInstance());
    private static final Rpc<StatisticsRequest, StatisticsResponse> STATISTICS = Rpc.of(
            Verb.read,
            FILER + "Statistics",
            StatisticsRequest.getDefaultInstance(),
            StatisticsResponse.getDefaultInstance());

    private final StoreConnection connection;
    private final StoreGate gate;
    private final SignedRequests requests;
    private final FilerChannel filer;
    private volatile @Nullable String group;

    /**
     * For one server.
     *
     * @throws StoreException when what the filer is to be shown cannot be read
     */
    SeaweedFsQuotas(StoreConnection connection, StoreGate gate) {
        this.connection = connection;
        this.gate = gate;
        this.filer = new FilerChannel(connection, gate);
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
    public long used(String bucket) {
        StatisticsResponse told = filer.call(
                STATISTICS,
                StatisticsRequest.newBuilder().setCollection(collection(bucket)).build());
        if (told.getLogicalUsedSize() == 0 && told.getUsedSize() > 0) {
            throw new StoreException(
                    StoreException.StoreFailure.Unsupported, "Statistics", "tells sizes with all copies only");
        }
        return told.getLogicalUsedSize();
    }

    /** Named as the part that speaks S3 names it; a name that nobody has would count as empty. */
    private String collection(String bucket) {
        String known = group;
        if (known == null) {
            known = filer.call(CONFIGURATION, GetFilerConfigurationRequest.getDefaultInstance())
                    .getFilerGroup();
            group = known;
        }
        return known.isEmpty() ? bucket : known + "_" + bucket;
    }

    @Override
    public String enforcement() {
        return "tried; the server itself looks once a minute and takes no more objects into a bucket that is over it";
    }

    @Override
    public void close() {
        filer.close();
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
