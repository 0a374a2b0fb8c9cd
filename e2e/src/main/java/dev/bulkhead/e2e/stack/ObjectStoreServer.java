package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** VersityGW, an S3 server over a directory, with versioning, bucket policies and users. */
final class ObjectStoreServer {
    static final String NAME = "versitygw";

    private static final String REGION = "us-east-1";
    /** No bucket can have this name. */
    private static final String HEALTH = "/-/health";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StateDirectory state;
    private final StackPorts ports;
    private final ListenAddress address;
    private final Pki pki;
    private final Credentials credentials;
    private final Path program;
    private final ProcessSupervisor processes;

    ObjectStoreServer(
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
                "https://" + address.host() + ":" + ports.objectStore(),
                "https://" + address.host() + ":" + ports.objectStoreAdmin(),
                REGION,
                credentials.objectStoreAccessKey(),
                credentials.objectStoreSecretKey(),
                pki.ca().toString());
    }

    /** Returns when the server answers. */
    void start(Progress progress) {
        processes.start(server());
        try (Https https = Https.as("admin", pki)) {
            Polling.until(
                    PATIENCE,
                    () -> {
                        if (processes.find(NAME).isEmpty()) {
                            throw new StackException("versitygw has ended" + processes.logTail(NAME));
                        }
                        return https.answers(endpoints().endpoint() + HEALTH);
                    },
                    () -> "versitygw does not answer on port " + ports.objectStore() + " after "
                            + Progress.humanly(PATIENCE) + processes.logTail(NAME));
        }
        progress.say("versitygw is ready on port " + ports.objectStore());
    }

    private ProcessSupervisor.Spec server() {
        Path data = state.directory("objectstore/data");
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--port=" + address.host() + ":" + ports.objectStore(),
                "--admin-port=" + address.host() + ":" + ports.objectStoreAdmin(),
                "--region=" + REGION,
                "--cert=" + pki.certificate("objectstore"),
                "--key=" + pki.key("objectstore"),
                "--admin-cert=" + pki.certificate("objectstore"),
                "--admin-cert-key=" + pki.key("objectstore"),
                "--iam-dir=" + state.directory("objectstore/iam"),
                "--health=" + HEALTH,
                "--quiet",
                "posix",
                "--versioning-dir=" + state.directory("objectstore/versions")));
        if (!takesAttributes(data)) {
            command.add("--sidecar=" + state.directory("objectstore/attributes"));
        }
        command.add(data.toString());
        return new ProcessSupervisor.Spec(
                NAME,
                command,
                Map.of(
                        "ROOT_ACCESS_KEY_ID", credentials.objectStoreAccessKey(),
                        "ROOT_SECRET_ACCESS_KEY", credentials.objectStoreSecretKey()));
    }

    /** Whether the file system keeps extended attributes, in which VersityGW stores what S3 knows of an object. */
    private static boolean takesAttributes(Path directory) {
        try {
            UserDefinedFileAttributeView view =
                    Files.getFileAttributeView(directory, UserDefinedFileAttributeView.class);
            if (view == null) {
                return false;
            }
            view.write("bulkhead.probe", ByteBuffer.wrap("1".getBytes(StandardCharsets.US_ASCII)));
            view.delete("bulkhead.probe");
            return true;
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }
}
