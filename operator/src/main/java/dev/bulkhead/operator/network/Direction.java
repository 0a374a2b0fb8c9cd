package dev.bulkhead.operator.network;

import dev.bulkhead.operator.Pure;

/** Seen from the pods that a policy selects. */
@Pure
public enum Direction {
    /** Others connect to them. */
    Ingress,
    /** They connect to others. */
    Egress;

    /** The same connection seen from its other end. */
    public Direction otherEnd() {
        return this == Ingress ? Egress : Ingress;
    }
}
