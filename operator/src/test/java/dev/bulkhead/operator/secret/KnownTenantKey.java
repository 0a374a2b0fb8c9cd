package dev.bulkhead.operator.secret;

/** Tenant keys whose bytes a test chooses, for what other rooms derive from them. */
public final class KnownTenantKey {
    private KnownTenantKey() {}

    /** One with 32 bytes, each one more than the one before. */
    public static TenantKey counting(int version, int first) {
        byte[] material = new byte[TenantKey.BYTES];
        for (int i = 0; i < material.length; i++) {
            material[i] = (byte) (first + i);
        }
        return new TenantKey(version, material);
    }
}
