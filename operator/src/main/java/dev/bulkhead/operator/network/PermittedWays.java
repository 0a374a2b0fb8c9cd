package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.api.v1beta1.NetworkRequest.Port;
import dev.bulkhead.api.v1beta1.NetworkRequest.Protocol;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.network.OpenWay.WayPeer;
import dev.bulkhead.operator.validate.Destinations;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Ways that may be open from and to a namespace of a tenant, by its spec and by the platform's word alone: read without
 * the plan of the operator, so that a mistake of the plan is found.
 */
@Pure
public final class PermittedWays {
    private static final List<Port> DNS_PORTS =
            List.of(new Port(53, null, Protocol.TCP), new Port(53, null, Protocol.UDP));

    private final List<SelectedPods> ingress = new ArrayList<>();
    private final List<SelectedPods> egress = new ArrayList<>();
    private final List<Outside> outside = new ArrayList<>();

    private PermittedWays() {}

    private record SelectedPods(String namespace, Map<String, String> labels, PortSet ports) {}

    private record Outside(AddressSet addresses, PortSet ports) {}

    /**
     * What this namespace may.
     *
     * @param namespace the tenant's own name of it
     * @param peers of the tenant's profile
     * @param backends where the tenant's servers and stores are, by part
     */
    public static PermittedWays of(
            TenantSpec spec,
            String namespace,
            Map<String, TenantProfileSpec.Peer> peers,
            Map<PartId, ReachableAs> backends,
            PlatformSettings settings) {
        PermittedWays ways = new PermittedWays();
        ways.egress.add(new SelectedPods(settings.dnsNamespace(), settings.dnsPodLabels(), PortSet.ofSpec(DNS_PORTS)));
        NetworkRequest network = Objects.requireNonNullElseGet(spec.network(), NetworkRequest::none);
        for (String name : network.ingressFrom()) {
            TenantProfileSpec.Peer peer = peers.get(name);
            if (peer != null) {
                ways.ingress.add(new SelectedPods(peer.namespace(), peer.podLabels(), PortSet.ofSpec(peer.ports())));
            }
        }
        Destinations destinations = Destinations.of(settings);
        for (NetworkRequest.Destination destination : network.egress()) {
            for (String cidr : Objects.requireNonNullElse(destination.cidrs(), List.<String>of())) {
                if (destinations.check(cidr) instanceof Destinations.Checked.Allowed(Block block)
                        && !destination.ports().isEmpty()) {
                    ways.outside.add(new Outside(
                            AddressSet.ofBlock(block.cidr(), block.except()), PortSet.ofSpec(destination.ports())));
                }
            }
        }
        backends.forEach((part, address) -> {
            if (BackedParts.request(spec, part).deliverTo().contains(namespace)) {
                ways.backend(address);
            }
        });
        return ways;
    }

    private void backend(ReachableAs address) {
        PortSet port = PortSet.ofSpec(List.of(new Port(address.port(), null, Protocol.TCP)));
        if (address.namespace() != null) {
            egress.add(new SelectedPods(address.namespace(), address.podLabels(), port));
        } else if (address.cidrs() != null) {
            outside.add(new Outside(AddressSet.ofRanges(address.cidrs()), port));
        }
    }

    /** What of an opening is more than these ways, towards addresses; empty where nothing is. */
    public Optional<OpenWay> excess(OpenWay opening) {
        if (!(opening.peer() instanceof WayPeer.Addresses(AddressSet set))
                || opening.direction() == Direction.Ingress) {
            return Optional.of(opening);
        }
        AddressSet left = set;
        for (Outside way : outside) {
            if (way.ports.covers(opening.ports())) {
                left = left.without(way.addresses);
            }
        }
        return left.isEmpty() ? Optional.empty() : Optional.of(opening.towards(new WayPeer.Addresses(left)));
    }

    /** Whether an opening towards pods of that namespace is one of these ways. */
    public boolean permits(OpenWay opening, String other) {
        if (!(opening.peer() instanceof WayPeer.Pods peer)) {
            return false;
        }
        PortSet permitted = (opening.direction() == Direction.Ingress ? ingress : egress)
                .stream()
                        .filter(way ->
                                way.namespace.equals(other) && peer.pods().implies(way.labels))
                        .map(SelectedPods::ports)
                        .reduce(PortSet.none(), PortSet::and);
        return permitted.covers(opening.ports());
    }
}
