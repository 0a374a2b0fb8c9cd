package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.NetworkRequest.Port;
import dev.bulkhead.api.v1beta1.NetworkRequest.Protocol;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.TenantProfileSpec.Peer;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.MarkedMetadata;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.ValidTenant.Egress;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import dev.bulkhead.operator.validate.ValidTenant.ValidBackend;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Plans what may enter and leave a tenant's namespaces. Everything is denied; each further policy opens one thing for
 * one reason, and is named after it. Of a suspended tenant only the denial is left.
 *
 * <p>An empty list of peers or ports means "all" to Kubernetes: a destination without addresses or without ports
 * therefore becomes no policy at all.
 */
@Pure
public final class NetworkPlanner {
    /** Denies everything in both directions. */
    public static final String DEFAULT_DENY = "bulkhead-default-deny";

    /** Opens the cluster's DNS. */
    public static final String DNS = "bulkhead-dns";

    /** Opens the tenant's namespaces to each other. */
    public static final String OWN_TENANT = "bulkhead-own-tenant";

    private static final String INGRESS = "bulkhead-ingress-";
    private static final String EGRESS = "bulkhead-egress-";
    private static final int DNS_PORT = 53;

    private NetworkPlanner() {}

    /** All policies, sorted by namespace and name. */
    public static List<NetworkPolicy> policies(ValidTenant tenant, PlatformSettings settings) {
        return tenant.namespaces().stream()
                .map(Share::namespace)
                .sorted()
                .flatMap(namespace -> rules(tenant, namespace, settings)
                        .sorted(Comparator.comparing(PolicyRules::name))
                        .map(rules -> rules.policy(MarkedMetadata.of(namespace, tenant.identity(), rules.name()))))
                .toList();
    }

    private static Stream<PolicyRules> rules(ValidTenant tenant, TenantNamespace namespace, PlatformSettings settings) {
        Stream<PolicyRules> denial = Stream.of(PolicyRules.none(DEFAULT_DENY));
        if (tenant.suspended()) {
            return denial;
        }
        return Stream.of(
                        denial,
                        Stream.of(dns(settings), ownTenant(tenant)),
                        tenant.network().ingress().entrySet().stream()
                                .map(peer -> ingress(peer.getKey(), peer.getValue())),
                        tenant.network().egress().stream().flatMap(destination -> egress(destination).stream()),
                        tenant.backends().entrySet().stream()
                                .flatMap(backend -> backend(backend.getKey(), backend.getValue(), namespace).stream()))
                .flatMap(rules -> rules);
    }

    private static PolicyRules dns(PlatformSettings settings) {
        return PolicyRules.egress(
                DNS,
                List.of(pods(settings.dnsNamespace(), settings.dnsPodLabels())),
                List.of(new Port(DNS_PORT, null, Protocol.TCP), new Port(DNS_PORT, null, Protocol.UDP)));
    }

    private static PolicyRules ownTenant(ValidTenant tenant) {
        NetworkPolicyPeer own = new NetworkPolicyPeerBuilder()
                .withNewNamespaceSelector()
                .withMatchLabels(Map.of(Marks.IDENTITY, tenant.identity().value()))
                .endNamespaceSelector()
                .build();
        return PolicyRules.both(OWN_TENANT, List.of(own));
    }

    private static PolicyRules ingress(String name, Peer peer) {
        return PolicyRules.ingress(INGRESS + name, List.of(pods(peer.namespace(), peer.podLabels())), peer.ports());
    }

    private static Optional<PolicyRules> egress(Egress destination) {
        if (destination.blocks().isEmpty() || destination.ports().isEmpty()) {
            return Optional.empty();
        }
        List<NetworkPolicyPeer> blocks = destination.blocks().stream()
                .map(block -> block(block.cidr(), block.except()))
                .toList();
        return Optional.of(PolicyRules.egress(EGRESS + destination.name(), blocks, destination.ports()));
    }

    /** Name of the policy that opens the way to the server or store a part lies on. */
    public static String backend(PartId part) {
        return "bulkhead-" + part.label();
    }

    private static Optional<PolicyRules> backend(PartId part, ValidBackend backend, TenantNamespace namespace) {
        ReachableAs address = backend.reachableAs();
        if (address == null || !backend.request().deliverTo().contains(namespace.name())) {
            return Optional.empty();
        }
        List<NetworkPolicyPeer> peers = peers(address);
        return peers.isEmpty()
                ? Optional.empty()
                : Optional.of(PolicyRules.egress(
                        backend(part), peers, List.of(new Port(address.port(), null, Protocol.TCP))));
    }

    private static List<NetworkPolicyPeer> peers(ReachableAs address) {
        if (address.namespace() != null) {
            return List.of(pods(address.namespace(), address.podLabels()));
        }
        return Stream.ofNullable(address.cidrs())
                .flatMap(List::stream)
                .distinct()
                .sorted()
                .map(cidr -> block(cidr, List.of()))
                .toList();
    }

    private static NetworkPolicyPeer block(String cidr, List<String> except) {
        return new NetworkPolicyPeerBuilder()
                .withNewIpBlock()
                .withCidr(cidr)
                .withExcept(except)
                .endIpBlock()
                .build();
    }

    /** Pods of one namespace; without labels every pod of it. */
    private static NetworkPolicyPeer pods(String namespace, Map<String, String> labels) {
        NetworkPolicyPeerBuilder peer = new NetworkPolicyPeerBuilder()
                .withNewNamespaceSelector()
                .withMatchLabels(Map.of(MarkedMetadata.NAMESPACE_NAME, namespace))
                .endNamespaceSelector();
        if (!labels.isEmpty()) {
            peer.withNewPodSelector().withMatchLabels(labels).endPodSelector();
        }
        return peer.build();
    }
}
