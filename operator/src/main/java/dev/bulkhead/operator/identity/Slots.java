package dev.bulkhead.operator.identity;

import java.util.Map;

/**
 * Which of its logins and keys a tenant uses.
 *
 * @param uses by part; one that is missing uses its first slot
 */
public record Slots(Map<PartId, SlotUse> uses) {
    /** What a tenant starts with. */
    public static final Slots FIRST = new Slots(Map.of());

    /** Makes the map immutable. */
    public Slots {
        uses = PartId.copyOf(uses);
    }

    /** The slots of a part. */
    public SlotUse of(PartId part) {
        return uses.getOrDefault(part, SlotUse.FIRST);
    }
}
