package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import io.grpc.Server;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.ServerCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import seaweedfs.grpc.FilerMessages.GetFilerConfigurationRequest;
import seaweedfs.grpc.FilerMessages.GetFilerConfigurationResponse;
import seaweedfs.grpc.FilerMessages.StatisticsRequest;
import seaweedfs.grpc.FilerMessages.StatisticsResponse;

/** What a filer is asked for the size of a bucket, and what is made of its answer. */
class SeaweedFsQuotasTest {
    @SuppressWarnings("NullAway.Init")
    private static TestCertificate certificate;

    private final RecordedCalls calls = new RecordedCalls();
    private final List<String> collections = new CopyOnWriteArrayList<>();
    private volatile String group = "";
    private volatile StatisticsResponse told = StatisticsResponse.getDefaultInstance();
    private volatile Status status = Status.OK;

    @SuppressWarnings("NullAway.Init")
    private Server filer;

    @SuppressWarnings("NullAway.Init")
    private StoreGate gate;

    @SuppressWarnings("NullAway.Init")
    private SeaweedFsQuotas quotas;

    @BeforeAll
    static void certify(@TempDir Path directory) throws Exception {
        certificate = TestCertificate.in(directory);
    }

    @BeforeEach
    void start() throws Exception {
        filer = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        TlsServerCredentials.newBuilder()
                                .keyManager(
                                        certificate.certificateFile().toFile(),
                                        certificate.keyFile().toFile())
                                .trustManager(certificate.certificateFile().toFile())
                                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                .build())
                .addService(service())
                .build()
                .start();
        StoreConnection connection = new StoreConnection(
                        "objects-1",
                        URI.create("https://127.0.0.1:1"),
                        URI.create("https://127.0.0.1:" + filer.getPort()),
                        "us-east-1",
                        "root",
                        "secret",
                        certificate.pem(),
                        StoreConnection.Limits.DEFAULT)
                .with(new FilerAccess(certificate.pem(), Files.readString(certificate.keyFile()), "signing-key"));
        gate = new StoreGate(1, connection.limits().call(), calls);
        quotas = new SeaweedFsQuotas(connection, gate);
    }

    @AfterEach
    void stop() {
        quotas.close();
        gate.close();
        filer.shutdownNow();
    }

    @Test
    void a_bucket_is_the_collection_of_its_name_and_each_byte_counts_once() {
        told = StatisticsResponse.newBuilder()
                .setUsedSize(3000)
                .setLogicalUsedSize(1000)
                .build();

        assertThat(quotas.used("bh-one")).isEqualTo(1000);
        assertThat(quotas.used("bh-two")).isEqualTo(1000);

        assertThat(collections).containsExactly("bh-one", "bh-two");
        assertThat(calls.reads()).containsExactly("GetFilerConfiguration", "Statistics", "Statistics");
        assertThat(calls.writes()).isEmpty();
    }

    /** A name that no collection has would count as empty. */
    @Test
    void in_a_group_of_filers_the_groups_name_stands_before_the_buckets() {
        group = "west";

        quotas.used("bh-one");

        assertThat(collections).containsExactly("west_bh-one");
    }

    @Test
    void a_server_that_tells_only_what_all_copies_take_does_not_tell_a_size() {
        told = StatisticsResponse.newBuilder().setUsedSize(3000).build();

        assertThatThrownBy(() -> quotas.used("bh-one"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Unsupported));
    }

    @Test
    void a_filer_that_cannot_ask_its_master_is_busy_and_not_empty() {
        status = Status.UNKNOWN.withDescription("raft.Server: Not current leader");

        assertThatThrownBy(() -> quotas.used("bh-one"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreFailure.Busy));
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("filer_pb.SeaweedFiler")
                .addMethod(
                        FilerChannel.Rpc.of(
                                        Verb.read,
                                        "filer_pb.SeaweedFiler/GetFilerConfiguration",
                                        GetFilerConfigurationRequest.getDefaultInstance(),
                                        GetFilerConfigurationResponse.getDefaultInstance())
                                .method(),
                        answering(_ -> GetFilerConfigurationResponse.newBuilder()
                                .setFilerGroup(group)
                                .build()))
                .addMethod(
                        FilerChannel.Rpc.of(
                                        Verb.read,
                                        "filer_pb.SeaweedFiler/Statistics",
                                        StatisticsRequest.getDefaultInstance(),
                                        StatisticsResponse.getDefaultInstance())
                                .method(),
                        answering(request -> {
                            collections.add(request.getCollection());
                            return told;
                        }))
                .build();
    }

    private <Q extends MessageLite, A extends MessageLite> ServerCallHandler<Q, A> answering(Function<Q, A> answer) {
        return ServerCalls.asyncUnaryCall((request, to) -> {
            if (!status.isOk()) {
                to.onError(status.asRuntimeException());
                return;
            }
            to.onNext(answer.apply(request));
            to.onCompleted();
        });
    }
}
