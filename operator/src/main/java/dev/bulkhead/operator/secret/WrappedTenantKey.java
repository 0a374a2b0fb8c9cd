package dev.bulkhead.operator.secret;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * TSK1, a tenant key wrapped by a master key.
 *
 * <pre>
 * header   "TSK1" | alg u8 = 1 | lp(mkId) | tkVersion u32 | salt 32
 * then     commit 32 | ciphertext 32 | tag 16                          125 bytes + length of mkId
 *
 * prk    = HKDF-Extract-SHA256(salt, MK)
 * k      = HKDF-Expand-SHA256(prk, "bulkhead/v1/wrap", 32)
 * commit = HKDF-Expand-SHA256(prk, "bulkhead/v1/wrap-commit", 32)
 * AES-256-GCM under k, nonce of 12 zero bytes, AAD = header ‖ lp(identity), plaintext = the tenant key
 * </pre>
 *
 * {@code lp(x)} is a u32 length and x, numbers are big-endian, {@code mkId} is ASCII. Anything else than exactly this is
 * refused. The commitment tells a wrong master key under the right id from a damaged wrap of another tenant.
 */
final class WrappedTenantKey {
    static final String MAGIC = "TSK1";
    /** Letters, digits and hyphens, ending in the number that orders the keys; at most 62 characters. */
    static final Pattern MASTER_KEY_ID = Pattern.compile("[a-z][a-z0-9-]{0,51}-[1-9][0-9]{0,8}");

    private static final int ALGORITHM = 1;
    private static final int MAX_ID_BYTES = 62;
    private static final int SEALED_KEY_BYTES = TenantKey.BYTES + MessageKey.TAG_BYTES;
    private static final String ENCRYPTION_LABEL = "bulkhead/v1/wrap";
    private static final String COMMIT_LABEL = "bulkhead/v1/wrap-commit";

    private final String masterKeyId;
    private final int tenantKeyVersion;
    private final byte[] header;
    private final byte[] salt;
    private final byte[] commit;
    private final byte[] sealed;

    private WrappedTenantKey(
            String masterKeyId, int tenantKeyVersion, byte[] header, byte[] salt, byte[] commit, byte[] sealed) {
        this.masterKeyId = masterKeyId;
        this.tenantKeyVersion = tenantKeyVersion;
        this.header = header;
        this.salt = salt;
        this.commit = commit;
        this.sealed = sealed;
    }

    sealed interface Parsing {
        record Parsed(WrappedTenantKey wrapped) implements Parsing {}

        record Unparsable(Refusal reason) implements Parsing {}
    }

    static byte[] wrap(TenantKey key, String masterKeyId, byte[] masterKey, String identity, SecureRandom random) {
        byte[] salt = new byte[MessageKey.SALT_BYTES];
        random.nextBytes(salt);
        byte[] header = new Frame()
                .ascii(MAGIC)
                .u8(ALGORITHM)
                .lp(masterKeyId)
                .u32(key.version())
                .raw(salt)
                .bytes();
        try (MessageKey messageKey = messageKey(masterKey, salt)) {
            byte[] sealed = messageKey.encrypt(aad(header, identity), key.material());
            return new Frame().raw(header).raw(messageKey.commit()).raw(sealed).bytes();
        }
    }

    /** Reads the fields without a key. Nothing of them is authentic before {@link #unwrap}. */
    static Parsing parse(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            if (!MAGIC.equals(ascii(in, MAGIC.length()))) {
                return new Parsing.Unparsable(Refusal.WRONG_FORMAT);
            }
            if (in.get() != ALGORITHM) {
                return new Parsing.Unparsable(Refusal.UNKNOWN_ALGORITHM);
            }
            int idLength = in.getInt();
            if (idLength < 1 || idLength > MAX_ID_BYTES) {
                return new Parsing.Unparsable(Refusal.MALFORMED);
            }
            String masterKeyId = ascii(in, idLength);
            int version = in.getInt();
            if (version < 1 || !MASTER_KEY_ID.matcher(masterKeyId).matches()) {
                return new Parsing.Unparsable(Refusal.MALFORMED);
            }
            byte[] salt = take(in, MessageKey.SALT_BYTES);
            byte[] header = Arrays.copyOf(bytes, in.position());
            byte[] commit = take(in, MessageKey.COMMIT_BYTES);
            byte[] sealed = take(in, SEALED_KEY_BYTES);
            if (in.hasRemaining()) {
                return new Parsing.Unparsable(Refusal.TOO_LONG);
            }
            return new Parsing.Parsed(new WrappedTenantKey(masterKeyId, version, header, salt, commit, sealed));
        } catch (BufferUnderflowException _) {
            return new Parsing.Unparsable(Refusal.TOO_SHORT);
        }
    }

    String masterKeyId() {
        return masterKeyId;
    }

    int tenantKeyVersion() {
        return tenantKeyVersion;
    }

    Unwrapping unwrap(byte[] masterKey, String identity) {
        try (MessageKey messageKey = messageKey(masterKey, salt)) {
            if (!messageKey.isCommittedBy(commit)) {
                return new Unwrapping.Refused(Refusal.KEY_MISMATCH);
            }
            Optional<byte[]> material = messageKey.decrypt(aad(header, identity), sealed);
            return material.isPresent()
                    ? new Unwrapping.Unwrapped(new TenantKey(tenantKeyVersion, material.get()))
                    : new Unwrapping.Refused(Refusal.NOT_AUTHENTIC);
        }
    }

    private static MessageKey messageKey(byte[] masterKey, byte[] salt) {
        return MessageKey.derive(masterKey, salt, ENCRYPTION_LABEL, COMMIT_LABEL);
    }

    private static byte[] aad(byte[] header, String identity) {
        return new Frame().raw(header).lp(identity).bytes();
    }

    private static String ascii(ByteBuffer in, int length) {
        return new String(take(in, length), StandardCharsets.US_ASCII);
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
