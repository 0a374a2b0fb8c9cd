package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What may enter and leave: resolves peers, checks destinations. */
final class NetworkRules {
    private static final int NAME_LONGEST = 40;
    private static final int HIGHEST_PORT = 65535;

    /** Names that only mean something inside a cluster or a host. */
    private static final List<String> INSIDE =
            List.of(".cluster.local", ".svc", ".local", ".localhost", ".metadata.google.internal");

    private NetworkRules() {}

    static ValidTenant.ValidNetwork check(
            NetworkRequest network,
            Map<String, TenantProfileSpec.Peer> peers,
            PlatformSettings settings,
            Findings findings,
            Findings ofRules) {
        findings.distinct("spec.network.ingressFrom", network.ingressFrom());
        Map<String, TenantProfileSpec.Peer> ingress = new TreeMap<>();
        for (String name : network.ingressFrom()) {
            TenantProfileSpec.Peer peer = peers.get(name);
            if (peer == null) {
                ofRules.add(
                        Reason.UnknownPeer,
                        "spec.network.ingressFrom",
                        "the profile names no peer " + Quoted.of(name) + "; it has " + known(peers));
            } else {
                ingress.put(name, peer);
            }
        }
        findings.distinct(
                "spec.network.egress",
                network.egress().stream().map(d -> String.valueOf(d.name())).toList());
        Destinations destinations = Destinations.of(settings);
        List<ValidTenant.Egress> egress = new ArrayList<>();
        SortedSet<String> denied = new TreeSet<>();
        for (NetworkRequest.Destination destination : network.egress()) {
            String subject = "spec.network.egress[" + destination.name() + "]";
            form(destination, subject, findings);
            List<ValidTenant.Block> blocks = blocks(destination, subject, destinations, findings, ofRules);
            if (!blocks.isEmpty()) {
                egress.add(new ValidTenant.Egress(destination.name(), blocks, destination.ports()));
            }
            if (destination.hosts() != null) {
                denied.addAll(destination.hosts());
            }
        }
        return new ValidTenant.ValidNetwork(Collections.unmodifiableMap(ingress), egress, List.copyOf(denied));
    }

    /**
     * What of {@code held} is still asked for by its name.
     *
     * @param peers where the platform's components run by now; one that is none any more gets in nowhere
     */
    static ValidTenant.ValidNetwork still(
            ValidTenant.ValidNetwork held, @Nullable NetworkRequest asked, Map<String, TenantProfileSpec.Peer> peers) {
        NetworkRequest network = Objects.requireNonNullElseGet(asked, NetworkRequest::none);
        Map<String, TenantProfileSpec.Peer> ingress = new TreeMap<>(peers);
        ingress.keySet().retainAll(held.ingress().keySet());
        ingress.keySet().retainAll(network.ingressFrom());
        Set<String> destinations = network.egress().stream()
                .map(destination -> String.valueOf(destination.name()))
                .collect(Collectors.toSet());
        return new ValidTenant.ValidNetwork(
                Collections.unmodifiableMap(ingress),
                held.egress().stream()
                        .filter(egress -> destinations.contains(egress.name()))
                        .toList(),
                held.deniedHosts());
    }

    private static String known(Map<String, TenantProfileSpec.Peer> peers) {
        return peers.isEmpty() ? "none" : String.join(", ", peers.keySet());
    }

    private static void form(NetworkRequest.Destination destination, String subject, Findings findings) {
        if (!Text.label(destination.name(), NAME_LONGEST)) {
            findings.add(
                    Reason.InvalidName,
                    "spec.network.egress[" + Quoted.of(destination.name()) + "].name",
                    "must be 1 to " + NAME_LONGEST + " lower-case letters, digits and '-'");
        }
        if ((destination.cidrs() == null) == (destination.hosts() == null)) {
            findings.add(
                    Reason.InvalidSpec, subject, "give either cidrs or hosts: a network policy knows addresses only");
        }
        if (destination.subprocessor() != null && !Text.label(destination.subprocessor(), 63)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".subprocessor",
                    Quoted.of(destination.subprocessor()) + " must be lower-case letters, digits and '-'");
        }
        ports(destination, subject, findings);
        if (destination.hosts() != null) {
            destination.hosts().forEach(h -> host(h, subject, findings));
            findings.distinct(subject + ".hosts", destination.hosts());
        }
    }

    private static void ports(NetworkRequest.Destination destination, String subject, Findings findings) {
        if (destination.ports().isEmpty()) {
            findings.add(Reason.InvalidSpec, subject + ".ports", "is empty; name the ports that are needed");
        }
        List<String> seen = new ArrayList<>();
        for (NetworkRequest.Port port : destination.ports()) {
            Integer first = port.port();
            Integer last = port.endPort() == null ? first : port.endPort();
            if (first == null || first < 1 || last > HIGHEST_PORT || last < first) {
                findings.add(
                        Reason.InvalidSpec,
                        subject + ".ports",
                        first + (port.endPort() == null ? "" : "-" + last) + " is no port or range of ports from 1 to "
                                + HIGHEST_PORT);
            }
            seen.add(first + "-" + last + "/" + port.protocol());
        }
        findings.distinct(subject + ".ports", seen);
    }

    private static void host(String host, String subject, Findings findings) {
        if (!Text.host(host)) {
            findings.add(
                    Reason.InvalidSpec,
                    subject + ".hosts",
                    Quoted.of(host) + " must be a full DNS name in lower case, such as api.example.com; no '*', no"
                            + " addresses, international names in their xn-- form");
        } else if (INSIDE.stream().anyMatch(("." + host)::endsWith)) {
            findings.add(
                    Reason.DestinationRefused,
                    subject + ".hosts",
                    Quoted.of(host) + " is a name inside the cluster; a destination is outside of it");
        }
    }

    private static List<ValidTenant.Block> blocks(
            NetworkRequest.Destination destination,
            String subject,
            Destinations destinations,
            Findings findings,
            Findings ofRules) {
        List<ValidTenant.Block> blocks = new ArrayList<>();
        if (destination.cidrs() == null) {
            return blocks;
        }
        findings.distinct(subject + ".cidrs", destination.cidrs());
        for (String text : destination.cidrs()) {
            switch (destinations.check(text)) {
                case Destinations.Checked.Allowed allowed -> blocks.add(allowed.block());
                case Destinations.Checked.Refused refused -> {
                    // A range that the platform took for itself since is left out, and the tenant lives on.
                    Findings to = refused.reason() == Reason.DestinationRefused ? ofRules : findings;
                    to.add(refused.reason(), subject + ".cidrs", refused.message());
                }
            }
        }
        blocks.sort(java.util.Comparator.comparing(b -> Cidr.of(b.cidr())));
        return blocks;
    }
}
