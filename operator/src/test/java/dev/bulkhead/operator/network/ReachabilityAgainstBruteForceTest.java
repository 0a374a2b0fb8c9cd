package dev.bulkhead.operator.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * A small universe, tried out pod by pod: three namespaces, every combination of two labels with values that policies
 * name and one that they do not, four addresses, three ports. What is written here knows the words of the API's
 * documentation and nothing of the code it is compared with.
 */
class ReachabilityAgainstBruteForceTest {
    private static final List<String> NAMES = List.of("one", "two", "three");
    private static final List<String> KEYS = List.of("a", "b");
    private static final List<String> NAMED = List.of("x", "y");
    private static final List<Map<String, String>> PODS = pods();
    private static final int[] ADDRESSES = {0, 1, 2, 3};
    private static final int[] PORTS = {80, 443, 9000};

    private record Connection(
            Namespace from,
            Map<String, String> source,
            int sourceAddress,
            Namespace to,
            Map<String, String> target,
            int targetAddress,
            int port) {}

    @Property(tries = 400)
    void the_computed_answer_is_the_one_that_trying_everything_gives(@ForAll long seed) {
        Random random = new Random(seed);
        List<Namespace> namespaces = NAMES.stream()
                .map(name ->
                        Policies.namespace(name, random.nextBoolean() ? Map.of("t", pick(random, NAMED)) : Map.of()))
                .toList();
        List<NetworkPolicy> policies = new ArrayList<>();
        int count = random.nextInt(7);
        for (int i = 0; i < count; i++) {
            policies.add(policy(random, pick(random, NAMES), "p" + i));
        }

        Reachability computed = Reachability.of(namespaces, policies, List.of("10.0.0.0/30"));

        for (Namespace from : namespaces) {
            for (Namespace to : namespaces) {
                assertThat(computed.reaches(name(from), name(to)))
                        .as("%s to %s with %s", name(from), name(to), policies)
                        .isEqualTo(tried(policies, from, to));
            }
        }
    }

    private static boolean tried(List<NetworkPolicy> policies, Namespace from, Namespace to) {
        for (Map<String, String> source : PODS) {
            for (Map<String, String> target : PODS) {
                for (int sourceAddress : ADDRESSES) {
                    for (int targetAddress : ADDRESSES) {
                        for (int port : PORTS) {
                            Connection c = new Connection(from, source, sourceAddress, to, target, targetAddress, port);
                            if (passes(policies, c, true) && passes(policies, c, false)) {
                                return true;
                            }
                        }
                    }
                }
            }
        }
        return false;
    }

    private static boolean passes(List<NetworkPolicy> policies, Connection c, boolean outgoing) {
        Namespace here = outgoing ? c.from : c.to;
        Map<String, String> pod = outgoing ? c.source : c.target;
        boolean isolated = false;
        for (NetworkPolicy policy : policies) {
            boolean acts = policy.getSpec().getPolicyTypes().contains(outgoing ? "Egress" : "Ingress");
            if (!acts
                    || !policy.getMetadata().getNamespace().equals(name(here))
                    || !selects(policy.getSpec().getPodSelector(), pod)) {
                continue;
            }
            isolated = true;
            boolean allowed = outgoing
                    ? policy.getSpec().getEgress().stream()
                            .anyMatch(r -> rule(r.getTo(), r.getPorts(), policy, c, true))
                    : policy.getSpec().getIngress().stream()
                            .anyMatch(r -> rule(r.getFrom(), r.getPorts(), policy, c, false));
            if (allowed) {
                return true;
            }
        }
        return !isolated;
    }

    private static boolean rule(
            List<NetworkPolicyPeer> peers,
            List<NetworkPolicyPort> ports,
            NetworkPolicy policy,
            Connection c,
            boolean outgoing) {
        boolean onPort = ports.isEmpty()
                || ports.stream()
                        .anyMatch(p -> p.getPort() == null
                                || p.getPort().getStrVal() != null
                                || (p.getEndPort() == null
                                        ? p.getPort().getIntVal() == c.port
                                        : p.getPort().getIntVal() <= c.port && c.port <= p.getEndPort()));
        return onPort && (peers.isEmpty() || peers.stream().anyMatch(p -> peer(p, policy, c, outgoing)));
    }

    private static boolean peer(NetworkPolicyPeer peer, NetworkPolicy policy, Connection c, boolean outgoing) {
        Namespace there = outgoing ? c.to : c.from;
        Map<String, String> pod = outgoing ? c.target : c.source;
        if (peer.getIpBlock() != null) {
            int address = outgoing ? c.targetAddress : c.sourceAddress;
            return inside(peer.getIpBlock().getCidr(), address)
                    && peer.getIpBlock().getExcept().stream().noneMatch(e -> inside(e, address));
        }
        boolean namespace = peer.getNamespaceSelector() == null
                ? policy.getMetadata().getNamespace().equals(name(there))
                : selects(peer.getNamespaceSelector(), there.getMetadata().getLabels());
        return namespace && (peer.getPodSelector() == null || selects(peer.getPodSelector(), pod));
    }

    /** The only ranges that are drawn. */
    private static boolean inside(String cidr, int address) {
        return switch (cidr) {
            case "10.0.0.0/31" -> address < 2;
            case "10.0.0.2/31" -> address >= 2;
            case "10.0.0.0/30", "0.0.0.0/0" -> true;
            case "192.168.0.0/24" -> false;
            default -> throw new IllegalArgumentException(cidr);
        };
    }

    private static boolean selects(LabelSelector selector, Map<String, String> labels) {
        return selector.getMatchLabels().entrySet().stream()
                        .allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
                && selector.getMatchExpressions().stream().allMatch(r -> {
                    String value = labels.get(r.getKey());
                    return switch (r.getOperator()) {
                        case "In" -> value != null && r.getValues().contains(value);
                        case "NotIn" -> value == null || !r.getValues().contains(value);
                        case "Exists" -> value != null;
                        case "DoesNotExist" -> value == null;
                        default -> throw new IllegalArgumentException(r.getOperator());
                    };
                });
    }

    private static NetworkPolicy policy(Random random, String namespace, String name) {
        List<String> types = switch (random.nextInt(3)) {
            case 0 -> List.of("Ingress");
            case 1 -> List.of("Egress");
            default -> List.of("Ingress", "Egress");
        };
        NetworkPolicyBuilder policy = new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withPodSelector(selector(random, KEYS))
                .withPolicyTypes(types)
                .endSpec();
        int rules = random.nextInt(3);
        for (int i = 0; i < rules; i++) {
            policy.editSpec()
                    .addToIngress(new NetworkPolicyIngressRuleBuilder()
                            .withFrom(peers(random))
                            .withPorts(ports(random))
                            .build())
                    .addToEgress(new NetworkPolicyEgressRuleBuilder()
                            .withTo(peers(random))
                            .withPorts(ports(random))
                            .build())
                    .endSpec();
        }
        return policy.build();
    }

    private static List<NetworkPolicyPeer> peers(Random random) {
        List<NetworkPolicyPeer> peers = new ArrayList<>();
        int count = random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(2);
        for (int i = 0; i < count; i++) {
            NetworkPolicyPeerBuilder peer = new NetworkPolicyPeerBuilder();
            switch (random.nextInt(4)) {
                case 0 -> peer.withPodSelector(selector(random, KEYS));
                case 1 -> peer.withNamespaceSelector(selector(random, List.of("t")));
                case 2 ->
                    peer.withNamespaceSelector(selector(random, List.of("t"))).withPodSelector(selector(random, KEYS));
                default ->
                    peer.withNewIpBlock()
                            .withCidr(
                                    pick(random, List.of("10.0.0.0/31", "10.0.0.0/30", "0.0.0.0/0", "192.168.0.0/24")))
                            .withExcept(
                                    random.nextBoolean()
                                            ? List.of()
                                            : List.of(
                                                    pick(random, List.of("10.0.0.0/31", "10.0.0.2/31", "10.0.0.0/30"))))
                            .endIpBlock();
            }
            peers.add(peer.build());
        }
        return peers;
    }

    private static List<NetworkPolicyPort> ports(Random random) {
        NetworkPolicyPortBuilder port = new NetworkPolicyPortBuilder().withProtocol("TCP");
        return switch (random.nextInt(6)) {
            case 0 -> List.of(port.withPort(new IntOrString(80)).build());
            case 1 -> List.of(port.withPort(new IntOrString(443)).build());
            case 2 ->
                List.of(port.withPort(new IntOrString(81)).withEndPort(8999).build());
            case 3 -> List.of(port.withPort(new IntOrString("http")).build());
            default -> List.of();
        };
    }

    private static LabelSelector selector(Random random, List<String> keys) {
        LabelSelectorBuilder selector = new LabelSelectorBuilder();
        int count = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            String key = pick(random, keys);
            switch (random.nextInt(5)) {
                case 0 -> selector.addToMatchLabels(key, pick(random, NAMED));
                case 1 ->
                    selector.addToMatchExpressions(expression(key, "In", NAMED.subList(0, 1 + random.nextInt(2))));
                case 2 -> selector.addToMatchExpressions(expression(key, "NotIn", NAMED.subList(random.nextInt(2), 2)));
                case 3 -> selector.addToMatchExpressions(expression(key, "Exists", null));
                default -> selector.addToMatchExpressions(expression(key, "DoesNotExist", null));
            }
        }
        return selector.build();
    }

    private static LabelSelectorRequirement expression(String key, String operator, @Nullable List<String> values) {
        return new LabelSelectorRequirement(key, operator, values);
    }

    private static List<Map<String, String>> pods() {
        List<Map<String, String>> all = new ArrayList<>(List.of(Map.of()));
        for (String key : KEYS) {
            for (Map<String, String> labels : List.copyOf(all)) {
                for (String value : List.of("x", "y", "some value that nobody names")) {
                    Map<String, String> more = new HashMap<>(labels);
                    more.put(key, value);
                    all.add(Collections.unmodifiableMap(more));
                }
            }
        }
        return List.copyOf(all);
    }

    private static String name(Namespace namespace) {
        return namespace.getMetadata().getName();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
