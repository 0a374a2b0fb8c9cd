package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.probe.connection.Target.TargetProtocol;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What the pods of one exchange try.
 *
 * @param own what the tenant's pod must reach, by aim: its own listener
 * @param out what it must not reach
 * @param theirs what the canary's pod must reach: its own listener, and by its Service
 * @param in what it must not reach: the tenant's listener; one pod of the canary's tries those of all namespaces
 */
record ExchangePlan(
        Map<Aim, List<Target>> own,
        Map<Aim, List<Target>> out,
        Map<Aim, List<Target>> theirs,
        Map<Aim, List<Target>> in) {
    /** Where clouds hand out credentials to whoever asks; the second where pods have IPv6. */
    private static final String METADATA = "169.254.169.254";

    private static final String METADATA_6 = "fd00:ec2::254";

    /** Addresses of documentation (RFC 5737, RFC 3849): nobody is there, so who refuses here is the network itself. */
    private static final String NOBODY = "192.0.2.1";

    private static final String NOBODY_6 = "2001:db8::1";
    private static final int HTTP = 80;
    private static final int KUBELET = 10250;

    /** What is aimed at; of one aim there may be several addresses. */
    enum Aim {
        Pod,
        Datagram,
        NameServer,
        Service,
        ApiServer,
        Node,
        /** A part of an object store's server that is not S3. */
        StorePart,
        Metadata,
        /** Not an attack: how this network says no where nobody is. */
        Nobody
    }

    /**
     * Where everything is.
     *
     * @param listener addresses of the tenant's listener
     * @param canary addresses of the canary's listener
     * @param service addresses of the Service in front of it
     * @param api addresses of the API server, each with its port
     * @param nodes addresses of the nodes that the listeners run on
     * @param storeParts addresses of what object stores' servers have besides S3, each with its port
     */
    record ExchangeSurroundings(
            List<String> listener,
            List<String> canary,
            List<String> service,
            List<Target> api,
            List<String> nodes,
            List<Target> storeParts) {
        ExchangeSurroundings {
            listener = List.copyOf(listener);
            canary = List.copyOf(canary);
            service = List.copyOf(service);
            api = List.copyOf(api);
            nodes = List.copyOf(nodes);
            storeParts = List.copyOf(storeParts);
        }
    }

    static ExchangePlan of(ExchangeSurroundings where) {
        Map<Aim, List<Target>> out = listeners(where.canary());
        out.put(Aim.Service, services(where));
        out.put(Aim.ApiServer, where.api());
        out.put(
                Aim.Node,
                where.nodes().stream()
                        .distinct()
                        .map(a -> Target.server(a, KUBELET))
                        .toList());
        out.put(Aim.StorePart, where.storeParts());
        out.put(
                Aim.Nobody,
                where.listener().stream()
                        .map(own -> Target.server(own.contains(":") ? NOBODY_6 : NOBODY, HTTP))
                        .distinct()
                        .toList());
        out.put(
                Aim.Metadata,
                where.listener().stream()
                        .map(own -> Target.server(own.contains(":") ? METADATA_6 : METADATA, HTTP))
                        .distinct()
                        .toList());
        Map<Aim, List<Target>> theirs = listeners(where.canary());
        theirs.put(Aim.Service, services(where));
        return new ExchangePlan(listeners(where.listener()), out, theirs, listeners(where.listener()));
    }

    private static Map<Aim, List<Target>> listeners(List<String> addresses) {
        int port = Target.PORTS.getFirst();
        int dns = Target.PORTS.getLast();
        Map<Aim, List<Target>> targets = new EnumMap<>(Aim.class);
        targets.put(
                Aim.Pod,
                addresses.stream()
                        .map(a -> Target.listener(TargetProtocol.tcp, a, port))
                        .toList());
        targets.put(
                Aim.Datagram,
                addresses.stream()
                        .map(a -> Target.listener(TargetProtocol.udp, a, port))
                        .toList());
        targets.put(
                Aim.NameServer,
                addresses.stream()
                        .flatMap(a -> Stream.of(
                                Target.listener(TargetProtocol.udp, a, dns),
                                Target.listener(TargetProtocol.tcp, a, dns)))
                        .toList());
        return targets;
    }

    private static List<Target> services(ExchangeSurroundings where) {
        return where.service().stream()
                .map(a -> Target.listener(TargetProtocol.tcp, a, Target.PORTS.getFirst()))
                .toList();
    }

    /** Arguments of {@link ProbePod} for the tenant's pod. */
    List<String> outwards(String word, long millis) {
        return arguments(word, millis, own, out);
    }

    /** Arguments of {@link ProbePod} for the canary's pod, which is one for all namespaces of the tenant. */
    static List<String> inwards(String word, long millis, List<ExchangePlan> plans) {
        Map<Aim, List<Target>> all = new EnumMap<>(Aim.class);
        plans.forEach(plan -> plan.in()
                .forEach((aim, targets) ->
                        all.computeIfAbsent(aim, _ -> new ArrayList<>()).addAll(targets)));
        return arguments(word, millis, plans.getFirst().theirs(), all);
    }

    private static List<String> arguments(
            String word, long millis, Map<Aim, List<Target>> controls, Map<Aim, List<Target>> attacks) {
        List<Target> first = controls.values().stream().flatMap(List::stream).toList();
        List<String> arguments =
                new ArrayList<>(List.of("attack", word, Long.toString(millis), Integer.toString(first.size())));
        Stream.concat(first.stream(), attacks.values().stream().flatMap(List::stream))
                .map(Target::toString)
                .forEach(arguments::add);
        return List.copyOf(arguments);
    }
}
