package dev.bulkhead.operator.secret;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * TSH1, a value that anyone may seal with a tenant's public key and only the operator opens, for one namespace, name and
 * key. It lies in customers' repositories for years, so this format never changes.
 *
 * <pre>
 * binary   "TSH1" | suite u8 = 1 | sealKeyVersion u32 | epoch u64 | enc 32 | ciphertext n | tag 16      65 + n bytes
 * text     "TSH1." followed by base64url, without padding, of the binary form after its first four bytes
 *
 * suite 1  HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-256-GCM 0x0002
 * info     "bulkhead/v1/seal" ‖ lp(identity)
 * aad      lp(namespace) ‖ lp(name) ‖ lp(key) ‖ sealKeyVersion u32 ‖ epoch u64
 * </pre>
 *
 * {@code lp(x)} is a u32 length and x in UTF-8, numbers are big-endian, {@code epoch} is the time of sealing in
 * milliseconds since 1970. One value has one text: other spellings of the base64 are refused.
 */
public final class SealedValue {
    /** What every sealed value begins with. */
    public static final String TEXT_PREFIX = "TSH1.";
    /** Regular expression of the text form, for the schema of {@code TenantSecret}. */
    public static final String TEXT_PATTERN = "^TSH1\\.[A-Za-z0-9_-]{82,}$";
    /** Longest content, in bytes: a Kubernetes Secret holds no more. */
    public static final int MAX_PLAINTEXT_BYTES = 1 << 20;

    private static final int SUITE = 1;
    private static final String INFO_LABEL = "bulkhead/v1/seal";
    private static final int ENC_AT = Byte.BYTES + Integer.BYTES + Long.BYTES;
    private static final int CIPHERTEXT_AT = ENC_AT + Hpke.ENC_BYTES;
    private static final int OVERHEAD_BYTES = CIPHERTEXT_AT + Hpke.TAG_BYTES;
    private static final int MAX_TEXT_CHARS =
            TEXT_PREFIX.length() + ((OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES) * 4 + 2) / 3;

    private SealedValue() {}

    /** Where a sealed value belongs: the TenantSecret (and the Secret made from it), and the key within. */
    public record SealTarget(String namespace, String name, String key) {
        public SealTarget {
            Frame.requireNotEmpty("namespace", namespace);
            Frame.requireNotEmpty("name", name);
            Frame.requireNotEmpty("key", key);
        }
    }

    /**
     * Seals a value. The caller keeps, and zeroes, the plaintext.
     *
     * @param epochMillis time of sealing, milliseconds since 1970, not negative; a value replaces only older ones
     * @return the text form, different on every call
     * @throws IllegalArgumentException when the plaintext is longer than {@link #MAX_PLAINTEXT_BYTES}
     */
    public static String seal(
            SealingPublicKey recipient, SealTarget target, long epochMillis, byte[] plaintext, SecureRandom random) {
        if (plaintext.length > MAX_PLAINTEXT_BYTES) {
            throw new IllegalArgumentException("a sealed value has at most " + MAX_PLAINTEXT_BYTES + " bytes");
        }
        if (epochMillis < 0) {
            throw new IllegalArgumentException("the time of sealing lies before 1970");
        }
        int version = recipient.version();
        byte[] ephemeral = Hpke.newPrivateKey(random);
        try {
            byte[] sealed = Hpke.seal(
                    recipient.bytes(),
                    info(recipient.identity()),
                    aad(target, version, epochMillis),
                    plaintext,
                    ephemeral);
            return TEXT_PREFIX
                    + Base64Url.encode(new Frame()
                            .u8(SUITE)
                            .u32(version)
                            .u64(epochMillis)
                            .raw(sealed)
                            .bytes());
        } finally {
            Arrays.fill(ephemeral, (byte) 0);
        }
    }

    /**
     * Opens the text of a sealed value found at a place. Never throws for what the text contains.
     *
     * @param privateKeys the raw private key of a sealing key version, or null when there is none; asked once at most,
     *     and the array it returns is zeroed here
     */
    static MessageOpening open(
            IntFunction<byte @Nullable []> privateKeys, String identity, SealTarget target, String text) {
        if (text.length() > MAX_TEXT_CHARS) {
            return new MessageOpening.Refused(Refusal.TOO_LONG);
        }
        Optional<byte[]> decoded = text.startsWith(TEXT_PREFIX)
                ? Base64Url.decode(text.substring(TEXT_PREFIX.length()))
                : Optional.empty();
        if (decoded.isEmpty()) {
            return new MessageOpening.Refused(Refusal.NOT_TEXT);
        }
        byte[] message = decoded.get();
        Optional<Refusal> unreadable = check(message);
        if (unreadable.isPresent()) {
            return new MessageOpening.Refused(unreadable.get());
        }
        int version = keyVersion(message);
        byte[] privateKey = privateKeys.apply(version);
        if (privateKey == null) {
            return new MessageOpening.Refused(Refusal.UNKNOWN_KEY_VERSION);
        }
        try {
            Optional<byte[]> plaintext = Hpke.open(
                    privateKey,
                    info(identity),
                    aad(target, version, epoch(message)),
                    enc(message),
                    Arrays.copyOfRange(message, CIPHERTEXT_AT, message.length));
            return plaintext.isPresent()
                    ? new MessageOpening.Opened(plaintext.get(), version, epoch(message))
                    : new MessageOpening.Refused(Refusal.NOT_AUTHENTIC);
        } finally {
            Arrays.fill(privateKey, (byte) 0);
        }
    }

    /** Everything that can be said about the bytes without a key. */
    private static Optional<Refusal> check(byte[] message) {
        if (message.length < OVERHEAD_BYTES) {
            return Optional.of(Refusal.TOO_SHORT);
        }
        if (message[0] != SUITE) {
            return Optional.of(Refusal.UNKNOWN_ALGORITHM);
        }
        if (keyVersion(message) < 1 || epoch(message) < 0) {
            return Optional.of(Refusal.MALFORMED);
        }
        return Hpke.isWeakShare(enc(message)) ? Optional.of(Refusal.WEAK_KEY_SHARE) : Optional.empty();
    }

    private static int keyVersion(byte[] message) {
        return ByteBuffer.wrap(message).getInt(Byte.BYTES);
    }

    private static long epoch(byte[] message) {
        return ByteBuffer.wrap(message).getLong(Byte.BYTES + Integer.BYTES);
    }

    private static byte[] enc(byte[] message) {
        return Arrays.copyOfRange(message, ENC_AT, CIPHERTEXT_AT);
    }

    private static byte[] info(String identity) {
        return new Frame().ascii(INFO_LABEL).lp(identity).bytes();
    }

    private static byte[] aad(SealTarget target, int sealKeyVersion, long epochMillis) {
        return new Frame()
                .lp(target.namespace())
                .lp(target.name())
                .lp(target.key())
                .u32(sealKeyVersion)
                .u64(epochMillis)
                .bytes();
    }
}
