package dev.bulkhead.operator.identity;

import java.util.Set;

/**
 * How a tenant uses its two logins, or its two keys.
 *
 * @param current the slot whose credential is delivered
 * @param live the slots that let somebody in; the current one is among them
 */
public record SlotUse(Slot current, Set<Slot> live) {
    /** What a tenant starts with. */
    public static final SlotUse FIRST = only(Slot.One);

    /** Makes the set immutable. */
    public SlotUse {
        if (!live.contains(current)) {
            throw new IllegalArgumentException("the slot in use is live");
        }
        live = Set.copyOf(live);
    }

    /** One slot alone. */
    public static SlotUse only(Slot slot) {
        return new SlotUse(slot, Set.of(slot));
    }
}
