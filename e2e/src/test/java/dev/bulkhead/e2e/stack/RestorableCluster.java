package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** A control plane before the PostgreSQL and the S3 of a stack, whose etcd can be put back to what it once was. */
public final class RestorableCluster implements AutoCloseable {
    private final TemporaryStack stack;
    private final ControlPlane controlPlane;
    private final ProcessSupervisor processes;

    private RestorableCluster(TemporaryStack stack, ControlPlane controlPlane) {
        this.stack = stack;
        this.controlPlane = controlPlane;
        this.processes = new ProcessSupervisor(stack.state());
    }

    /** Starts one; close it. The servers go on without it. */
    public static RestorableCluster before(StackEndpoints servers) {
        AtomicReference<ControlPlane> started = new AtomicReference<>();
        TemporaryStack stack = NewCluster.before(servers, started::set);
        return new RestorableCluster(stack, Objects.requireNonNull(started.get()));
    }

    /** Where its servers are, before and after. */
    public StackEndpoints endpoints() {
        return stack.endpoints();
    }

    /** Keeps what etcd holds now; the API server is away meanwhile. */
    public void save() {
        whileAway(() -> copy(etcd(), saved()));
    }

    /** Puts back what was kept. Whatever was written since has never been. */
    public void restore() {
        whileAway(() -> {
            PrivateFiles.deleteTree(etcd());
            copy(saved(), etcd());
        });
    }

    private void whileAway(Runnable change) {
        for (String name : List.of(ControlPlane.CONTROLLER_MANAGER, ControlPlane.API_SERVER, ControlPlane.ETCD)) {
            processes.stop(name, ProcessSupervisor.StopSignal.TERM, Duration.ofSeconds(20));
        }
        change.run();
        controlPlane.start(_ -> {});
    }

    private Path etcd() {
        return stack.state().directory("etcd");
    }

    private Path saved() {
        return stack.state().root().resolve("etcd-saved");
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stack.close();
    }
}
