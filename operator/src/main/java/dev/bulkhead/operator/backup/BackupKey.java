package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.secret.BackupRoot;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one backup, and the chunks that are encrypted with it.
 *
 * <pre>
 * prk    = HKDF-Extract-SHA256(salt, TK)
 * k      = HKDF-Expand-SHA256(prk, "bulkhead/v1/backup/" ‖ backupId, 32)
 * commit = HKDF-Expand-SHA256(prk, "bulkhead/v1/backup-commit/" ‖ backupId, 32)
 * AES-256-GCM under k, nonce = index of the chunk, 11 bytes big-endian ‖ 1 for the last chunk, else 0,
 * AAD = SHA-256(header: magic, length and JSON)
 * </pre>
 *
 * The salt is the header's, so k is of this file alone. The nonce gives each chunk its place and the file its end (STREAM,
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015), the AAD gives it its header.
 */
final class BackupKey implements AutoCloseable {
    static final int TAG_BYTES = 16;
    static final int COMMIT_BYTES = 32;
    /** Far below what the nonce can count. */
    static final long MAX_CHUNKS = 1L << 40;

    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final String KEY_LABEL = "bulkhead/v1/backup/";
    private static final String COMMIT_LABEL = "bulkhead/v1/backup-commit/";

    private final BackupName backup;
    private final byte[] key;
    private final byte[] commit;
    private final byte[] aad;
    private final Cipher cipher;
    private boolean closed;

    BackupKey(BackupRoot root, BackupHeader header) {
        backup = header.backup();
        try {
            cipher = Cipher.getInstance("AES/GCM/NoPadding");
            aad = MessageDigest.getInstance("SHA-256").digest(header.bytes());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM has no AES-GCM or no SHA-256", e);
        }
        commit = root.derive(COMMIT_LABEL + backup.id(), COMMIT_BYTES);
        key = root.derive(KEY_LABEL + backup.id(), KEY_BYTES);
    }

    /** A value that only this key has; stored before the chunks, since AES-GCM alone does not commit to its key. */
    byte[] commit() {
        return commit.clone();
    }

    /** Constant time. To be asked before anything is decrypted. */
    boolean isCommittedBy(byte[] stored) {
        return MessageDigest.isEqual(commit, stored);
    }

    /**
     * Encrypts a chunk. Never twice with one index: the caller counts.
     *
     * @return length of ciphertext and tag
     */
    int seal(long index, boolean last, byte[] plain, int length, byte[] sealed) throws BackupRefusedException {
        try {
            return crypt(Cipher.ENCRYPT_MODE, nonce(index, last), plain, length, sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot encrypt with AES-256-GCM", e);
        }
    }

    /**
     * Decrypts a chunk.
     *
     * @return length of the plaintext; -1 when this is not what was written as that chunk, and then nothing of it is left
     */
    int open(long index, boolean last, byte[] sealed, int length, byte[] plain) throws BackupRefusedException {
        try {
            return crypt(Cipher.DECRYPT_MODE, nonce(index, last), sealed, length, plain);
        } catch (AEADBadTagException _) {
            Arrays.fill(plain, (byte) 0);
            return -1;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot decrypt with AES-256-GCM", e);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(key, (byte) 0);
        Arrays.fill(commit, (byte) 0);
    }

    private byte[] nonce(long index, boolean last) throws BackupRefusedException {
        if (index < 0 || index >= MAX_CHUNKS) {
            throw new BackupRefusedException(backup, BackupFault.TOO_LONG);
        }
        return ByteBuffer.allocate(NONCE_BYTES)
                .putLong(NONCE_BYTES - 1 - Long.BYTES, index)
                .put(NONCE_BYTES - 1, (byte) (last ? 1 : 0))
                .array();
    }

    private int crypt(int mode, byte[] nonce, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        if (closed) {
            throw new IllegalStateException("the key of " + backup + " was closed and is zeroed");
        }
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(from, 0, length, to, 0);
    }
}
