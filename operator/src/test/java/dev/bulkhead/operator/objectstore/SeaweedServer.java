package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import seaweedfs.grpc.FilerMessages;
import seaweedfs.grpc.FilerMessages.Identity;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real SeaweedFS in one process: S3 over TLS, and mutual TLS between its parts and with who administers its users. Takes
 * seconds to start and to end, so tests share one where they can.
 */
final class SeaweedServer implements StoreServer {
    static final String VERSION = "0.0.0-20261109003541-7506e5f91cd6";

    private static final String SIGNING_KEY = "signing-key-of-the-tests-0123456789";
    private static final Path SOURCES = Path.of("..", "e2e", "src", "main", "go", "seaweedfs");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(30);
    private static final Duration BUILD = Duration.ofMinutes(45);

    /** How the program is built: with this tag a day of lifecycle rules has ten seconds. */
    private static final List<String> FAST = List.of("-tags=s3tests");

    private final Path program;
    private final Path state;
    private final TestCertificate certificate;
    private final List<Integer> ports;
    private final boolean selfService;
    private @Nullable Process process;

    private SeaweedServer(Path program, Path state, TestCertificate certificate, boolean selfService)
            throws IOException {
        this.program = program;
        this.state = state;
        this.selfService = selfService;
        this.certificate = certificate;
        this.ports = VersityServer.freePorts(8);
    }

    static SeaweedServer start() {
        return start(false);
    }

    /**
     * With a flag as nobody should have it.
     *
     * @param selfService whether each user may make itself keys, which is how this server comes
     */
    static SeaweedServer start(boolean selfService) {
        return start(binary("BULKHEAD_WEED", "", List.of()), "", selfService);
    }

    /**
     * One whose lifecycle rules count days of ten seconds, and whose master carries them out every six seconds as the one of
     * the local stack does every 17 minutes.
     */
    static SeaweedServer startFast() {
        return start(binary("BULKHEAD_FAST_WEED", "-fast", FAST), """
                [master.maintenance]
                scripts = "s3.lifecycle.run-shard -shards 0-15 -s3 127.0.0.1:%d -events 0 -runtime 10m"
                sleep_minutes = 0.1
                """, false);
    }

    private static SeaweedServer start(Path program, String maintenance, boolean selfService) {
        try {
            Path state = Files.createTempDirectory("seaweedfs-test-");
            Files.createDirectory(state.resolve("data"));
            SeaweedServer server = new SeaweedServer(program, state, TestCertificate.in(state), selfService);
            server.configure(maintenance);
            server.up();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** One for all tests that leave it running; it ends with them. */
    static SeaweedServer shared() {
        return Shared.SERVER;
    }

    /** Started by who asks first. */
    private static final class Shared {
        private static final SeaweedServer SERVER = start();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
        }
    }

    private int s3() {
        return ports.get(0);
    }

    private int filerGrpc() {
        return ports.get(1);
    }

    private int s3Grpc() {
        return ports.get(7);
    }

    private void configure(String maintenance) throws IOException {
        Files.writeString(state.resolve("identities.json"), """
                {"identities":[{"name":"%s","credentials":[{"accessKey":"%s","secretKey":"%s"}],"actions":["Admin"]}]}
                """.formatted(ROOT, ROOT, ROOT_SECRET));
        StringBuilder security = new StringBuilder(
                """
                [jwt.signing]
                key = "%1$s"
                [jwt.signing.read]
                key = "%1$s"
                [jwt.filer_signing]
                key = "%1$s"
                [jwt.filer_signing.read]
                key = "%1$s"
                [s3.sse]
                kek = "%2$s"
                [grpc]
                ca = "%3$s"
                """.formatted(SIGNING_KEY, "0123456789abcdef".repeat(4), certificate.certificateFile()));
        String shown = "cert = \"" + certificate.certificateFile() + "\"\nkey = \"" + certificate.keyFile() + "\"\n";
        for (String part : List.of("master", "volume", "filer", "s3", "client")) {
            security.append("[grpc.").append(part).append("]\n").append(shown);
        }
        for (String part : List.of("master", "volume", "filer", "client")) {
            security.append("[https.")
                    .append(part)
                    .append("]\n")
                    .append(shown)
                    .append("ca = \"")
                    .append(certificate.certificateFile())
                    .append("\"\n");
        }
        security.append("enabled = true\n");
        Files.writeString(state.resolve("security.toml"), security);
        Files.writeString(state.resolve("master.toml"), """
                [master.volume_growth]
                copy_1 = 1
                allocation_deferral = "0s"
                """ + maintenance.formatted(s3Grpc()));
    }

    @Override
    public void up() {
        List<String> command = List.of(
                program.toString(),
                "-config_dir=" + state,
                "-logtostderr=true",
                "server",
                "-dir=" + state.resolve("data"),
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-master.port=" + ports.get(2),
                "-master.port.grpc=" + ports.get(3),
                "-master.peers=none",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=64",
                "-volume.port=" + ports.get(4),
                "-volume.port.grpc=" + ports.get(5),
                "-volume.max=5000",
                "-volume.preStopSeconds=0",
                "-filer",
                "-filer.port=" + ports.get(6),
                "-filer.port.grpc=" + filerGrpc(),
                "-filer.localSocket=" + state.resolve("filer.sock"),
                "-s3",
                "-s3.port=" + s3(),
                "-s3.port.grpc=" + s3Grpc(),
                "-s3.localSocket=" + state.resolve("s3.sock"),
                "-s3.cert.file=" + certificate.certificateFile(),
                "-s3.key.file=" + certificate.keyFile(),
                "-s3.config=" + state.resolve("identities.json"),
                "-s3.iam.readOnly=false",
                "-s3.iam.selfServiceRequiresGrant=" + !selfService,
                "-s3.autoCreateBucket=false",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0");
        try {
            Process started = new ProcessBuilder(command)
                    .directory(state.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(state.resolve("log").toFile())
                    .start();
            process = started;
            awaitWritable(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void down() {
        Process running = process;
        if (running != null) {
            running.destroy();
            try {
                if (!running.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
                    running.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process = null;
        }
    }

    @Override
    public URI endpoint() {
        return URI.create("https://127.0.0.1:" + s3());
    }

    @Override
    public StoreConnection connection(String secret) {
        return new StoreConnection(
                        "objects-1",
                        endpoint(),
                        URI.create("https://127.0.0.1:" + filerGrpc()),
                        "us-east-1",
                        ROOT,
                        secret,
                        certificate.pem(),
                        StoreConnection.Limits.DEFAULT)
                .with(access());
    }

    /** What whoever administers users shows. */
    FilerAccess access() {
        try {
            return new FilerAccess(certificate.pem(), Files.readString(certificate.keyFile()), SIGNING_KEY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public KeyAccounts accounts(StoreGate gate) {
        return new SeaweedFsAccounts(connection(), gate);
    }

    @Override
    public String listing() {
        return "GetConfiguration";
    }

    @Override
    public String principal(String accessKeyId) {
        return SeaweedFsAccounts.principal(accessKeyId);
    }

    @Override
    public void promote(String accessKeyId, Rights rights) {
        user(accessKeyId, user -> user.addActions("Admin"));
    }

    /** What somebody with the filer's key makes of a user. */
    void user(String name, UnaryOperator<Identity.Builder> change) {
        StoreConnection connection = connection();
        try (StoreGate gate = new StoreGate(1, connection.limits().call(), ExternalCalls.unobserved());
                FilerChannel filer = new FilerChannel(connection, gate)) {
            Identity before = filer
                    .call(
                            FilerChannel.Rpc.of(
                                    Verb.read,
                                    "iam_pb.SeaweedIdentityAccessManagement/GetConfiguration",
                                    FilerMessages.GetConfigurationRequest.getDefaultInstance(),
                                    FilerMessages.GetConfigurationResponse.getDefaultInstance()),
                            FilerMessages.GetConfigurationRequest.getDefaultInstance())
                    .getConfiguration()
                    .getIdentitiesList()
                    .stream()
                    .filter(user -> user.getName().equals(name))
                    .findFirst()
                    .orElseThrow();
            filer.call(
                    FilerChannel.Rpc.of(
                            Verb.write,
                            "iam_pb.SeaweedIdentityAccessManagement/UpdateUser",
                            FilerMessages.UpdateUserRequest.getDefaultInstance(),
                            FilerMessages.WriteResponse.getDefaultInstance()),
                    FilerMessages.UpdateUserRequest.newBuilder()
                            .setUsername(name)
                            .setIdentity(change.apply(before.toBuilder()))
                            .build());
        }
    }

    @Override
    public void close() {
        down();
        try {
            VersityServer.deleteTree(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Until an object was written: the first one to a new server waits for a volume. */
    private void awaitWritable(Process started) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        String bucket = "ready";
        try (S3Client root = S3Connection.open(connection())) {
            while (!accepted(() -> {
                if (root.listBuckets().buckets().stream()
                        .noneMatch(b -> b.name().equals(bucket))) {
                    root.createBucket(r -> r.bucket(bucket));
                }
                root.putObject(r -> r.bucket(bucket).key("ready"), RequestBody.fromString("ready"));
                root.deleteObject(r -> r.bucket(bucket).key("ready"));
                root.deleteBucket(r -> r.bucket(bucket));
            })) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    throw new IOException("seaweedfs did not start: " + Files.readString(state.resolve("log")));
                }
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static boolean accepted(Runnable request) {
        try {
            request.run();
            return true;
        } catch (SdkException e) {
            return false;
        }
    }

    /** The binary that is named, or cached by an earlier run or the local stack, or built into that cache now. */
    private static synchronized Path binary(String variable, String suffix, List<String> flags) {
        return GoBinary.of(variable, "seaweedfs-" + VERSION + suffix, "weed", BUILD, folder -> {
            for (String file : List.of("go.mod", "go.sum")) {
                Files.copy(SOURCES.resolve(file), folder.resolve(file));
            }
            List<String> command =
                    new ArrayList<>(List.of("go", "build", "-mod=readonly", "-trimpath", "-buildvcs=false"));
            command.addAll(flags);
            command.addAll(List.of(
                    "-ldflags=-s -w", "-o", folder.resolve("weed").toString(), "github.com/seaweedfs/seaweedfs/weed"));
            return command;
        });
    }
}
