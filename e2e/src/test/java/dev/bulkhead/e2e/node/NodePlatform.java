package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.ExampleTenants;
import dev.bulkhead.e2e.bootstrap.UpStep;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.TemporaryStack;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** A temporary stack with a node, Bulkhead installed, its operator running, and the example tenants' workflows in pods. */
public final class NodePlatform implements AutoCloseable {
    private static final Path OPERATOR =
            Path.of("..", "operator", "target").toAbsolutePath().normalize();
    private static final Path IMAGE = OPERATOR.resolve("bulkhead-operator-image.tar");
    private static final Path JAR = OPERATOR.resolve("bulkhead-operator.jar");

    private final TemporaryStack temporary;
    private final NodeStack stack;
    private final Software software;
    private final KubernetesClient admin;
    private final KubernetesClient repairs;
    private boolean stopped;

    private NodePlatform(TemporaryStack temporary, NodeStack stack, Software software) {
        this.temporary = temporary;
        this.stack = stack;
        this.software = software;
        this.admin = temporary.endpoints().kubernetes().adminClient();
        // Nobody enters the containers of tenants, administrators neither, but who says that it is a repair.
        this.repairs = NodeObjects.breakingTheGlass(admin);
    }

    /** Installs all of it, with a node that enforces; close it. */
    static NodePlatform install() {
        Progress progress = Progress.printingTo(System.out, InstantSource.system());
        Requirements.provide(progress);
        Software software = new Binaries(System.getenv(), progress).provide();
        TemporaryStack temporary = TemporaryStack.start((state, clock, told) ->
                new NodeStack(state, clock, told).start(software, software(Cni.calico), Cni.calico, image()));
        NodeStack stack = new NodeStack(temporary.state(), InstantSource.system(), progress);
        NodePlatform platform = new NodePlatform(temporary, stack, software);
        platform.installBulkhead(progress);
        ExampleTenants examples = platform.examples();
        examples.apply();
        examples.awaitReady();
        examples.awaitWorkflows();
        return platform;
    }

    private void installBulkhead(Progress progress) {
        UpStep.runAll(
                new Bootstrap(
                                admin,
                                stack.recipe(temporary.endpoints(), image()),
                                temporary.state(),
                                Path.of("..", "charts", "bulkhead"),
                                JAR,
                                new SecureRandom())
                        .steps(),
                progress);
    }

    /** Whether the operator runs as a pod: its image was built, and of the jar of this build. */
    static boolean operatorIsPod() {
        try {
            return Files.exists(IMAGE)
                    && Files.exists(JAR)
                    && Files.getLastModifiedTime(IMAGE).compareTo(Files.getLastModifiedTime(JAR)) >= 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns when a node with this pod network runs, and all workflows on it. Where another one runs, or none, the node is
     * a new one and so are its pods; every test begins with this.
     */
    public void start(Cni cni) {
        stack.start(software, software(cni), cni, image());
        if (stopped) {
            installBulkhead(System.out::println); // an operator that is no pod ended with the rest
            stopped = false;
        }
        examples().awaitWorkflows();
    }

    /** Ends node and servers; the next {@link #start} goes on with their data. */
    void stop() {
        stopped = true;
        stack.stop();
    }

    /** The platform's administrator. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The servers. */
    public StackEndpoints endpoints() {
        return temporary.endpoints();
    }

    /** The containers of the tenants' workflows. */
    public WorkflowPods pods() {
        return new WorkflowPods(repairs);
    }

    /** The node. */
    public Node node() {
        return stack.node();
    }

    /** Directory of all its files. */
    Path directory() {
        return temporary.state().root();
    }

    /** The program of the workflows' image, on this machine. */
    static Path workload() {
        return software(Cni.none).workload();
    }

    private ExampleTenants examples() {
        return ExampleTenants.running(
                admin, Path.of("..", "examples"), System.out::println, Node.workloadImage(software(Cni.none)));
    }

    private static NodeSoftware software(Cni cni) {
        return NodeSoftware.provide(new Binaries(System.getenv(), System.out::println), cni);
    }

    private static Optional<OperatorImage> image() {
        return operatorIsPod() ? Optional.of(OperatorImage.read(IMAGE)) : Optional.empty();
    }

    @Override
    public void close() {
        repairs.close();
        admin.close();
        temporary.close();
    }
}
