package dev.bulkhead.operator.secret;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The pair of keys that copies of key rings are encrypted to: X25519. The public half may lie anywhere, the private half
 * lies off the cluster. As text each begins with its name, so that one is never taken for the other.
 */
public final class RecoveryKey {
    /** What the text of a public half begins with. */
    public static final String PUBLIC_PREFIX = "RPK1.";

    /** What the text of a private half begins with. */
    public static final String PRIVATE_PREFIX = "RSK1.";

    private static final int ID_BYTES = 8;

    private RecoveryKey() {}

    /**
     * The public half.
     *
     * @param text {@code RPK1.} and 32 bytes as base64url without padding
     */
    public record Public(String text) {
        /** Refuses what is no usable public half; the message says why. */
        public Public {
            if (text.startsWith(PRIVATE_PREFIX)) {
                throw new IllegalArgumentException("is the private half; the public one begins with " + PUBLIC_PREFIX);
            }
            byte[] bytes = decode(PUBLIC_PREFIX, text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "is no public recovery key: " + PUBLIC_PREFIX + " and 43 characters are expected"));
            if (Hpke.isWeakShare(bytes)) {
                throw new IllegalArgumentException("is a weak key: what is encrypted to it could be read by all");
            }
        }

        /** 16 hexadecimal digits that tell it from others: the beginning of its SHA-256. */
        public String id() {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes()), 0, ID_BYTES);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        byte[] bytes() {
            return decode(PUBLIC_PREFIX, text).orElseThrow();
        }
    }

    /** The private half; zeroed when closed. */
    public static final class Private implements AutoCloseable {
        private final byte[] bytes;

        private Private(byte[] bytes) {
            this.bytes = bytes;
        }

        /** A new one. */
        public static Private generate(SecureRandom random) {
            return new Private(Hpke.newPrivateKey(random));
        }

        /** Reads the text of one, as {@link #text} gives it; empty when it is none. */
        public static Optional<Private> parse(String text) {
            return decode(PRIVATE_PREFIX, text).map(Private::new);
        }

        /** The half that may be shown. */
        public Public publicHalf() {
            return new Public(PUBLIC_PREFIX + Base64Url.encode(Hpke.publicKey(bytes)));
        }

        /** For the one file it is kept in. */
        public String text() {
            return PRIVATE_PREFIX + Base64Url.encode(bytes);
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public void close() {
            Arrays.fill(bytes, (byte) 0);
        }

        @Override
        public String toString() {
            return "RecoveryKey.Private";
        }
    }

    private static Optional<byte[]> decode(String prefix, String text) {
        return text.startsWith(prefix)
                ? Base64Url.decode(text.substring(prefix.length())).filter(bytes -> bytes.length == Hpke.KEY_BYTES)
                : Optional.empty();
    }
}
