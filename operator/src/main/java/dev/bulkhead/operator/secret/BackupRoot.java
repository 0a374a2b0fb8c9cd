package dev.bulkhead.operator.secret;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * What the keys of the files of one backup are derived from: HKDF-Extract-SHA256 of a salt and a tenant key. Whoever holds it can
 * encrypt and decrypt the files that have this salt; neither the tenant key nor the key of any other file follows from it.
 * Closing it zeroes it; a closed one is refused. For one thread.
 */
public final class BackupRoot implements AutoCloseable {
    private static final int SALT_BYTES = 32;

    private final int tenantKeyVersion;
    private final byte[] salt;
    private final byte[] prk;
    private final boolean writes;
    private final Set<String> written = new HashSet<>();
    private boolean closed;

    /** With a salt that no other one has, if it is to write. */
    BackupRoot(TenantKey key, byte[] salt, boolean writes) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("the salt of a backup has " + SALT_BYTES + " bytes");
        }
        this.tenantKeyVersion = key.version();
        this.salt = salt.clone();
        this.prk = MessageKey.extract(salt, key.material());
        this.writes = writes;
    }

    /** Version of the tenant key that it is of. */
    public int tenantKeyVersion() {
        return tenantKeyVersion;
    }

    /** Its salt, 32 bytes, which is no secret. */
    public byte[] salt() {
        return salt.clone();
    }

    /**
     * Bytes for one use, from HKDF-Expand-SHA256. The caller zeroes them.
     *
     * @param label what they are for: ASCII, and no other use has the same
     * @param length of the result, in bytes
     */
    public byte[] derive(String label, int length) {
        requireOpen();
        return MessageKey.expand(prk, label, length);
    }

    /**
     * To be called before anything is encrypted for a file. AES-GCM shows the content of two files that are encrypted with one
     * key, so no file is begun twice, and none at all with the root of an earlier backup.
     *
     * @throws IllegalStateException when it was called for that file before, or this is the root of an earlier backup
     */
    public void begin(String file) {
        requireOpen();
        if (!writes) {
            throw new IllegalStateException("file " + file
                    + " would be encrypted with the keys of an earlier backup, which only open what is there");
        }
        if (!written.add(file)) {
            throw new IllegalStateException(
                    "file " + file + " was begun before with these keys: begin another backup, with new ones");
        }
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(prk, (byte) 0);
    }

    @Override
    public String toString() {
        return "BackupRoot[tenantKeyVersion=" + tenantKeyVersion + "]";
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the root of a backup's keys was closed and is zeroed");
        }
    }
}
