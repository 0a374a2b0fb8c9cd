package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.NetworkRequest;
import dev.bulkhead.operator.Pure;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Ports by protocol, as a rule of a policy opens them. Immutable. */
@Pure
public final class PortSet {
    private static final int PORTS = 65536;

    private static final PortSet ALL = everyPort();

    private final Map<PolicyProtocol, BitSet> ports;

    private PortSet(Map<PolicyProtocol, BitSet> ports) {
        this.ports = ports;
    }

    /** Transports that policies know. */
    private enum PolicyProtocol {
        TCP,
        UDP,
        SCTP
    }

    /** Every port of every protocol. */
    public static PortSet all() {
        return ALL;
    }

    private static PortSet everyPort() {
        PortSet all = none();
        for (PolicyProtocol protocol : PolicyProtocol.values()) {
            all.add(protocol.name(), range(1, PORTS - 1));
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

    private static BitSet numbers(NetworkPolicyPort port) {
        Integer first = port.getPort() == null ? null : port.getPort().getIntVal();
        if (first == null || port.getPort().getStrVal() != null) {
            return range(1, PORTS - 1);
        }
        return range(first, port.getEndPort() == null ? first : port.getEndPort());
    }

    /** What a spec asks for; no port means every port. */
    public static PortSet ofSpec(Collection<NetworkRequest.Port> asked) {
        if (asked.isEmpty()) {
            return all();
        }
        PortSet ports = new PortSet(new EnumMap<>(PolicyProtocol.class));
        for (NetworkRequest.Port port : asked) {
            int last = port.endPort() == null ? port.port() : port.endPort();
            ports.add(port.protocol().name(), range(port.port(), last));
        }
        return ports;
    }

    /** No port. */
    static PortSet none() {
        return new PortSet(new EnumMap<>(PolicyProtocol.class));
    }

    private static BitSet range(int first, int last) {
        BitSet bits = new BitSet();
        if (first >= 0 && last >= first) {
            bits.set(first, last + 1);
        }
        return bits;
    }

    /** A protocol nobody knows yet is taken for each of the known ones. */
    private void add(@Nullable String protocol, BitSet more) {
        boolean known = false;
        for (PolicyProtocol each : PolicyProtocol.values()) {
            if (each.name().equals(protocol == null ? "TCP" : protocol)) {
                ports.computeIfAbsent(each, _ -> new BitSet()).or(more);
                known = true;
            }
        }
        if (!known) {
            for (PolicyProtocol each : PolicyProtocol.values()) {
                ports.computeIfAbsent(each, _ -> new BitSet()).or(more);
            }
        }
    }

    /** Ports of both. */
    public PortSet within(PortSet other) {
        PortSet both = none();
        ports.forEach((protocol, bits) -> {
            BitSet common = (BitSet) bits.clone();
            common.and(other.ports.getOrDefault(protocol, new BitSet()));
            both.ports.put(protocol, common);
        });
        return both;
    }

    /** Ports of either. */
    public PortSet and(PortSet other) {
        PortSet either = none();
        ports.forEach((protocol, bits) -> either.add(protocol.name(), bits));
        other.ports.forEach((protocol, bits) -> either.add(protocol.name(), bits));
        return either;
    }

    /** Whether every port of the other is one of these. */
    public boolean covers(PortSet other) {
        return other.ports.entrySet().stream().allMatch(entry -> {
            BitSet left = (BitSet) entry.getValue().clone();
            left.andNot(ports.getOrDefault(entry.getKey(), new BitSet()));
            return left.isEmpty();
        });
    }

    /** Whether it has none. */
    public boolean isEmpty() {
        return ports.values().stream().allMatch(BitSet::isEmpty);
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
            BitSet bits = Objects.requireNonNullElseGet(ports.get(protocol), BitSet::new);
            for (int first = bits.nextSetBit(0); first >= 0; first = bits.nextSetBit(bits.nextClearBit(first))) {
                if (++named > 5) {
                    return text + ", …";
                }
                int last = bits.nextClearBit(first) - 1;
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
