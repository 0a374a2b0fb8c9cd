package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Polling;
import dev.bulkhead.e2e.stack.ProcessSupervisor;
import dev.bulkhead.e2e.stack.ProcessSupervisor.Spec;
import dev.bulkhead.e2e.stack.ProcessSupervisor.StopSignal;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;

/**
 * The node of a local stack. It keeps nothing: what ran on it is gone with it, and a new one starts from the images. First
 * {@link #connect}, then the stack's servers at the address it returns, then {@link #start}.
 */
public final class Node implements LocalStack.Addition {
    /** Its name in the cluster. */
    public static final String NAME = "local";

    private static final String DIRECTORY = "node/";
    private static final String NETWORK_FILE = DIRECTORY + "network.json";
    private static final String RUNNING_FILE = DIRECTORY + "running.json";
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Programs before what they need. */
    private static final List<String> STOP_ORDER = List.of(
            NodeProcesses.KUBELET,
            NodeProcesses.SCHEDULER,
            NodeProcesses.PROXY,
            NodeProcesses.FELIX,
            NodeProcesses.CONTAINERD);
    /** Below its directory: what a node leaves and the next one must not find. */
    private static final List<String> RUNTIME_FILES = List.of(
            "containerd-root",
            "containerd-state",
            "containerd-opt",
            "containerd.sock",
            "containerd.sock.ttrpc",
            "kubelet",
            "cni",
            "cni-addresses",
            "pod-logs");

    private final StateDirectory state;
    private final InstantSource clock;
    private final Progress progress;
    private final ProcessSupervisor processes;
    private final ControlGroup group;
    private final NodeNamespaces namespaces;

    /** The node of the stack in {@code state}; nothing is done yet. */
    public Node(StateDirectory state, InstantSource clock, Progress progress) {
        this.state = state;
        this.clock = clock;
        this.progress = progress;
        this.processes = new ProcessSupervisor(state);
        CRC32 crc = new CRC32();
        crc.update(state.root().toString().getBytes(StandardCharsets.UTF_8));
        String id = "%08x".formatted(crc.getValue());
        this.group = new ControlGroup("bulkhead-" + id);
        this.namespaces = new NodeNamespaces(
                new ProcessSupervisor(new StateDirectory(state.root().resolve("node"))),
                group,
                "bulkhead" + id.substring(0, 7));
    }

    /** What a running node was started with; written when it is complete. */
    private record RunningNode(Cni cni) {}

    /**
     * Lays the cable to a node with this pod network. A node that is not complete, or has another one, is removed first.
     * Repeatable.
     */
    public NodeNetwork connect(Cni cni) {
        if (!NodeNamespaces.isVisible(state.root())) {
            throw new StackException("a node cannot see " + state.root()
                    + "; name another directory with --state, such as one below /var/tmp");
        }
        NodeNetwork network = network();
        if (!isComplete(cni)) {
            stop();
            remove();
            group.create();
            namespaces.create(network);
        }
        return network;
    }

    /** Returns when the node is Ready, and enforces what it shall. Repeatable. */
    public void start(KubernetesClient admin, NodeSoftware software, Cni cni, Optional<OperatorImage> operator) {
        if (isComplete(cni)) {
            operator.ifPresent(this::load);
            return;
        }
        NodeNetwork network = network();
        NodeCredentials credentials = NodeCredentials.prepare(
                state, admin.getConfiguration().getMasterUrl(), network, clock, new SecureRandom());
        NodeConfiguration configuration = new NodeConfiguration(state, network, credentials, group);
        NodeProcesses specs = new NodeProcesses(namespaces, configuration, credentials, software);
        configuration.write(software);
        start(specs.containerd());
        Polling.until(
                PATIENCE,
                () -> lives(NodeProcesses.CONTAINERD) && Files.exists(configuration.socket()),
                () -> "containerd does not open its socket" + processes.logTail(NodeProcesses.CONTAINERD));
        new NodeImages(state, progress).load(software, ctr());
        operator.ifPresent(this::load);
        new NodeObjects(admin).prepare(software);
        start(specs.kubelet(network));
        start(specs.scheduler());
        start(specs.proxy());
        if (software.calico().isPresent()) {
            start(specs.felix(network));
            await(NodeProcesses.FELIX, () -> answers(network));
        }
        await(NodeProcesses.KUBELET, () -> new NodeObjects(admin).isReady());
        state.write(RUNNING_FILE, new RunningNode(cni));
        progress.say("node " + NAME + " is Ready"
                + (software.calico().isPresent() ? "; NetworkPolicies are enforced" : "; NetworkPolicies are ignored"));
    }

    /** Removes what a node that is no more left in the API server. Repeatable. */
    public static void forget(KubernetesClient admin) {
        NodeObjects.forget(admin);
    }

    /** The image of the example workloads, by digest. */
    public static String workloadImage(NodeSoftware software) {
        return NodeImages.workload(software);
    }

    private void load(OperatorImage image) {
        new NodeImages(state, progress).load(image.archive(), ctr());
    }

    /** {@code ctr} up to its verb, for the images that the kubelet sees. */
    private List<String> ctr() {
        return namespaces.inside(List.of(
                "ctr", "--address", state.root().resolve("node/containerd.sock").toString(), "--namespace", "k8s.io"));
    }

    /** {@code command} so that it runs in the node's network and mounts, as part of the node. */
    public List<String> inside(List<String> command) {
        return namespaces.inside(command);
    }

    /** Numbers of all its processes, of those in containers too. */
    public Set<Long> processIds() {
        return group.members();
    }

    /** Path of its control group. */
    String controlGroup() {
        return group.path();
    }

    /** Leaves the cable: the servers at its end must not lose the address that they know themselves by. */
    @Override
    public void stop() {
        boolean ran = STOP_ORDER.stream().anyMatch(name -> processes.find(name).isPresent());
        state.remove(RUNNING_FILE);
        // Before it is killed with the rest: it would see its containers end and start them again.
        processes.stop(NodeProcesses.KUBELET, StopSignal.TERM, GRACE);
        group.clear(namespaces.keeper());
        STOP_ORDER.forEach(name -> processes.stop(name, StopSignal.TERM, GRACE));
        RUNTIME_FILES.forEach(name -> state.remove(DIRECTORY + name));
        if (ran) {
            progress.say("node " + NAME + " is gone");
        }
    }

    @Override
    public void remove() {
        namespaces.stop();
        group.destroy();
        namespaces.removeTraces();
    }

    /** The cable, which stays the same for each node of this state. */
    NodeNetwork network() {
        return state.readOrCreate(NETWORK_FILE, NodeNetwork.class, () -> NodeNetwork.choose(new SecureRandom()));
    }

    private boolean isComplete(Cni cni) {
        return state.read(RUNNING_FILE, RunningNode.class)
                        .filter(running -> running.cni() == cni)
                        .isPresent()
                && namespaces.keeper().isPresent()
                && STOP_ORDER.stream()
                        .filter(name -> cni == Cni.calico || !name.equals(NodeProcesses.FELIX))
                        .allMatch(name -> processes.find(name).isPresent());
    }

    private void start(Spec spec) {
        processes.start(spec);
    }

    private boolean lives(String name) {
        if (processes.find(name).isEmpty()) {
            throw new StackException(name + " has ended" + processes.logTail(name));
        }
        return true;
    }

    private void await(String name, BooleanSupplier ready) {
        Polling.until(
                PATIENCE,
                () -> lives(name) && ready.getAsBoolean(),
                () -> name + " is not ready after " + Progress.humanly(PATIENCE) + processes.logTail(name));
    }

    private static boolean answers(NodeNetwork network) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("http://" + network.node() + ":" + NodeProcesses.FELIX_HEALTH + "/readiness"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted", e);
        }
    }
}
