package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The servers that Bulkhead works on, as processes of this machine, on its loopback address or at the end of a cable to a node: Kubernetes' control plane,
 * PostgreSQL, and an S3 server. They outlive this JVM until {@link #stop()}, and their data until {@link #wipe()}.
 */
public final class LocalStack {
    private static final String PORTS_FILE = "ports.json";
    private static final String CREDENTIALS_FILE = "credentials.json";
    /** Long enough for a server to write what it has; what hangs longer is killed. */
    private static final Duration GRACE = Duration.ofSeconds(15);
    /** A directory without this file is none of ours and is never removed. */
    private static final String MARK = ".bulkhead-state";

    private final StateDirectory state;
    private final InstantSource clock;
    private final Progress progress;
    private final ProcessSupervisor processes;
    private final Addition addition;

    /** The stack whose state is, or will be, in {@code state}. */
    public LocalStack(StateDirectory state, InstantSource clock, Progress progress) {
        this(state, clock, progress, Addition.NONE);
    }

    /** The same, with what may run on top of it. */
    public LocalStack(StateDirectory state, InstantSource clock, Progress progress, Addition addition) {
        this.addition = addition;
        this.state = state;
        this.clock = clock;
        this.progress = progress;
        this.processes = new ProcessSupervisor(state);
    }

    /** What runs on top of the servers and takes more than the end of its processes to be gone. */
    public interface Addition {
        /** Nothing. */
        Addition NONE = new Addition() {
            @Override
            public void stop() {}

            @Override
            public void remove() {}
        };

        /** Ends it, while the servers still run. Repeatable, also when it never ran. */
        void stop();

        /** Removes what it left on this machine, when the servers have ended. Repeatable, too. */
        void remove();
    }

    /** Whether a component runs. */
    public enum ComponentState {
        /** Its process lives. */
        Running,
        /** It was not started, or was stopped. */
        Stopped,
        /** It ended without being stopped; its log says why. */
        Died
    }

    /**
     * One process of the stack, as it is now.
     *
     * @param name also the name of the log
     * @param port TCP port on 127.0.0.1; empty when the stack never ran
     */
    public record Component(
            String name, ComponentState state, OptionalLong pid, OptionalInt port, Optional<Duration> uptime) {}

    /** {@link #start(Software, ServerAddress)} on the loopback address. */
    public StackEndpoints start(Software software) {
        return start(software, ListenAddress.LOOPBACK);
    }

    /**
     * Starts what does not run; returns when every server answers. Repeatable. Servers that run at another address are
     * stopped first, with all that is on top of them.
     */
    public StackEndpoints start(Software software, ListenAddress address) {
        vacate(address);
        return exclusively(() -> {
            SecureRandom random = new SecureRandom();
            StackPorts ports = state.readOrCreate(PORTS_FILE, StackPorts.class, () -> StackPorts.choose(random));
            Credentials credentials =
                    state.readOrCreate(CREDENTIALS_FILE, Credentials.class, () -> Credentials.choose(random));
            requireFree(ports, address);
            Pki pki = Pki.prepare(state.directory("pki"), clock, random, address);
            ControlPlane controlPlane = new ControlPlane(state, ports, address, pki, software, processes);
            PostgresServer postgres =
                    new PostgresServer(state, ports, address, pki, credentials, software.postgresHome(), processes);
            SeaweedFsServer objectStore =
                    new SeaweedFsServer(state, ports, address, pki, credentials, software.weed(), processes);
            together(
                    () -> controlPlane.start(progress),
                    () -> postgres.start(progress),
                    () -> objectStore.start(progress));
            StackEndpoints endpoints =
                    new StackEndpoints(controlPlane.endpoints(), postgres.endpoints(), objectStore.endpoints());
            state.write(StackEndpoints.FILE, endpoints);
            return endpoints;
        });
    }

    /** Stops servers that run at another address than {@code address}, with all that is on top of them. */
    public void vacate(ListenAddress address) {
        if (runsElsewhere(address)) {
            progress.say("the servers move to " + address.host());
            stop();
        }
    }

    private boolean runsElsewhere(ListenAddress address) {
        return isOurs()
                && endpoints()
                        .filter(last -> !last.postgres().host().equals(address.host()))
                        .isPresent()
                && componentNames().anyMatch(name -> processes.find(name).isPresent());
    }

    /** Where the servers are, as of the last start; empty when the stack never ran. */
    public Optional<StackEndpoints> endpoints() {
        return state.read(StackEndpoints.FILE, StackEndpoints.class);
    }

    /** Ends the stack's processes, in an order in which none loses what it depends on. Keeps the data. Repeatable. */
    public void stop() {
        if (!isOurs()) {
            return;
        }
        exclusively(() -> {
            addition.stop();
            // Anything added on top of the servers, such as the operator, goes before them.
            processes.names().stream()
                    .filter(name -> componentNames().noneMatch(name::equals))
                    .forEach(this::stop);
            together(
                    () -> Stream.of(ControlPlane.CONTROLLER_MANAGER, ControlPlane.API_SERVER, ControlPlane.ETCD)
                            .forEach(this::stop),
                    () -> stop(PostgresServer.NAME),
                    () -> stop(SeaweedFsServer.NAME));
            addition.remove();
            return true;
        });
    }

    /** {@link #stop()}, and removes the state. */
    public void wipe() {
        if (!Files.isDirectory(state.root())) {
            return;
        }
        requireOurs();
        stop();
        PrivateFiles.deleteTree(state.root());
    }

    /** The servers in the order in which they depend on one another, then what was started on top of them. */
    public List<Component> components() {
        if (!isOurs()) {
            return componentNames()
                    .map(name -> new Component(
                            name, ComponentState.Stopped, OptionalLong.empty(), OptionalInt.empty(), Optional.empty()))
                    .toList();
        }
        List<String> recorded = processes.names();
        Optional<StackPorts> ports = state.read(PORTS_FILE, StackPorts.class);
        Instant now = clock.instant();
        return Stream.concat(
                        componentNames(),
                        recorded.stream().filter(name -> componentNames().noneMatch(name::equals)))
                .map(name -> component(name, recorded.contains(name), ports, now))
                .toList();
    }

    private Component component(String name, boolean recorded, Optional<StackPorts> ports, Instant now) {
        OptionalInt port = ports.map(all -> portOf(name, all)).orElse(OptionalInt.empty());
        return processes
                .find(name)
                .map(mark -> new Component(
                        name,
                        ComponentState.Running,
                        OptionalLong.of(mark.pid()),
                        port,
                        mark.startInstant().map(start -> Duration.between(start, now))))
                .orElseGet(() -> new Component(
                        name,
                        recorded ? ComponentState.Died : ComponentState.Stopped,
                        OptionalLong.empty(),
                        port,
                        Optional.empty()));
    }

    private static Stream<String> componentNames() {
        return Stream.of(
                ControlPlane.ETCD,
                ControlPlane.API_SERVER,
                ControlPlane.CONTROLLER_MANAGER,
                PostgresServer.NAME,
                SeaweedFsServer.NAME);
    }

    private static OptionalInt portOf(String name, StackPorts ports) {
        return switch (name) {
            case ControlPlane.ETCD -> OptionalInt.of(ports.etcd());
            case ControlPlane.API_SERVER -> OptionalInt.of(ports.apiServer());
            case ControlPlane.CONTROLLER_MANAGER -> OptionalInt.of(ports.controllerManager());
            case PostgresServer.NAME -> OptionalInt.of(ports.postgres());
            case SeaweedFsServer.NAME -> OptionalInt.of(ports.objectStore());
            default -> OptionalInt.empty();
        };
    }

    /** A server that finds its port taken says so in many words, late, and only in its log. */
    private void requireFree(StackPorts ports, ListenAddress address) {
        componentNames().filter(name -> processes.find(name).isEmpty()).forEach(name -> {
            String host = isInternal(name) ? ListenAddress.LOOPBACK.host() : address.host();
            IntStream inside = name.equals(SeaweedFsServer.NAME) ? ports.behindObjectStore() : IntStream.empty();
            IntStream.concat(portOf(name, ports).stream(), inside).forEach(port -> {
                if (!StackPorts.isFree(host, port)) {
                    throw new StackException("port " + port + " on " + host + ", which this stack has given to " + name
                            + ", is used by another process; end that, or start anew with `./bulkhead down --wipe`");
                }
            });
        });
    }

    private static boolean isInternal(String name) {
        return name.equals(ControlPlane.ETCD) || name.equals(ControlPlane.CONTROLLER_MANAGER);
    }

    private void stop(String name) {
        ProcessSupervisor.StopSignal signal =
                name.equals(PostgresServer.NAME) ? ProcessSupervisor.StopSignal.INT : ProcessSupervisor.StopSignal.TERM;
        if (processes.find(name).isPresent()) {
            processes.stop(name, signal, GRACE);
            progress.say(name + " has stopped");
        } else {
            processes.stop(name, signal, GRACE);
        }
    }

    /** Runs all at once and waits for all; then fails with the first failure, if any. */
    private static void together(Runnable... actions) {
        List<Future<?>> futures = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Runnable action : actions) {
                futures.add(threads.submit(action));
            }
        }
        List<Throwable> failures = futures.stream()
                .filter(future -> future.state() == Future.State.FAILED)
                .map(Future::exceptionNow)
                .toList();
        if (!failures.isEmpty()) {
            String messages = failures.stream().map(Throwable::getMessage).collect(Collectors.joining("\n"));
            StackException failure = new StackException(messages, failures.getFirst());
            failures.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Makes the directory one that {@code status} and {@code down} know, also when no server runs in it. */
    public void claim() {
        alone(() -> {});
    }

    /** Runs {@code action} while no other process starts, stops or removes the same stack. */
    public void alone(Runnable action) {
        exclusively(() -> {
            action.run();
            return true;
        });
    }

    private boolean isOurs() {
        return Files.exists(state.root().resolve(MARK));
    }

    /** So that {@code down --wipe} never removes what somebody else keeps in a directory named by mistake. */
    private void requireOurs() {
        try (Stream<Path> files = Files.list(state.root())) {
            if (!isOurs() && files.findAny().isPresent()) {
                throw new StackException(state.root()
                        + " holds other files and is not the state of a local stack; name an empty directory");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What to do while no other process starts, stops or removes the same state. */
    private interface Action<T> {
        T run();
    }

    private <T> T exclusively(Action<T> action) {
        state.create();
        requireOurs();
        Path mark = state.root().resolve(MARK);
        try (FileChannel file = FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = file.lock()) {
            return action.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
