package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ports by protocol, as a rule of a policy opens them. Immutable, and as large as its ranges are many: tenants write
 * rules, and what holds a rule must not cost more than the rule.
 */
@Pure
public final class PortSet {
    private static final int PORTS = 65536;

    private static final PortSet ALL = everyPort();

    private final Map<PolicyProtocol, PortRanges> ports;

    private PortSet(Map<PolicyProtocol, PortRanges> ports) {
        this.ports = ports;
    }

    /** Transports that policies know. */
    private enum PolicyProtocol {
        TCP,
        UDP,
        SCTP
    }

    /**
     * PortRanges of numbers, none of which touch.
     *
     * @param bounds ascending; first and last of each range, both included
     */
    @SuppressWarnings("ArrayRecordComponent") // never handed out
    private record PortRanges(int[] bounds) {
        static final PortRanges NONE = new PortRanges(new int[0]);
        static final PortRanges EVERY = of(1, PORTS - 1);

        /** None where a port is no number of a port, or the last comes before the first. */
        static PortRanges of(int first, int last) {
            return first < 0 || last < first ? NONE : new PortRanges(new int[] {first, last});
        }

        int count() {
            return bounds.length / 2;
        }

        int first(int i) {
            return bounds[2 * i];
        }

        int last(int i) {
            return bounds[2 * i + 1];
        }

        boolean isEmpty() {
            return bounds.length == 0;
        }

        PortRanges or(PortRanges other) {
            if (isEmpty() || other.isEmpty()) {
                return isEmpty() ? other : this;
            }
            int[] merged = new int[bounds.length + other.bounds.length];
            int length = 0;
            for (int i = 0, j = 0; i < count() || j < other.count(); ) {
                boolean mine = j == other.count() || (i < count() && first(i) <= other.first(j));
                int first = mine ? first(i) : other.first(j);
                int last = mine ? last(i++) : other.last(j++);
                if (length > 0 && first <= merged[length - 1] + 1) {
                    merged[length - 1] = Math.max(merged[length - 1], last);
                } else {
                    merged[length++] = first;
                    merged[length++] = last;
                }
            }
            return new PortRanges(Arrays.copyOf(merged, length));
        }

        PortRanges and(PortRanges other) {
            int[] common = new int[bounds.length + other.bounds.length];
            int length = 0;
            for (int i = 0, j = 0; i < count() && j < other.count(); ) {
                int first = Math.max(first(i), other.first(j));
                int last = Math.min(last(i), other.last(j));
                if (first <= last) {
                    common[length++] = first;
                    common[length++] = last;
                }
                if (last(i) < other.last(j)) {
                    i++;
                } else {
                    j++;
                }
            }
            return new PortRanges(Arrays.copyOf(common, length));
        }

        boolean covers(PortRanges other) {
            return Arrays.equals(and(other).bounds, other.bounds);
        }
    }

    /** Every port of every protocol. */
    public static PortSet all() {
        return ALL;
    }

    private static PortSet everyPort() {
        PortSet all = none();
        for (PolicyProtocol protocol : PolicyProtocol.values()) {
            all.add(protocol.name(), PortRanges.EVERY);
        }
        return all;
    }

    /**
     * What a rule opens, in the worst case. No list means every port. A port given by name may be any port of its
     * protocol, because whoever makes a pod names its ports.
     */
    public static PortSet ofRule(@Nullable Collection<NetworkPolicyPort> rule) {
        if (rule == null || rule.isEmpty()) {
            return all();
        }
        PortSet opened = new PortSet(new EnumMap<>(PolicyProtocol.class));
        for (NetworkPolicyPort port : rule) {
            opened.add(port.getProtocol(), numbers(port));
        }
        return opened;
    }

    private static PortRanges numbers(NetworkPolicyPort port) {
        Integer first = port.getPort() == null ? null : port.getPort().getIntVal();
        if (first == null || port.getPort().getStrVal() != null) {
            return PortRanges.EVERY;
        }
        return PortRanges.of(first, port.getEndPort() == null ? first : port.getEndPort());
    }

    /** What a spec asks for; no port means every port. */
    public static PortSet ofSpec(Collection<NetworkRequest.Port> asked) {
        if (asked.isEmpty()) {
            return all();
        }
        PortSet ports = new PortSet(new EnumMap<>(PolicyProtocol.class));
        for (NetworkRequest.Port port : asked) {
            int last = port.endPort() == null ? port.port() : port.endPort();
            ports.add(port.protocol().name(), PortRanges.of(port.port(), last));
        }
        return ports;
    }

    /** No port. */
    static PortSet none() {
        return new PortSet(new EnumMap<>(PolicyProtocol.class));
    }

    /** A protocol nobody knows yet is taken for each of the known ones. */
    private void add(@Nullable String protocol, PortRanges more) {
        boolean known = false;
        for (PolicyProtocol each : PolicyProtocol.values()) {
            if (each.name().equals(protocol == null ? "TCP" : protocol)) {
                ports.merge(each, more, PortRanges::or);
                known = true;
            }
        }
        if (!known) {
            for (PolicyProtocol each : PolicyProtocol.values()) {
                ports.merge(each, more, PortRanges::or);
            }
        }
    }

    /** Ports of both. */
    public PortSet within(PortSet other) {
        PortSet both = none();
        ports.forEach((protocol, ranges) ->
                both.ports.put(protocol, ranges.and(other.ports.getOrDefault(protocol, PortRanges.NONE))));
        return both;
    }

    /** Ports of either. */
    public PortSet and(PortSet other) {
        PortSet either = none();
        ports.forEach((protocol, ranges) -> either.add(protocol.name(), ranges));
        other.ports.forEach((protocol, ranges) -> either.add(protocol.name(), ranges));
        return either;
    }

    /** Whether every port of the other is one of these. */
    public boolean covers(PortSet other) {
        return other.ports.entrySet().stream()
                .allMatch(entry ->
                        ports.getOrDefault(entry.getKey(), PortRanges.NONE).covers(entry.getValue()));
    }

    /** Whether it has none. */
    public boolean isEmpty() {
        return ports.values().stream().allMatch(PortRanges::isEmpty);
    }

    /** Such as {@code TCP 443, UDP 16384-32768}; cut after a few. */
    @Override
    public String toString() {
        if (covers(all())) {
            return "all ports";
        }
        StringBuilder text = new StringBuilder();
        int named = 0;
        for (PolicyProtocol protocol : PolicyProtocol.values()) {
            PortRanges ranges = ports.getOrDefault(protocol, PortRanges.NONE);
            for (int i = 0; i < ranges.count(); i++) {
                if (++named > 5) {
                    return text + ", …";
                }
                int first = ranges.first(i);
                int last = ranges.last(i);
                text.append(text.isEmpty() ? "" : ", ")
                        .append(protocol)
                        .append(' ')
                        .append(first)
                        .append(last == first ? "" : "-" + last);
            }
        }
        return text.isEmpty() ? "no port" : text.toString();
    }
}
