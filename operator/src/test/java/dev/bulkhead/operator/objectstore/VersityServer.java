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
final class VersityServer implements AutoCloseable {
    static final String VERSION = "1.8.0";
    static final String ROOT = "bulkhead-root";
    static final String ROOT_SECRET = "root-secret-of-the-tests-0123456789";

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
        this.port = freePort();
        this.adminPort = freePort();
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

    /** Starts it, again after {@link #down}: same ports, same state. */
    void up() {
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

    /** Stops it and keeps its state. */
    void down() {
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

    URI endpoint() {
        return URI.create((certificate == null ? "http" : "https") + "://127.0.0.1:" + port);
    }

    URI adminEndpoint() {
        return URI.create((certificate == null ? "http" : "https") + "://127.0.0.1:" + adminPort);
    }

    StoreConnection connection() {
        return connection(ROOT_SECRET, endpoint(), adminEndpoint());
    }

    StoreConnection connection(String secret, URI endpoint, URI adminEndpoint) {
        return new StoreConnection(
                "objects-1",
                endpoint,
                adminEndpoint,
                "us-east-1",
                ROOT,
                secret,
                certificate == null ? null : certificate.pem(),
                new StoreConnection.Limits(Duration.ofSeconds(3), Duration.ofSeconds(10), 16));
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

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The binary that is named, or cached by an earlier run or the local stack, or built into that cache now. */
    private static synchronized Path binary() {
        String named = System.getProperty("BULKHEAD_VERSITYGW", System.getenv("BULKHEAD_VERSITYGW"));
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path cache = (xdg == null || xdg.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg))
                .resolve("bulkhead");
        Path binary = cache.resolve("versitygw-" + VERSION).resolve("versitygw");
        if (!Files.isExecutable(binary)) {
            build(binary);
        }
        return binary;
    }

    /** Into a folder beside it and moved: a build that is cut off leaves nothing that looks finished. */
    private static void build(Path binary) {
        try {
            Files.createDirectories(binary.getParent());
            Path folder = Files.createTempDirectory(binary.getParent(), "build-");
            try {
                ProcessBuilder builder = new ProcessBuilder(
                                "go", "install", "github.com/versity/versitygw/cmd/versitygw@v" + VERSION)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile())
                        .directory(folder.toFile());
                builder.environment().put("GOBIN", folder.toString());
                Process go = builder.start();
                if (!go.waitFor(BUILD.toMinutes(), TimeUnit.MINUTES) || go.exitValue() != 0) {
                    go.destroyForcibly();
                    throw new IOException("building versitygw failed: " + Files.readString(folder.resolve("log")));
                }
                Files.move(folder.resolve("versitygw"), binary, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteTree(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "VersityGW is needed: set BULKHEAD_VERSITYGW to its binary, or install Go so that it can be built",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void deleteTree(Path folder) throws IOException {
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
