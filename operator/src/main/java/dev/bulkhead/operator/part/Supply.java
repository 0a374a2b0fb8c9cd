package dev.bulkhead.operator.part;

import dev.bulkhead.operator.secret.KeyRing;

/** What somebody else than the operator gives to a part of one tenant, as it was found when a pass began. */
public interface Supply {
    /** The tenant's keys with what was given in the place of what the operator would have made; for one pass only. */
    default KeyRing into(KeyRing keys) {
        return keys;
    }
}
