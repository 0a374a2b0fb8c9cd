package dev.bulkhead.operator.secret;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Wraps tenant keys. The interface hands no master key out, so that a key service which never releases its keys (a
 * KMS, OpenBao Transit) fits behind it: such an implementation writes TSK1 with another algorithm number.
 * Implementations are safe for use by several threads.
 */
public interface MasterKeys {

    /** Id of the key that new wraps use. */
    String currentId();

    /** Ids of all keys that can unwrap now. */
    SortedSet<String> ids();

    /**
     * Wraps a tenant key under the current master key.
     *
     * @param identity the tenant's identity, authenticated with the wrap
     * @return TSK1 bytes, different on every call
     */
    byte[] wrap(TenantKey key, String identity, SecureRandom random);

    /** Id of the master key that a wrap names; empty when the bytes are none that {@link #wrap} made. */
    Optional<String> masterKeyId(byte[] wrapped);

    /** Unwraps TSK1 bytes that were made for this identity. Never throws for what the bytes contain. */
    Unwrapping unwrap(byte[] wrapped, String identity);
}
