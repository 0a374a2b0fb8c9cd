package dev.bulkhead.operator.objectstore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real VersityGW on loopback with a state folder of its own, gone when closed. */
final class VersityServer implements StoreServer {
    static final String VERSION = "1.8.0";

    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration BUILD = Duration.ofMinutes(15);

    private final Path state;
    private final int port;
    private final int adminPort;
    private final @Nullable TestCertificate certificate;
    private final List<String> options;
    private @Nullable Process process;

    private VersityServer(Path state, @Nullable TestCertificate certificate, List<String> options) throws IOException {
        this.state = state;
        List<Integer> ports = freePorts(2);
        this.port = ports.getFirst();
        this.adminPort = ports.getLast();
        this.certificate = certificate;
        this.options = options;
    }

    static VersityServer start() {
        return start(null, true);
    }

    /** With TLS when there is a certificate; without versioning and object lock when not asked for. */
    static VersityServer start(@Nullable TestCertificate certificate, boolean versioning) {
        try {
            Path state = Files.createTempDirectory("versitygw-test-");
            for (String folder : List.of("iam", "data", "versions")) {
                Files.createDirectory(state.resolve(folder));
            }
            List<String> options = new ArrayList<>(List.of("posix"));
            if (versioning) {
                options.addAll(
                        List.of("--versioning-dir", state.resolve("versions").toString()));
            }
            options.add(state.resolve("data").toString());
            VersityServer server = new VersityServer(state, certificate, options);
            server.up();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void up() {
        List<String> command = new ArrayList<>(List.of(
                binary().toString(),
                "--port",
                "127.0.0.1:" + port,
                "--admin-port",
                "127.0.0.1:" + adminPort,
                "--iam-dir",
                state.resolve("iam").toString(),
                "--quiet"));
        if (certificate != null) {
            for (String option : List.of("--cert", "--admin-cert")) {
                command.addAll(List.of(option, certificate.certificateFile().toString()));
            }
            for (String option : List.of("--key", "--admin-cert-key")) {
                command.addAll(List.of(option, certificate.keyFile().toString()));
            }
        }
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("log").toFile());
        builder.environment().putAll(Map.of("ROOT_ACCESS_KEY", ROOT, "ROOT_SECRET_KEY", ROOT_SECRET));
        try {
            Process started = builder.start();
            process = started;
            awaitListening(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void down() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            process = null;
        }
    }

    @Override
    public URI endpoint() {
        return URI.create((certificate == null ? "http" : "https") + "://127.0.0.1:" + port);
    }

    URI adminEndpoint() {
        return URI.create((certificate == null ? "http" : "https") + "://127.0.0.1:" + adminPort);
    }

    @Override
    public StoreConnection connection(String secret) {
        return new StoreConnection(
                "objects-1",
                endpoint(),
                adminEndpoint(),
                "us-east-1",
                ROOT,
                secret,
                certificate == null ? null : certificate.pem(),
                StoreConnection.Limits.DEFAULT);
    }

    @Override
    public KeyAccounts accounts(StoreGate gate) {
        return new CommandLine();
    }

    @Override
    public String listing() {
        return "ListUsers";
    }

    @Override
    public String principal(String accessKeyId) {
        return accessKeyId;
    }

    @Override
    public void promote(String accessKeyId, Rights rights) {
        String role = switch (rights) {
            case MAKES_BUCKETS -> "userplus";
            case ADMINISTERS -> "admin";
        };
        admin("update-user", "--access", accessKeyId, "--role", role);
    }

    /** Accounts are made by the server's own command line. */
    private final class CommandLine implements KeyAccounts {
        @Override
        public Map<String, ObservedKey> list() {
            throw new UnsupportedOperationException("no test asks");
        }

        @Override
        public void put(String accessKeyId, String secret) {
            admin("create-user", "--access", accessKeyId, "--secret", secret, "--role", "user");
        }

        @Override
        public void update(String accessKeyId, String secret) {
            admin("update-user", "--access", accessKeyId, "--secret", secret);
        }

        @Override
        public void delete(String accessKeyId) {
            admin("delete-user", "--access", accessKeyId);
        }

        @Override
        public void close() {}
    }

    /** The server's own command line: what a person with the root account does. */
    void admin(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                binary().toString(),
                "admin",
                "--allow-insecure",
                "--endpoint-url",
                adminEndpoint().toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of("ADMIN_ACCESS_KEY_ID", ROOT, "ADMIN_SECRET_ACCESS_KEY", ROOT_SECRET));
        try {
            Process running = builder.start();
            String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (running.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What keeps the server's own state of a bucket: its folder. */
    Path bucketFolder(String bucket) {
        return state.resolve("data").resolve(bucket);
    }

    @Override
    public void close() {
        down();
        try {
            deleteTree(state);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitListening(Process started) throws IOException {
        long end = System.nanoTime() + START.toNanos();
        while (!listens(port) || !listens(adminPort)) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IOException("versitygw did not start: " + Files.readString(state.resolve("log")));
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Ports that nobody listens on, all different. */
    static List<Integer> freePorts(int number) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < number; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private static synchronized Path binary() {
        return GoBinary.of(
                "BULKHEAD_VERSITYGW",
                "versitygw-" + VERSION,
                "versitygw",
                BUILD,
                _ -> List.of("go", "install", "github.com/versity/versitygw/cmd/versitygw@v" + VERSION));
    }

    static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
