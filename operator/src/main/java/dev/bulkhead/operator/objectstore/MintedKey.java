package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.Purpose;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A key that a server made, id and secret, of which it tells the secret this once. The tenant's key ring keeps both in one
 * write: the secret where the secret of every key lies, and beside it what the key is called, together with the digest of
 * the secret that it belongs to. So a secret that was put there later, or by an older version, is no secret of this key.
 *
 * @param name what clients sign with, and how policies name whoever holds it
 * @param secret which slot it is for, and the secret
 */
public record MintedKey(StoreKeys.Named name, SlotSecret secret) {
    /** Digest, access key id, principal. */
    private static final int FIELDS = 3;

    /** A ring with the key in the place of what the slot held; the one that is handed in stays open. */
    public KeyRing into(KeyRing ring) {
        Purpose purpose = Purpose.of(PartId.objectStore, secret.slot());
        byte[] value = secret.secret().getBytes(StandardCharsets.US_ASCII);
        String kept = secret.digest().hex() + " " + name.accessKeyId() + " " + name.principal();
        try (KeyRing half = ring.withCredential(purpose, value)) {
            return half.withCredential(naming(secret.slot()), kept.getBytes(StandardCharsets.UTF_8));
        } finally {
            Arrays.fill(value, (byte) 0);
        }
    }

    /** What the key is called whose secret a slot of the ring holds; empty where no server made it. */
    static Optional<StoreKeys.Named> named(KeyRing ring, Slot slot) {
        byte[] kept = ring.credential(naming(slot)).orElse(null);
        byte[] value = ring.credential(Purpose.of(PartId.objectStore, slot)).orElse(null);
        if (kept == null || value == null) {
            return Optional.empty();
        }
        String secret = new String(value, StandardCharsets.US_ASCII);
        Arrays.fill(value, (byte) 0);
        String[] fields = new String(kept, StandardCharsets.UTF_8).split(" ", -1);
        return fields.length == FIELDS
                        && fields[0].equals(SecretDigest.of(secret).hex())
                ? Optional.of(new StoreKeys.Named(fields[1], fields[2]))
                : Optional.empty();
    }

    /** These keys, with what the ring knows of those that a server made. */
    static StoreKeys known(StoreKeys keys, KeyRing ring) {
        StoreKeys all = keys;
        for (Slot slot : Slot.values()) {
            StoreKeys.Named name = named(ring, slot).orElse(null);
            all = name == null ? all : all.with(slot, name);
        }
        return all;
    }

    /** The key of a slot: the one that a server made, or else that the operator did. */
    static StoreKeys.Named held(TenantIdentity identity, Slot slot, KeyRing ring) {
        return known(StoreKeys.derived(identity), ring).of(slot);
    }

    /** These keys, with this one in its slot. */
    StoreKeys among(StoreKeys keys) {
        return keys.with(secret.slot(), name);
    }

    private static Purpose naming(Slot slot) {
        return new Purpose(Purpose.of(PartId.objectStore, slot).id() + ".name");
    }

    /** Without the secret: this ends up in logs. */
    @Override
    public String toString() {
        return "MintedKey[" + name + ", " + secret + "]";
    }
}
