package dev.bulkhead.operator.secret;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * TSE1, what the operator stores for itself: sealed under a tenant key, one derived key per message.
 *
 * <pre>
 * header   "TSE1" | alg u8 = 1 | tkVersion u32 | epoch u64 | salt 32     49 bytes
 * then     commit 32 | ciphertext n | tag 16                            97 + n bytes in all
 *
 * prk    = HKDF-Extract-SHA256(salt, TK)
 * k      = HKDF-Expand-SHA256(prk, "bulkhead/v1/enc", 32)
 * commit = HKDF-Expand-SHA256(prk, "bulkhead/v1/commit", 32)
 * AES-256-GCM under k, nonce of 12 zero bytes,
 * AAD    = header ‖ lp(identity) ‖ lp(purpose) ‖ lp(namespace) ‖ lp(name) ‖ lp(key)
 * </pre>
 *
 * {@code lp(x)} is a u32 length and x in UTF-8, numbers are big-endian, {@code epoch} is the time of sealing in
 * milliseconds since 1970. The commitment is compared, in constant time, before anything is decrypted.
 */
public final class Envelope {
    /** Longest content, in bytes: a Kubernetes Secret holds no more. */
    public static final int MAX_PLAINTEXT_BYTES = 1 << 20;

    static final String MAGIC = "TSE1";
    private static final int ALGORITHM = 1;
    private static final int FIXED_FIELDS_BYTES = MAGIC.length() + Byte.BYTES + Integer.BYTES + Long.BYTES;
    private static final int HEADER_BYTES = FIXED_FIELDS_BYTES + MessageKey.SALT_BYTES;
    private static final int OVERHEAD_BYTES = HEADER_BYTES + MessageKey.COMMIT_BYTES + MessageKey.TAG_BYTES;
    private static final String ENCRYPTION_LABEL = "bulkhead/v1/enc";
    private static final String COMMIT_LABEL = "bulkhead/v1/commit";

    private Envelope() {}

    /**
     * Seals content for one place. The caller keeps, and zeroes, the plaintext.
     *
     * @param epochMillis time of sealing, milliseconds since 1970, not negative
     * @return TSE1 bytes, different on every call
     * @throws IllegalArgumentException when the plaintext is longer than {@link #MAX_PLAINTEXT_BYTES}
     */
    public static byte[] seal(TenantKey key, Binding binding, long epochMillis, byte[] plaintext, SecureRandom random) {
        if (plaintext.length > MAX_PLAINTEXT_BYTES) {
            throw new IllegalArgumentException("a stored value has at most " + MAX_PLAINTEXT_BYTES + " bytes");
        }
        if (epochMillis < 0) {
            throw new IllegalArgumentException("the time of sealing lies before 1970");
        }
        byte[] salt = new byte[MessageKey.SALT_BYTES];
        random.nextBytes(salt);
        byte[] header = new Frame()
                .ascii(MAGIC)
                .u8(ALGORITHM)
                .u32(key.version())
                .u64(epochMillis)
                .raw(salt)
                .bytes();
        try (MessageKey messageKey = MessageKey.derive(key.material(), salt, ENCRYPTION_LABEL, COMMIT_LABEL)) {
            byte[] sealed = messageKey.encrypt(aad(header, binding), plaintext);
            return new Frame().raw(header).raw(messageKey.commit()).raw(sealed).bytes();
        }
    }

    /**
     * Opens TSE1 bytes found at a place. Never throws for what the bytes contain.
     *
     * @param keys the tenant key of a version, or null when there is none; the key stays the caller's
     */
    public static MessageOpening open(IntFunction<@Nullable TenantKey> keys, Binding binding, byte[] message) {
        Optional<Refusal> unreadable = check(message);
        if (unreadable.isPresent()) {
            return new MessageOpening.Refused(unreadable.get());
        }
        int version = keyVersion(message);
        TenantKey key = keys.apply(version);
        if (key == null) {
            return new MessageOpening.Refused(Refusal.UNKNOWN_KEY_VERSION);
        }
        byte[] header = Arrays.copyOf(message, HEADER_BYTES);
        byte[] salt = Arrays.copyOfRange(message, FIXED_FIELDS_BYTES, HEADER_BYTES);
        int bodyAt = HEADER_BYTES + MessageKey.COMMIT_BYTES;
        byte[] commit = Arrays.copyOfRange(message, HEADER_BYTES, bodyAt);
        byte[] body = Arrays.copyOfRange(message, bodyAt, message.length);
        try (MessageKey messageKey = MessageKey.derive(key.material(), salt, ENCRYPTION_LABEL, COMMIT_LABEL)) {
            if (!messageKey.isCommittedBy(commit)) {
                return new MessageOpening.Refused(Refusal.KEY_MISMATCH);
            }
            Optional<byte[]> plaintext = messageKey.decrypt(aad(header, binding), body);
            return plaintext.isPresent()
                    ? new MessageOpening.Opened(plaintext.get(), version, epoch(message))
                    : new MessageOpening.Refused(Refusal.NOT_AUTHENTIC);
        }
    }

    /** Everything that can be said about the bytes without a key. */
    private static Optional<Refusal> check(byte[] message) {
        if (message.length < OVERHEAD_BYTES) {
            return Optional.of(Refusal.TOO_SHORT);
        }
        if (message.length > OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) {
            return Optional.of(Refusal.TOO_LONG);
        }
        if (!MAGIC.equals(new String(message, 0, MAGIC.length(), StandardCharsets.ISO_8859_1))) {
            return Optional.of(Refusal.WRONG_FORMAT);
        }
        if (message[MAGIC.length()] != ALGORITHM) {
            return Optional.of(Refusal.UNKNOWN_ALGORITHM);
        }
        return keyVersion(message) < 1 || epoch(message) < 0 ? Optional.of(Refusal.MALFORMED) : Optional.empty();
    }

    /** Version of the tenant key, as the header claims it. */
    static int keyVersion(byte[] message) {
        return ByteBuffer.wrap(message).getInt(MAGIC.length() + Byte.BYTES);
    }

    private static long epoch(byte[] message) {
        return ByteBuffer.wrap(message).getLong(MAGIC.length() + Byte.BYTES + Integer.BYTES);
    }

    private static byte[] aad(byte[] header, Binding binding) {
        return new Frame()
                .raw(header)
                .lp(binding.identity())
                .lp(binding.purpose())
                .lp(binding.namespace())
                .lp(binding.name())
                .lp(binding.key())
                .bytes();
    }
}
