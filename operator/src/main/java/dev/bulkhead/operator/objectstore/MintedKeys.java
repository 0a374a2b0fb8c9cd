package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRingStore;
import java.util.Optional;

/** Keeps keys that servers made. */
@FunctionalInterface
public interface MintedKeys {
    /**
     * Keeps one, in one write.
     *
     * @return false when it could not be kept: then nobody knows its secret any more, and another has to be made
     */
    boolean keep(TenantIdentity identity, MintedKey key);

    /** For stores whose servers make none. */
    static MintedKeys none() {
        return (_, _) -> {
            throw new IllegalStateException("no server was expected to make keys");
        };
    }

    /** In the tenants' key rings, unless the slot was shut meanwhile or somebody else keeps writing the ring. */
    static MintedKeys in(KeyRingStore rings) {
        return (identity, key) -> {
            KeyRingStore.FoundRing found = rings.change(
                    identity,
                    "a key that the object store made is kept",
                    (ring, state) -> state.slots()
                                    .of(PartId.objectStore)
                                    .live()
                                    .contains(key.secret().slot())
                            ? Optional.of(new KeyRingStore.Changed(key.into(ring), state))
                            : Optional.empty());
            if (!(found instanceof KeyRingStore.FoundRing.Open open)) {
                return false;
            }
            try (var ring = open.ring()) {
                return MintedKey.named(ring, key.secret().slot())
                        .filter(key.name()::equals)
                        .isPresent();
            }
        };
    }
}
