package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.identity.TenantNamespace;
import dev.bulkhead.operator.network.AddressSet;
import dev.bulkhead.operator.network.Direction;
import dev.bulkhead.operator.network.OpenWay;
import dev.bulkhead.operator.network.OpenWay.WayPeer;
import dev.bulkhead.operator.network.PermittedWays;
import dev.bulkhead.operator.network.Reachability;
import dev.bulkhead.operator.validate.PlatformSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The trials that one look at the policies yields for one tenant. */
final class NetworkTrials {
    /** Besides link-local: addresses at which clouds hand out credentials to whoever asks. */
    private static final AddressSet METADATA = AddressSet.ofRanges(List.of(
            "169.254.0.0/16",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "192.0.0.192/32",
            "fe80::/10",
            "fd00:ec2::254/128",
            "fd20:ce::254/128"));

    private final Reachability reachability;
    private final PlatformSettings settings;
    private final Subject self;
    private final List<Subject> others;
    private final List<Excess> excesses = new ArrayList<>();

    NetworkTrials(NetworkSnapshot snapshot, PlatformSettings settings, Subject self, List<Subject> others) {
        this.reachability = snapshot.reachability();
        this.settings = settings;
        this.self = self;
        this.others = List.copyOf(others);
        for (TenantNamespace namespace : self.namespaces()) {
            PermittedWays permitted = snapshot.permitted(self, namespace.name(), settings);
            for (Direction direction : Direction.values()) {
                reachability.openings(namespace.fullName(), direction).stream()
                        .flatMap(opening -> permitted.excess(opening).stream())
                        .forEach(opening -> excesses.add(new Excess(opening, permitted)));
            }
        }
    }

    /** An opening at the tenant's end, without what it may open towards addresses. */
    private record Excess(OpenWay opening, PermittedWays permitted) {}

    /** A way that is open at this end, and at the other where that is not null. */
    private record Exposure(String other, OpenWay near, Optional<OpenWay> far) {
        String text() {
            return near
                    + far.map(end -> "; in namespace " + other + " " + end)
                            .orElse("; only the other end is closed, in namespace " + other);
        }
    }

    List<Trial> all() {
        List<Trial> trials = new ArrayList<>();
        Set<String> foreign = new TreeSet<>(reachability.namespaces());
        self.namespaces().forEach(n -> foreign.remove(n.fullName()));
        for (Subject other : others) {
            List<String> theirs =
                    other.namespaces().stream().map(TenantNamespace::fullName).toList();
            theirs.forEach(foreign::remove);
            for (Direction direction : Direction.values()) {
                trials.add(pods(Control.TI_NET, "another tenant", direction, "pods of " + other.tenant(), theirs));
            }
        }
        String rest = "pods of the cluster's other namespaces";
        trials.add(pods(Control.TI_NET, "the rest of the cluster", Direction.Ingress, rest, foreign));
        trials.add(pods(Control.TI_EGR, "the rest of the cluster", Direction.Egress, rest, foreign));
        trials.addAll(outside());
        return trials;
    }

    private Trial pods(
            Control control, String whom, Direction direction, String target, Collection<String> namespaces) {
        String name = "traffic " + StaticNetworkProbe.way(direction) + " pods of " + whom;
        List<Exposure> exposures = namespaces.stream()
                .flatMap(other -> exposures(direction, other).stream())
                .toList();
        Optional<Exposure> worst = exposures.stream()
                .filter(e -> e.far().isPresent())
                .findFirst()
                .or(() -> exposures.stream().findFirst());
        if (worst.isEmpty()) {
            return new Trial(
                    control, name, TrialKind.OpenWay, refused(target, reachable(namespaces)), check(direction));
        }
        TrialKind kind = worst.get().far().isPresent() ? TrialKind.OpenWay : TrialKind.Weakness;
        return new Trial(
                control,
                name,
                kind,
                Attempt.succeeded(actor(), target, worst.get().text()),
                check(direction));
    }

    private static String reachable(Collection<String> namespaces) {
        return "no policy in force opens a way to any of " + namespaces.size() + " namespaces";
    }

    private List<Exposure> exposures(Direction direction, String other) {
        return excesses.stream()
                .filter(e -> e.opening().direction() == direction)
                .filter(e -> !reachability.ownEnd(e.opening(), other).isEmpty())
                .filter(e -> !e.permitted().permits(e.opening(), other))
                .map(e -> new Exposure(other, e.opening(), reachability.otherEnd(e.opening(), other)))
                .toList();
    }

    private List<Trial> outside() {
        AddressSet pods = AddressSet.ofRanges(settings.podCidrs());
        AddressSet services = AddressSet.ofRanges(settings.serviceCidrs());
        AddressSet nodes = AddressSet.ofRanges(settings.nodeCidrs());
        AddressSet inside = pods.and(services).and(nodes).and(METADATA);
        AddressSet elsewhere = AddressSet.EVERYTHING.without(inside);
        return List.of(
                addresses(Control.TI_NET, "addresses that are no pod's", Direction.Ingress, nodes.and(elsewhere)),
                addresses(Control.TI_EGR, "the cluster's services", Direction.Egress, services),
                addresses(Control.TI_EGR, "nodes and the API server", Direction.Egress, nodes),
                addresses(Control.TI_EGR, "the metadata address of a cloud", Direction.Egress, METADATA),
                addresses(Control.TI_EGR, "addresses that the spec does not list", Direction.Egress, elsewhere));
    }

    private Trial addresses(Control control, String what, Direction direction, AddressSet range) {
        String name = "traffic " + StaticNetworkProbe.way(direction) + " " + what;
        Attempt attack = range.isEmpty()
                ? Attempt.broken(actor(), what, "the platform's settings do not say which addresses these are")
                : excesses.stream()
                        .map(Excess::opening)
                        .filter(opening -> opening.direction() == direction)
                        .filter(opening -> opens(opening, range))
                        .findFirst()
                        .map(opening -> Attempt.succeeded(actor(), what, opening.toString()))
                        .orElseGet(() -> refused(what, "no policy in force opens a way there"));
        return new Trial(control, name, TrialKind.OpenWay, attack, check(direction));
    }

    private static boolean opens(OpenWay opening, AddressSet range) {
        return switch (opening.peer()) {
            case WayPeer.Everyone _ -> true;
            case WayPeer.Addresses(AddressSet set) -> set.meets(range);
            case WayPeer.Neighbours _, WayPeer.Pods _ -> false;
        };
    }

    /** The same function has to see the ways that must be open: into the own namespaces, and out to DNS. */
    private Attempt check(Direction direction) {
        List<String> own =
                self.namespaces().stream().map(TenantNamespace::fullName).toList();
        if (direction == Direction.Ingress) {
            List<String> closed =
                    own.stream().filter(n -> !reachability.reaches(n, n)).toList();
            return closed.isEmpty()
                    ? Attempt.succeeded(actor(), "pods of its own namespaces", "seen as open")
                    : broken("pods of its own namespaces", closed);
        }
        String dns = settings.dnsNamespace();
        List<String> closed =
                own.stream().filter(n -> !reachability.reaches(n, dns)).toList();
        return closed.isEmpty()
                ? Attempt.succeeded(actor(), "the cluster's DNS in " + dns, "seen as open")
                : broken("the cluster's DNS in " + dns, closed);
    }

    private Attempt broken(String target, List<String> namespaces) {
        return Attempt.broken(
                actor(),
                target,
                "the way that has to be open is seen as closed from "
                        + namespaces.stream().collect(Collectors.joining(", ")));
    }

    private Attempt refused(String target, String detail) {
        return Attempt.refused(actor(), target, detail);
    }

    private String actor() {
        return "pods of " + self.tenant();
    }
}
