package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.network.OpenWay.WayPeer;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who can reach whom, computed from all NetworkPolicies in force, in the worst case: pods may carry any labels and have
 * any address of the pods' ranges, and a rule for addresses opens every pod that may have one of them. A pod that no
 * policy selects for a direction is open in it; one that is selected gets what all its policies open together.
 *
 * <p>Only {@code networking.k8s.io/v1} is read: what a plugin's own kinds of policy open or close is not seen, nor
 * are pods on the host's network, which no policy holds.
 */
@Pure
public final class Reachability {
    private final Map<String, NetworkPlace> places = new TreeMap<>();
    private final AddressSet podAddresses;

    /** A namespace, its labels and what its policies leave open. */
    private record NetworkPlace(Map<String, String> labels, List<OpenWay> ingress, List<OpenWay> egress) {}

    private Reachability(AddressSet podAddresses) {
        this.podAddresses = podAddresses;
    }

    /**
     * Reads the state of a cluster.
     *
     * @param podCidrs ranges of pods; where none is given, every address may be a pod's
     * @throws IllegalArgumentException when a range or a selector cannot be read
     */
    public static Reachability of(
            Collection<Namespace> namespaces, Collection<NetworkPolicy> policies, List<String> podCidrs) {
        Map<String, List<NetworkPolicy>> byNamespace = new TreeMap<>();
        policies.stream()
                .sorted(Comparator.comparing(p -> p.getMetadata().getName()))
                .forEach(p -> byNamespace
                        .computeIfAbsent(p.getMetadata().getNamespace(), _ -> new ArrayList<>())
                        .add(p));
        Reachability reachability =
                new Reachability(podCidrs.isEmpty() ? AddressSet.EVERYTHING : AddressSet.ofRanges(podCidrs));
        for (Namespace namespace : namespaces) {
            String name = namespace.getMetadata().getName();
            List<NetworkPolicy> own = byNamespace.getOrDefault(name, List.of());
            reachability.places.put(
                    name,
                    new NetworkPlace(
                            Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of()),
                            openings(name, own, Direction.Ingress),
                            openings(name, own, Direction.Egress)));
        }
        return reachability;
    }

    /** Names of all namespaces, in order. */
    public List<String> namespaces() {
        return List.copyOf(places.keySet());
    }

    /** Whether there is such a namespace. */
    public boolean knows(String namespace) {
        return places.containsKey(namespace);
    }

    /** What the namespace's policies leave open at its end; nothing where there is no such namespace. */
    public List<OpenWay> openings(String namespace, Direction direction) {
        NetworkPlace place = places.get(namespace);
        return place == null ? List.of() : direction == Direction.Ingress ? place.ingress : place.egress;
    }

    /** The ports that an opening opens between its pods and those of the other namespace, at its own end alone. */
    public PortSet ownEnd(OpenWay opening, String other) {
        NetworkPlace place = places.get(other);
        return place != null && peerPods(opening, other, place.labels).isPresent() ? opening.ports() : PortSet.none();
    }

    /** The opening of the other namespace that together with this one makes a way for a connection; the first of them. */
    public Optional<OpenWay> otherEnd(OpenWay opening, String other) {
        NetworkPlace here = places.get(opening.namespace());
        NetworkPlace there = places.get(other);
        if (here == null || there == null) {
            return Optional.empty();
        }
        Optional<Selector> podsThere = peerPods(opening, other, there.labels);
        if (podsThere.isEmpty()) {
            return Optional.empty();
        }
        return openings(other, opening.direction().otherEnd()).stream()
                .filter(end -> !end.ports().within(opening.ports()).isEmpty())
                .filter(end -> peerPods(end, opening.namespace(), here.labels)
                        .filter(podsHere -> LabelChoice.exists(with(opening.selected(), podsHere), opening.escaped()))
                        .isPresent())
                .filter(end -> LabelChoice.exists(with(end.selected(), podsThere.get()), end.escaped()))
                .findFirst();
    }

    /** Whether some pod of one namespace reaches some pod of the other. */
    public boolean reaches(String from, String to) {
        return openings(from, Direction.Egress).stream()
                .anyMatch(opening -> otherEnd(opening, to).isPresent());
    }

    /** Which pods of a namespace the opening is for: empty where for none of them. */
    private Optional<Selector> peerPods(OpenWay opening, String namespace, Map<String, String> labels) {
        Optional<Selector> pods = switch (opening.peer()) {
            case WayPeer.Everyone _ -> Optional.of(Selector.EVERYTHING);
            case WayPeer.Neighbours(String own, Selector selector) ->
                Optional.of(selector).filter(_ -> own.equals(namespace));
            case WayPeer.Pods(Selector namespaces, Selector selector) ->
                Optional.of(selector).filter(_ -> namespaces.matches(labels));
            case WayPeer.Addresses(AddressSet set) ->
                Optional.of(Selector.EVERYTHING).filter(_ -> set.meets(podAddresses));
        };
        return pods.filter(selector -> LabelChoice.exists(List.of(selector), List.of()));
    }

    private static List<Selector> with(List<Selector> selectors, Selector one) {
        return Stream.concat(selectors.stream(), Stream.of(one)).toList();
    }

    private static List<OpenWay> openings(String namespace, List<NetworkPolicy> policies, Direction direction) {
        List<NetworkPolicy> acting =
                policies.stream().filter(p -> acts(p.getSpec(), direction)).toList();
        List<Selector> selectors = acting.stream()
                .map(p -> Selector.of(p.getSpec().getPodSelector()))
                .distinct()
                .toList();
        List<OpenWay> openings = new ArrayList<>();
        if (LabelChoice.exists(List.of(), selectors)) {
            openings.add(
                    new OpenWay(namespace, direction, "", List.of(), selectors, new WayPeer.Everyone(), PortSet.all()));
        }
        for (NetworkPolicy policy : acting) {
            Selector pods = Selector.of(policy.getSpec().getPodSelector());
            if (LabelChoice.exists(List.of(pods), List.of())) {
                String name = namespace + "/" + policy.getMetadata().getName();
                rules(policy.getSpec(), direction).forEach(rule -> {
                    PortSet ports = rule.ports(); // one for all peers of the rule: a tenant can name many
                    if (!ports.isEmpty()) {
                        rule.peers(namespace)
                                .map(peer ->
                                        new OpenWay(namespace, direction, name, List.of(pods), List.of(), peer, ports))
                                .forEach(openings::add);
                    }
                });
            }
        }
        return List.copyOf(openings);
    }

    /** Without policyTypes a policy acts on what comes in, and on what goes out only where it has rules for that. */
    private static boolean acts(@Nullable NetworkPolicySpec spec, Direction direction) {
        if (spec == null) {
            return false;
        }
        List<String> types = spec.getPolicyTypes();
        if (types == null || types.isEmpty()) {
            return direction == Direction.Ingress
                    || (spec.getEgress() != null && !spec.getEgress().isEmpty());
        }
        return types.contains(direction.name());
    }

    private record Rule(
            @Nullable List<NetworkPolicyPeer> listed,
            @Nullable List<NetworkPolicyPort> onPorts) {
        PortSet ports() {
            return PortSet.ofRule(onPorts);
        }

        Stream<WayPeer> peers(String namespace) {
            return listed == null || listed.isEmpty()
                    ? Stream.of(new WayPeer.Everyone())
                    : listed.stream().map(peer -> peer(peer, namespace));
        }

        private static WayPeer peer(NetworkPolicyPeer peer, String namespace) {
            if (peer.getIpBlock() != null) {
                return new WayPeer.Addresses(AddressSet.ofBlock(
                        peer.getIpBlock().getCidr(), peer.getIpBlock().getExcept()));
            }
            Selector pods = Selector.of(peer.getPodSelector());
            return peer.getNamespaceSelector() == null
                    ? new WayPeer.Neighbours(namespace, pods)
                    : new WayPeer.Pods(Selector.of(peer.getNamespaceSelector()), pods);
        }
    }

    private static Stream<Rule> rules(NetworkPolicySpec spec, Direction direction) {
        return switch (direction) {
            case Ingress ->
                Objects.requireNonNullElse(spec.getIngress(), List.<NetworkPolicyIngressRule>of()).stream()
                        .map(rule -> new Rule(rule.getFrom(), rule.getPorts()));
            case Egress ->
                Objects.requireNonNullElse(spec.getEgress(), List.<NetworkPolicyEgressRule>of()).stream()
                        .map(rule -> new Rule(rule.getTo(), rule.getPorts()));
        };
    }
}
