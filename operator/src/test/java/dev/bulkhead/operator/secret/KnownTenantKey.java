package dev.bulkhead.operator.secret;

/** Tenant keys whose bytes a test chooses, for what other rooms derive from them. */
public final class KnownTenantKey {
    private KnownTenantKey() {}

    /** What a ring with a counting key would hand out for a new backup. */
    public static BackupRoot newRoot(int version, int first, byte[] salt) {
        return root(version, first, salt, true);
    }

    /** What a ring with a counting key would hand out for an earlier backup. */
    public static BackupRoot root(int version, int first, byte[] salt) {
        return root(version, first, salt, false);
    }

    private static BackupRoot root(int version, int first, byte[] salt, boolean writes) {
        try (TenantKey key = counting(version, first)) {
            return new BackupRoot(key, salt, writes);
        }
    }

    /** One with 32 bytes, each one more than the one before. */
    public static TenantKey counting(int version, int first) {
        byte[] material = new byte[TenantKey.BYTES];
        for (int i = 0; i < material.length; i++) {
            material[i] = (byte) (first + i);
        }
        return new TenantKey(version, material);
    }
}
