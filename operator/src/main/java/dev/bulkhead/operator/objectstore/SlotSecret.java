package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;

/**
 * The secret of one key. It comes from the tenant's key ring, where it was stored before anything was written to the
 * object store, so that a crash never leaves a key behind that nobody knows.
 *
 * @param slot which of the two keys
 * @param secret secret access key, at least 32 characters of the base64url alphabet
 */
public record SlotSecret(Slot slot, String secret) {
    private static final int SHORTEST = 32;

    /** Refuses secrets that are weak or could break out of a request body. */
    public SlotSecret {
        if (secret.length() < SHORTEST || !secret.chars().allMatch(SlotSecret::base64url)) {
            throw new IllegalArgumentException("a secret access key has at least 32 characters of base64url");
        }
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

    private static boolean base64url(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }
}
