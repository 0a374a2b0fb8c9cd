package dev.bulkhead.operator.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of one message, derived by HKDF-SHA256 from a long-lived key and the message's own random salt, together
 * with a commitment to it. It encrypts one message and no second one, which is why the nonce may be zero, and why there
 * is no limit on the number of messages under one long-lived key.
 */
final class MessageKey implements AutoCloseable {
    static final int SALT_BYTES = 32;
    static final int COMMIT_BYTES = 32;
    static final int TAG_BYTES = 16;
    private static final int KEY_BYTES = 32;
    private static final byte[] ZERO_NONCE = new byte[12];

    private final byte[] key;
    private final byte[] commit;

    private MessageKey(byte[] key, byte[] commit) {
        this.key = key;
        this.commit = commit;
    }

    static MessageKey derive(byte[] root, byte[] salt, String encryptionLabel, String commitLabel) {
        byte[] prk = extract(salt, root);
        try {
            return new MessageKey(expand(prk, encryptionLabel, KEY_BYTES), expand(prk, commitLabel, COMMIT_BYTES));
        } finally {
            Arrays.fill(prk, (byte) 0);
        }
    }

    /** A value that only this key has; stored beside the message, since AES-GCM alone does not commit to its key. */
    byte[] commit() {
        return commit.clone();
    }

    /** Constant time. To be asked before anything is decrypted. */
    boolean isCommittedBy(byte[] stored) {
        return MessageDigest.isEqual(commit, stored);
    }

    /** Ciphertext followed by the 16-byte tag. */
    byte[] encrypt(byte[] aad, byte[] plaintext) {
        try {
            return gcm(Cipher.ENCRYPT_MODE, key, ZERO_NONCE, aad, plaintext);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot encrypt with AES-256-GCM", e);
        }
    }

    /** The plaintext, or empty when the tag does not fit key, associated data and ciphertext. */
    Optional<byte[]> decrypt(byte[] aad, byte[] ciphertextAndTag) {
        try {
            return Optional.of(gcm(Cipher.DECRYPT_MODE, key, ZERO_NONCE, aad, ciphertextAndTag));
        } catch (AEADBadTagException _) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot decrypt with AES-256-GCM", e);
        }
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
        Arrays.fill(commit, (byte) 0);
    }

    static byte[] gcm(int mode, byte[] key, byte[] nonce, byte[] aad, byte[] input) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(aad);
        return cipher.doFinal(input);
    }

    /** HKDF-Extract-SHA256 of RFC 5869. */
    static byte[] extract(byte[] salt, byte[] inputKey) {
        return hkdf(HKDFParameterSpec.ofExtract()
                .addIKM(new SecretKeySpec(inputKey, "Generic"))
                .addSalt(salt)
                .extractOnly());
    }

    /** HKDF-Expand-SHA256 of RFC 5869, with an ASCII label as info. */
    static byte[] expand(byte[] prk, String label, int length) {
        return expand(prk, label.getBytes(StandardCharsets.US_ASCII), length);
    }

    static byte[] expand(byte[] prk, byte[] info, int length) {
        return hkdf(HKDFParameterSpec.expandOnly(new SecretKeySpec(prk, "Generic"), info, length));
    }

    private static byte[] hkdf(HKDFParameterSpec parameters) {
        try {
            return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot derive keys with HKDF-SHA256", e);
        }
    }
}
