package dev.bulkhead.operator.part;

import dev.bulkhead.operator.secret.KeyRing;

/**
 * What anyone needs to seal a value for the tenant; public.
 *
 * @param version version of the sealing key pair, 1 and up
 * @param publicKey in the form the sealing command reads
 */
public record SealingKey(int version, String publicKey) {
    /** That of a tenant's keys. */
    public static SealingKey of(KeyRing keys) {
        return new SealingKey(
                keys.sealPublicKey().version(), keys.sealPublicKey().publicKey());
    }
}
