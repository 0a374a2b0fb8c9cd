package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.NetworkRequest.Port;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpecBuilder;
import java.util.Comparator;
import java.util.List;

/**
 * One policy for every pod of a namespace.
 *
 * @param directions {@code Ingress}, {@code Egress}, or both, as the API server orders them
 */
@Pure
record PolicyRules(
        String name,
        List<String> directions,
        List<NetworkPolicyIngressRule> ingress,
        List<NetworkPolicyEgressRule> egress) {
    private static final String IN = "Ingress";
    private static final String OUT = "Egress";
    private static final Comparator<Port> BY_NUMBER = Comparator.comparing(Port::protocol)
            .thenComparing(Port::port)
            .thenComparing(port -> port.endPort() == null ? port.port() : port.endPort());

    /** Nothing in and nothing out. */
    static PolicyRules none(String name) {
        return new PolicyRules(name, List.of(IN, OUT), List.of(), List.of());
    }

    /** In and out, every port. */
    static PolicyRules both(String name, List<NetworkPolicyPeer> peers) {
        return new PolicyRules(
                name,
                List.of(IN, OUT),
                List.of(new NetworkPolicyIngressRuleBuilder().withFrom(peers).build()),
                List.of(new NetworkPolicyEgressRuleBuilder().withTo(peers).build()));
    }

    /** In, to the ports, or to every port when none is given. */
    static PolicyRules ingress(String name, List<NetworkPolicyPeer> peers, List<Port> ports) {
        return new PolicyRules(
                name,
                List.of(IN),
                List.of(new NetworkPolicyIngressRuleBuilder()
                        .withFrom(peers)
                        .withPorts(sorted(ports))
                        .build()),
                List.of());
    }

    /** Out, to the ports, or to every port when none is given. */
    static PolicyRules egress(String name, List<NetworkPolicyPeer> peers, List<Port> ports) {
        return new PolicyRules(
                name,
                List.of(OUT),
                List.of(),
                List.of(new NetworkPolicyEgressRuleBuilder()
                        .withTo(peers)
                        .withPorts(sorted(ports))
                        .build()));
    }

    /**
     * The policy, with both directions written out: to a reader an absent list and an empty one look alike, and an
     * apply resets only what it names. The model leaves empty lists out of its JSON, so they are added as they stand.
     *
     * <p>The API server drops them when it answers, and an apply that names them is therefore never a no-op: compare
     * first, and write only what differs.
     */
    NetworkPolicy policy(ObjectMeta metadata) {
        NetworkPolicySpec spec = new NetworkPolicySpecBuilder()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes(directions)
                .withIngress(ingress)
                .withEgress(egress)
                .build();
        if (ingress.isEmpty()) {
            spec.setAdditionalProperty("ingress", List.of());
        }
        if (egress.isEmpty()) {
            spec.setAdditionalProperty("egress", List.of());
        }
        return new NetworkPolicyBuilder().withMetadata(metadata).withSpec(spec).build();
    }

    private static List<NetworkPolicyPort> sorted(List<Port> ports) {
        return ports.stream()
                .distinct()
                .sorted(BY_NUMBER)
                .map(port -> new NetworkPolicyPortBuilder()
                        .withPort(new IntOrString(port.port()))
                        .withEndPort(port.endPort())
                        .withProtocol(port.protocol().name())
                        .build())
                .toList();
    }
}
