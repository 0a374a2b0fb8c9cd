package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class SeaweedFsServerIT {
    private static final Progress SILENT = _ -> {};
    private static final ListenAddress ELSEWHERE = new ListenAddress("127.0.0.2", "127.0.0.0/8");
    /** What a server of HTTP answers with a line, and one of gRPC with a frame. */
    private static final String HTTP = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private static final String GRPC = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

    @TempDir
    private Path directory;

    private final SecureRandom random = new SecureRandom();
    private final StackPorts ports = StackPorts.choose(random);
    private final Credentials credentials = Credentials.choose(random);
    private StateDirectory state;
    private ProcessSupervisor processes;

    @BeforeEach
    void prepare() {
        state = new StateDirectory(directory);
        processes = new ProcessSupervisor(state);
    }

    @AfterEach
    void stop() {
        processes.stop(SeaweedFsServer.NAME, ProcessSupervisor.StopSignal.TERM, Duration.ofSeconds(15));
    }

    @Test
    void it_listens_where_it_was_told_to_and_nothing_but_s3_answers_a_client_without_its_certificate()
            throws IOException {
        start(ListenAddress.LOOPBACK);
        Set<Integer> behind = ports.behindObjectStore().boxed().collect(Collectors.toSet());

        assertThat(listening())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(Stream.of(ports.objectStore()), behind.stream())
                        .map(port -> "0100007F:%04X".formatted(port))
                        .toList());
        for (int port : behind) {
            for (String request : List.of(HTTP, GRPC)) {
                assertThat(plain(port, request))
                        .as("plain, port %d", port)
                        .satisfiesAnyOf(
                                answer -> assertThat(answer).isEmpty(),
                                answer ->
                                        assertThat(answer).contains("Client sent an HTTP request to an HTTPS server"));
                assertThat(overTls(port, Optional.empty(), request))
                        .as("TLS, port %d", port)
                        .isEmpty();
                // Of the authority of the API server, and its administrator's.
                assertThat(overTls(port, Optional.of("admin"), request))
                        .as("foreign certificate, port %d", port)
                        .isEmpty();
            }
            assertThat(overTls(port, Optional.of("seaweedfs-operator"), HTTP)
                            + overTls(port, Optional.of("seaweedfs-operator"), GRPC))
                    .as("its own certificate, port %d", port)
                    .isNotEmpty();
        }
        assertThat(overTls(ports.objectStore(), Optional.empty(), HTTP)).contains("AccessDenied");
        assertThat(plain(ports.objectStore(), HTTP)).contains("Client sent an HTTP request to an HTTPS server");
    }

    @Test
    void what_was_written_is_there_after_an_end_a_death_and_a_move() {
        SeaweedFsServer server = start(ListenAddress.LOOPBACK);
        try (S3Client s3 = S3Access.client(server.endpoints())) {
            s3.createBucket(r -> r.bucket("kept"));
            s3.putObject(r -> r.bucket("kept").key("object"), RequestBody.fromString("content"));
        }

        stop();
        assertThat(read(start(ListenAddress.LOOPBACK))).isEqualTo("content");

        ProcessHandle victim = ProcessHandle.of(
                        processes.find(SeaweedFsServer.NAME).orElseThrow().pid())
                .orElseThrow();
        victim.destroyForcibly();
        victim.onExit().join();
        assertThat(read(start(ListenAddress.LOOPBACK))).isEqualTo("content");

        stop();
        SeaweedFsServer moved = start(ELSEWHERE);
        assertThat(moved.endpoints().endpoint()).contains(ELSEWHERE.host());
        assertThat(read(moved)).isEqualTo("content");
    }

    @Test
    void its_keys_are_its_owners_alone() throws IOException {
        SeaweedFsServer server = start(ListenAddress.LOOPBACK);

        try (Stream<Path> files = Files.list(state.root().resolve("objectstore/config"))) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
        Credentials.ObjectStoreKeys keys = credentials.objectStoreKeys();
        String[] secrets = {
            credentials.objectStoreSecretKey(),
            keys.filerWrite(),
            keys.filerRead(),
            keys.volumeWrite(),
            keys.volumeRead(),
            keys.encryption()
        };
        assertThat(Files.readString(state.log(SeaweedFsServer.NAME)))
                .isNotEmpty()
                .doesNotContain(secrets);
        assertThat(Files.readString(process().resolve("cmdline"))).isNotEmpty().doesNotContain(secrets);
        assertThat(credentials.toString() + keys + server.endpoints()).doesNotContain(secrets);
    }

    private SeaweedFsServer start(ListenAddress address) {
        Pki pki = Pki.prepare(state.directory("pki"), InstantSource.system(), random, address);
        Path weed = new Binaries(System.getenv(), SILENT)
                .inCache(GoProject.SEAWEEDFS, Set.of("weed"))
                .resolve("weed");
        SeaweedFsServer server = new SeaweedFsServer(state, ports, address, pki, credentials, weed, processes);
        server.start(SILENT);
        return server;
    }

    private static String read(SeaweedFsServer server) {
        try (S3Client s3 = S3Access.client(server.endpoints())) {
            return s3.getObjectAsBytes(r -> r.bucket("kept").key("object")).asUtf8String();
        }
    }

    private Path process() {
        return Path.of(
                "/proc",
                Long.toString(processes.find(SeaweedFsServer.NAME).orElseThrow().pid()));
    }

    /** Addresses and ports, as the kernel writes them, on which the process takes connections. */
    private List<String> listening() throws IOException {
        Set<String> sockets;
        try (Stream<Path> open = Files.list(process().resolve("fd"))) {
            sockets = open.map(SeaweedFsServerIT::target)
                    .filter(target -> target.startsWith("socket:["))
                    .map(target -> target.substring("socket:[".length(), target.length() - 1))
                    .collect(Collectors.toSet());
        }
        try (Stream<String> four = Files.lines(process().resolve("net/tcp"));
                Stream<String> six = Files.lines(process().resolve("net/tcp6"))) {
            return Stream.concat(four, six)
                    .map(line -> line.trim().split("\\s+", -1))
                    .filter(fields -> fields[3].equals("0A") && sockets.contains(fields[9]))
                    .map(fields -> fields[1])
                    .toList();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException _) {
            return ""; // closed meanwhile
        }
    }

    private static String plain(int port, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return exchange(socket, request);
        }
    }

    private String overTls(int port, Optional<String> certificate, String request) throws IOException {
        Pki pki = Pki.in(state.directory("pki"));
        Path ca = pki.certificate("seaweedfs-ca");
        try (Socket socket = certificate
                .map(name -> Https.context(ca, name, pki))
                .orElseGet(() -> Https.trusting(ca))
                .getSocketFactory()
                .createSocket("127.0.0.1", port)) {
            return exchange(socket, request);
        }
    }

    /** What comes first of the answer; empty when the server closes instead. */
    private static String exchange(Socket socket, String request) throws IOException {
        socket.setSoTimeout(10_000);
        try {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            byte[] answer = new byte[8192];
            int length = Math.max(0, socket.getInputStream().read(answer));
            return new String(answer, 0, length, StandardCharsets.ISO_8859_1);
        } catch (SSLException | SocketException _) {
            return "";
        }
    }
}
