package dev.bulkhead.operator.identity;

import dev.bulkhead.api.v1beta1.Tenant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What all names and keys of a tenant derive from: {@code spec.adopt}, else {@code metadata.uid}. Never a customer's
 * name, because role and database names are readable by every login of a PostgreSQL server.
 *
 * @param value a UUID in lower case
 */
public record TenantIdentity(String value) {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int SUFFIX_LENGTH = 16;

    /** Refuses anything but a lower-case UUID. */
    public TenantIdentity {
        if (!UUID.matcher(value).matches()) {
            throw new IllegalArgumentException("not a tenant identity: a lower-case UUID is needed");
        }
    }

    /** The identity that a text spells; empty when it is none. */
    public static Optional<TenantIdentity> parse(String text) {
        return UUID.matcher(text).matches() ? Optional.of(new TenantIdentity(text)) : Optional.empty();
    }

    /** The identity of a Tenant as the API server gave it out, or as it adopted it. */
    public static TenantIdentity of(Tenant tenant) {
        String adopted = tenant.getSpec().adopt();
        return new TenantIdentity(
                adopted != null ? adopted : tenant.getMetadata().getUid());
    }

    /** The first 16 characters of base32(sha256(identity)), lower case, RFC 4648 alphabet: 80 bits. */
    public String suffix() {
        byte[] digest = sha256();
        StringBuilder text = new StringBuilder(SUFFIX_LENGTH);
        int buffer = 0;
        int bits = 0;
        for (int i = 0; text.length() < SUFFIX_LENGTH; i++) {
            buffer = (buffer << 8) | (digest[i] & 0xff);
            for (bits += 8; bits >= 5 && text.length() < SUFFIX_LENGTH; bits -= 5) {
                text.append(BASE32.charAt((buffer >> (bits - 5)) & 31));
            }
        }
        return text.toString();
    }

    /** sha256(identity) in hex: the mark in comments and tags, which others can read without learning the identity. */
    public String hash() {
        return HexFormat.of().formatHex(sha256());
    }

    /** Schema of the tenant, {@code t_<suffix>}; its roles are named {@code t_<suffix>_<role>}. */
    public String schema() {
        return schema(suffix());
    }

    /** The same for a tenant of whom only the suffix is known. */
    public static String schema(String suffix) {
        return "t_" + suffix;
    }

    /** Bucket of the tenant, {@code bh-<suffix>}. */
    public String bucket() {
        return "bh-" + suffix();
    }

    /**
     * What a part of the tenant's data is called on its server or store.
     *
     * @throws IllegalArgumentException for a part that lies on none
     */
    public String name(PartId part) {
        return switch (part) {
            case database -> schema();
            case objectStore -> bucket();
            default -> throw part.unbacked();
        };
    }

    /** Secret in the keys namespace that holds the tenant's wrapped keys, {@code bulkhead-tenant-<suffix>}. */
    public String keyRing() {
        return keyRing(suffix());
    }

    /** The same for a tenant of whom only the suffix is known. */
    public static String keyRing(String suffix) {
        return "bulkhead-tenant-" + suffix;
    }

    @Override
    public String toString() {
        return value;
    }

    private byte[] sha256() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
