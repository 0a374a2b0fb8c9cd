package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpMethod;

/**
 * SeaweedFS as one process: the S3 server and behind it a filer, a master and a volume server. S3 takes keys over TLS;
 * the ports of the parts take no client without a certificate of their own authority.
 */
final class SeaweedFsServer {
    static final String NAME = "seaweedfs";

    private static final String REGION = "us-east-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Each bucket has volumes of its own, so this bounds the buckets; one volume takes no space and two open files. */
    private static final int MOST_VOLUMES = 20_000;

    private final StateDirectory state;
    private final StackPorts ports;
    private final ListenAddress address;
    private final Pki pki;
    private final Credentials credentials;
    private final Path program;
    private final ProcessSupervisor processes;

    SeaweedFsServer(
            StateDirectory state,
            StackPorts ports,
            ListenAddress address,
            Pki pki,
            Credentials credentials,
            Path program,
            ProcessSupervisor processes) {
        this.state = state;
        this.ports = ports;
        this.address = address;
        this.pki = pki;
        this.credentials = credentials;
        this.program = program;
        this.processes = processes;
    }

    StackEndpoints.ObjectStoreEndpoint endpoints() {
        return new StackEndpoints.ObjectStoreEndpoint(
                url(ports.objectStore()),
                url(ports.objectStoreAdmin()),
                REGION,
                credentials.objectStoreAccessKey(),
                credentials.objectStoreSecretKey(),
                pki.certificate("seaweedfs-ca").toString(),
                pki.certificate("seaweedfs-operator").toString(),
                pki.key("seaweedfs-operator").toString(),
                credentials.objectStoreKeys().filerWrite(),
                ports.behindObjectStore()
                        .mapToObj(port -> address.host() + ":" + port)
                        .toList());
    }

    private String url(int port) {
        return "https://" + address.host() + ":" + port;
    }

    /**
     * Returns when S3 takes what is written to it: some seconds after the first start, and 15 s after each later one, for that
     * long SeaweedFS waits for volumes that might be elsewhere.
     */
    void start(Progress progress) {
        SeaweedFsFiles files = new SeaweedFsFiles(state, ports, address, pki, credentials);
        files.write();
        processes.start(server(files));
        try (StoreRequests requests = new StoreRequests(endpoints())) {
            Polling.until(
                    PATIENCE,
                    () -> {
                        if (processes.find(NAME).isEmpty()) {
                            throw new StackException("seaweedfs has ended" + processes.logTail(NAME));
                        }
                        return takesAnObject(requests);
                    },
                    () -> "seaweedfs takes no object on port " + ports.objectStore() + " after "
                            + Progress.humanly(PATIENCE) + processes.logTail(NAME));
        }
        progress.say("seaweedfs is ready on port " + ports.objectStore());
    }

    /** S3 answers before it can write, as long as the parts behind it do not know one another. Leaves nothing. */
    private static boolean takesAnObject(StoreRequests requests) {
        String bucket = "/bulkhead-first-write";
        String object = bucket + "/object";
        try {
            requests.send("s3", SdkHttpMethod.PUT, bucket, "");
            if (!requests.send("s3", SdkHttpMethod.PUT, object, "first").isSuccess()) {
                return false;
            }
            requests.send("s3", SdkHttpMethod.DELETE, object, "");
            return requests.send("s3", SdkHttpMethod.DELETE, bucket, "").isSuccess();
        } catch (IOException _) {
            return false;
        }
    }

    private ProcessSupervisor.Spec server(SeaweedFsFiles files) {
        StackPorts.ObjectStoreParts parts = ports.objectStoreParts();
        return new ProcessSupervisor.Spec(
                NAME,
                List.of(
                        program.toString(),
                        "-config_dir=" + files.directory(),
                        "-logtostderr=true",
                        "server",
                        "-dir=" + state.directory("objectstore/data"),
                        "-ip=" + address.host(),
                        // Given, or the master listens on the loopback address too, there without TLS.
                        "-ip.bind=" + address.host(),
                        "-master.port=" + parts.master(),
                        "-master.port.grpc=" + parts.masterGrpc(),
                        "-master.peers=none",
                        "-master.telemetry=false",
                        "-master.volumeSizeLimitMB=256",
                        "-volume.port=" + parts.volume(),
                        "-volume.port.grpc=" + parts.volumeGrpc(),
                        "-volume.max=" + MOST_VOLUMES,
                        // Nobody else reads from this one while it ends.
                        "-volume.preStopSeconds=0",
                        "-filer",
                        "-filer.port=" + parts.filer(),
                        "-filer.port.grpc=" + ports.objectStoreAdmin(),
                        // Relative: the path of a socket has at most 107 characters.
                        "-filer.localSocket=objectstore/filer.sock",
                        "-s3",
                        "-s3.port=" + ports.objectStore(),
                        "-s3.port.grpc=" + parts.s3Grpc(),
                        "-s3.localSocket=objectstore/s3.sock",
                        "-s3.cert.file=" + pki.certificate("seaweedfs"),
                        "-s3.key.file=" + pki.key("seaweedfs"),
                        "-s3.config=" + files.identitiesFile(),
                        "-s3.iam.readOnly=false",
                        // Else every key may make further ones.
                        "-s3.iam.selfServiceRequiresGrant=true",
                        "-s3.autoCreateBucket=false",
                        // What holds where a bucket has no rules of its own, and by default lets in every origin.
                        "-s3.allowedOrigins=https://none.invalid",
                        "-s3.port.iceberg=0",
                        "-s3.port.lance=0"),
                Map.of());
    }
}
