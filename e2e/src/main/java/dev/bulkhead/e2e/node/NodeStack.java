package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.bootstrap.Recipe;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;
import java.util.Optional;

/** A local stack with a node: the servers listen at this machine's end of the cable, so that pods reach them. */
public final class NodeStack {
    private final Node node;
    private final LocalStack stack;

    /** The stack whose state is, or will be, in {@code state}. */
    public NodeStack(StateDirectory state, InstantSource clock, Progress progress) {
        this.node = new Node(state, clock, progress);
        this.stack = new LocalStack(state, clock, progress, node);
    }

    /**
     * Starts what does not run; returns when the servers answer and the node is Ready. Repeatable; a node with another pod
     * network is replaced.
     *
     * @param operator the image to have on the node, when the operator shall run there
     */
    public StackEndpoints start(
            Software software, NodeSoftware nodeSoftware, Cni cni, Optional<OperatorImage> operator) {
        stack.claim();
        NodeNetwork network = node.network();
        stack.vacate(network.servers());
        stack.alone(() -> node.connect(cni));
        StackEndpoints endpoints = stack.start(software, network.servers());
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            stack.alone(() -> node.start(admin, nodeSoftware, cni, operator));
        }
        return endpoints;
    }

    /** How to install Bulkhead here: as a pod when its image is on the node, else beside the servers. */
    public Recipe recipe(StackEndpoints endpoints, Optional<OperatorImage> operator) {
        String nodes = node.network().range();
        return operator.map(image -> Recipe.onNode(endpoints, nodes, image.name(), image.content()))
                .orElseGet(() -> Recipe.besideNode(endpoints, nodes));
    }

    /** The node. */
    public Node node() {
        return node;
    }

    /** Ends the node and the servers and keeps the data. */
    public void stop() {
        stack.stop();
    }
}
