package dev.bulkhead.operator.probe.connection;

import dev.bulkhead.operator.probe.connection.Target.Protocol;
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
 * @param in what it must not reach: the tenant's listener
 */
record Plan(
        Map<Aim, List<Target>> own,
        Map<Aim, List<Target>> out,
        Map<Aim, List<Target>> theirs,
        Map<Aim, List<Target>> in) {
    /** Where clouds hand out credentials to whoever asks; the second where pods have IPv6. */
    private static final String METADATA = "169.254.169.254";

    private static final String METADATA_6 = "fd00:ec2::254";
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
        Metadata
    }

    /**
     * Where everything is.
     *
     * @param listener addresses of the tenant's listener
     * @param canary addresses of the canary's listener
     * @param service addresses of the Service in front of it
     * @param api addresses of the API server, each with its port
     * @param nodes addresses of the nodes that the listeners run on
     */
    record Surroundings(
            List<String> listener, List<String> canary, List<String> service, List<Target> api, List<String> nodes) {
        Surroundings {
            listener = List.copyOf(listener);
            canary = List.copyOf(canary);
            service = List.copyOf(service);
            api = List.copyOf(api);
            nodes = List.copyOf(nodes);
        }
    }

    static Plan of(Surroundings where) {
        Map<Aim, List<Target>> out = listeners(where.canary());
        out.put(Aim.Service, services(where));
        out.put(Aim.ApiServer, where.api());
        out.put(
                Aim.Node,
                where.nodes().stream()
                        .distinct()
                        .map(a -> Target.server(a, KUBELET))
                        .toList());
        out.put(
                Aim.Metadata,
                where.listener().stream()
                        .map(own -> Target.server(own.contains(":") ? METADATA_6 : METADATA, HTTP))
                        .distinct()
                        .toList());
        Map<Aim, List<Target>> theirs = listeners(where.canary());
        theirs.put(Aim.Service, services(where));
        return new Plan(listeners(where.listener()), out, theirs, listeners(where.listener()));
    }

    private static Map<Aim, List<Target>> listeners(List<String> addresses) {
        int port = Listener.PORTS.getFirst();
        int dns = Listener.PORTS.getLast();
        Map<Aim, List<Target>> targets = new EnumMap<>(Aim.class);
        targets.put(
                Aim.Pod,
                addresses.stream()
                        .map(a -> Target.listener(Protocol.tcp, a, port))
                        .toList());
        targets.put(
                Aim.Datagram,
                addresses.stream()
                        .map(a -> Target.listener(Protocol.udp, a, port))
                        .toList());
        targets.put(
                Aim.NameServer,
                addresses.stream()
                        .flatMap(a ->
                                Stream.of(Target.listener(Protocol.udp, a, dns), Target.listener(Protocol.tcp, a, dns)))
                        .toList());
        return targets;
    }

    private static List<Target> services(Surroundings where) {
        return where.service().stream()
                .map(a -> Target.listener(Protocol.tcp, a, Listener.PORTS.getFirst()))
                .toList();
    }

    /** Arguments of {@link ProbePod} for the tenant's pod. */
    List<String> outwards(String word, long millis) {
        return arguments(word, millis, own, out);
    }

    /** Arguments of {@link ProbePod} for the canary's pod. */
    List<String> inwards(String word, long millis) {
        return arguments(word, millis, theirs, in);
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
