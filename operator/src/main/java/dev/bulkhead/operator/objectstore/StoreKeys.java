package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A tenant's keys as everybody may know them, by slot: no secret.
 *
 * @param bySlot at least the keys of the slots that are in use
 */
public record StoreKeys(NavigableMap<Slot, Named> bySlot) {
    /** Makes the map immutable. */
    public StoreKeys {
        bySlot = Collections.unmodifiableNavigableMap(new TreeMap<>(bySlot));
    }

    /**
     * One key.
     *
     * @param accessKeyId what a client signs with
     * @param principal how a bucket policy of this store names whoever holds the key
     */
    public record Named(String accessKeyId, String principal) {
        /** Whether its id is known. */
        boolean isKnown() {
            return StoreKeys.isKnown(accessKeyId);
        }
    }

    /** Whether it is an id; what stands in angle brackets only somebody else will tell. */
    static boolean isKnown(String accessKeyId) {
        return !accessKeyId.startsWith("<");
    }

    /** Keys of both slots that are not known yet. */
    static StoreKeys later(Named later) {
        return new StoreKeys(Arrays.stream(Slot.values())
                .collect(Collectors.toMap(slot -> slot, _ -> later, (a, _) -> a, TreeMap::new)));
    }

    /** The same, with the key of one slot. */
    StoreKeys with(Slot slot, Named key) {
        NavigableMap<Slot, Named> keys = new TreeMap<>(bySlot);
        keys.put(slot, key);
        return new StoreKeys(keys);
    }

    /** The ids of keys that the operator makes itself, {@code bh-<suffix>-1} and {@code -2}; a policy names the id. */
    static StoreKeys derived(TenantIdentity identity) {
        return derived(identity, UnaryOperator.identity());
    }

    /**
     * The same, where a policy names something else.
     *
     * @param principal of an access key id
     */
    static StoreKeys derived(TenantIdentity identity, UnaryOperator<String> principal) {
        Map<Slot, Named> keys = new EnumMap<>(Slot.class);
        for (Slot slot : Slot.values()) {
            String id = identity.bucket() + "-" + slot.number();
            keys.put(slot, new Named(id, principal.apply(id)));
        }
        return new StoreKeys(new TreeMap<>(keys));
    }

    /** One key in one slot. */
    static StoreKeys only(Slot slot, Named key) {
        return new StoreKeys(new TreeMap<>(Map.of(slot, key)));
    }

    /** How policies name the holders of these slots' keys, each once. */
    List<String> principals(Set<Slot> live) {
        return new TreeSet<>(live)
                .stream().map(slot -> of(slot).principal()).distinct().toList();
    }

    /** The key of a slot that is in use. */
    public Named of(Slot slot) {
        Named key = bySlot.get(slot);
        if (key == null) {
            throw new IllegalStateException("a plan names the key of each slot in use");
        }
        return key;
    }
}
