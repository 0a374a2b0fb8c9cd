package dev.bulkhead.operator.objectstore;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a secret access key: lets the operator see that a key was changed without keeping the key. The secrets are
 * random and long, so a plain digest gives nothing away.
 *
 * @param hex 64 hexadecimal characters
 */
public record SecretDigest(String hex) {
    /** The digest of a secret. */
    public static SecretDigest of(String secret) {
        try {
            return new SecretDigest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Not even the digest goes into logs. */
    @Override
    public String toString() {
        return "SecretDigest";
    }
}
