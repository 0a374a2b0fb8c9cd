package dev.bulkhead.e2e.stack;

import dev.bulkhead.e2e.node.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * A stack in a temporary directory that ends with this JVM: on {@link #close()}, when the JVM exits, and, should it be
 * killed, when the next test run starts.
 */
public final class TemporaryStack implements AutoCloseable {
    private static final String PREFIX = "bulkhead-e2e-";
    private static final String OWNER = "owner";

    private final Path directory;
    private final LocalStack stack;
    private final StackEndpoints endpoints;
    private final Thread hook;

    private TemporaryStack(Path directory, LocalStack stack, StackEndpoints endpoints, Thread hook) {
        this.directory = directory;
        this.stack = stack;
        this.endpoints = endpoints;
        this.hook = hook;
    }

    /** What to start in a state directory. */
    @FunctionalInterface
    public interface Start {
        /** Returns when the servers answer. */
        StackEndpoints in(StateDirectory state, InstantSource clock, Progress progress);
    }

    /** Starts one of its own; close it. */
    public static TemporaryStack start() {
        return start((state, clock, progress) ->
                new LocalStack(state, clock, progress).start(new Binaries(System.getenv(), progress).provide()));
    }

    /** Starts one in another way; close it. */
    public static TemporaryStack start(Start start) {
        removeAbandoned();
        try {
            Path directory = Files.createTempDirectory(PREFIX);
            ProcessMark self = ProcessMark.of(ProcessHandle.current().pid()).orElseThrow();
            Files.writeString(directory.resolve(OWNER), self.format(), StandardCharsets.US_ASCII);
            InstantSource clock = InstantSource.system();
            Progress progress = Progress.printingTo(System.out, clock);
            StateDirectory state = new StateDirectory(directory.resolve("state"));
            LocalStack stack = new LocalStack(state, clock, progress);
            Thread hook = new Thread(() -> remove(directory), "stop stack");
            Runtime.getRuntime().addShutdownHook(hook);
            StackEndpoints endpoints = start.in(state, clock, progress);
            return new TemporaryStack(directory, stack, endpoints, hook);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    LocalStack stack() {
        return stack;
    }

    /** Where it keeps everything. */
    public StateDirectory state() {
        return new StateDirectory(directory.resolve("state"));
    }

    /** Where its servers are. */
    public StackEndpoints endpoints() {
        return endpoints;
    }

    @Override
    public void close() {
        remove(directory);
        ShutdownHooks.remove(hook);
    }

    private static void remove(Path directory) {
        StateDirectory state = new StateDirectory(directory.resolve("state"));
        InstantSource clock = InstantSource.system();
        new LocalStack(state, clock, _ -> {}, new Node(state, clock, _ -> {})).wipe();
        PrivateFiles.deleteTree(directory);
    }

    /** A killed JVM leaves its processes behind; they hold half a gigabyte. */
    private static void removeAbandoned() {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            List<Path> abandoned = files.filter(
                            file -> file.getFileName().toString().startsWith(PREFIX))
                    .filter(TemporaryStack::isAbandoned)
                    .toList();
            abandoned.forEach(TemporaryStack::remove);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isAbandoned(Path directory) {
        try {
            return ProcessMark.parse(Files.readString(directory.resolve(OWNER)))
                    .filter(owner -> !owner.isAlive())
                    .isPresent();
        } catch (IOException _) {
            // Being made or removed right now, or another user's.
            return false;
        }
    }
}
