package dev.bulkhead.operator.secret;

import java.security.SecureRandom;
import java.util.Arrays;

/** One version of a tenant's key: 32 random bytes. Closing it zeroes them; a closed key is refused. */
public final class TenantKey implements AutoCloseable {
    static final int BYTES = 32;

    private final int version;
    private final byte[] material;
    private volatile boolean closed;

    /** Takes over the array. */
    TenantKey(int version, byte[] material) {
        if (version < 1) {
            throw new IllegalArgumentException("tenant key versions begin with 1");
        }
        if (material.length != BYTES) {
            throw new IllegalArgumentException("a tenant key has " + BYTES + " bytes");
        }
        this.version = version;
        this.material = material;
    }

    static TenantKey generate(int version, SecureRandom random) {
        byte[] material = new byte[BYTES];
        random.nextBytes(material);
        return new TenantKey(version, material);
    }

    /** 1 and up. */
    public int version() {
        return version;
    }

    /** The live array, not a copy: never kept, never changed by those who read it. */
    byte[] material() {
        if (closed) {
            throw new IllegalStateException("the tenant key was closed and is zeroed; load the key ring again");
        }
        return material;
    }

    TenantKey copy() {
        return new TenantKey(version, material().clone());
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(material, (byte) 0);
    }

    @Override
    public String toString() {
        return "TenantKey[version=" + version + "]";
    }
}
