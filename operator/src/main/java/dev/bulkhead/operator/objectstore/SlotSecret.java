package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;

/**
 * The secret of one key. One that the operator makes comes from the tenant's key ring, where it was stored before anything
 * was written to the object store, so that a crash never leaves a key behind that nobody knows.
 *
 * @param slot which of the two keys
 * @param secret secret access key: at least 16 printable characters of ASCII, no space
 */
public record SlotSecret(Slot slot, String secret) {
    private static final int SHORTEST = 16;

    /** Refuses secrets that are weak, or that no client could sign with. */
    public SlotSecret {
        if (!usable(secret)) {
            throw new IllegalArgumentException("a secret access key has at least 16 printable characters, no space");
        }
    }

    /** Whether it can be a secret access key. */
    static boolean usable(String secret) {
        return secret.length() >= SHORTEST && secret.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    /** What may be kept and compared; it cannot be turned back. */
    public SecretDigest digest() {
        return SecretDigest.of(secret);
    }

    /** Without the secret: this ends up in logs. */
    @Override
    public String toString() {
        return "SlotSecret[" + slot + "]";
    }
}
