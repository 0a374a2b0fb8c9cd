package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;
import java.util.List;

/**
 * One way that the policies of a namespace leave open at this end; whether the other end is open too is another
 * question.
 *
 * @param namespace whose pods it concerns
 * @param direction seen from these pods
 * @param policy {@code namespace/name} of the policy that opens it; empty where it is open because no policy closes it
 * @param selected selectors that the pod is selected by
 * @param escaped selectors that the pod is not selected by
 * @param peer whom it lets through
 * @param ports on which ports of whoever is connected to
 */
@Pure
public record OpenWay(
        String namespace,
        Direction direction,
        String policy,
        List<Selector> selected,
        List<Selector> escaped,
        WayPeer peer,
        PortSet ports) {
    /** Makes lists immutable. */
    public OpenWay {
        selected = List.copyOf(selected);
        escaped = List.copyOf(escaped);
    }

    /** Whom a rule lets through. */
    public sealed interface WayPeer {
        /** Everybody, inside and outside the cluster. */
        record Everyone() implements WayPeer {
            @Override
            public String toString() {
                return "everybody";
            }
        }

        /**
         * Pods of one namespace.
         *
         * @param namespace the policy's own
         */
        record Neighbours(String namespace, Selector pods) implements WayPeer {
            @Override
            public String toString() {
                return "pods (" + pods + ") of " + namespace;
            }
        }

        /** Pods of the namespaces that a selector selects. */
        record Pods(Selector namespaces, Selector pods) implements WayPeer {
            @Override
            public String toString() {
                return "pods (" + pods + ") of namespaces (" + namespaces + ")";
            }
        }

        /** Addresses. Whether they also match pods is the network plugin's decision, so in the worst case they do. */
        record Addresses(AddressSet set) implements WayPeer {
            @Override
            public String toString() {
                return set.toString();
            }
        }
    }

    /** The same towards fewer. */
    OpenWay towards(WayPeer fewer) {
        return new OpenWay(namespace, direction, policy, selected, escaped, fewer, ports);
    }

    @Override
    public String toString() {
        String verb = direction == Direction.Ingress ? " lets in " : " lets out to ";
        return policy.isEmpty()
                ? "no policy in force closes " + namespace + " for " + direction
                : "policy " + policy + verb + peer + " on " + ports;
    }
}
