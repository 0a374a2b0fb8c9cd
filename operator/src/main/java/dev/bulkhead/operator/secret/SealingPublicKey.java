package dev.bulkhead.operator.secret;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What anyone needs to seal a value for a tenant; public, and published in the ConfigMap {@value #CONFIG_MAP} of each
 * tenant namespace.
 *
 * @param identity the tenant's identity, which becomes part of every sealed value
 * @param version version of the sealing key, 1 and up
 * @param publicKey X25519 public key: 32 bytes as 43 characters of base64url without padding; weak points are refused
 */
public record SealingPublicKey(String identity, int version, String publicKey) {
    /** Name of the ConfigMap in every tenant namespace. */
    public static final String CONFIG_MAP = "bulkhead-tenant";
    /** Its key for {@link #identity}. */
    public static final String IDENTITY_KEY = "identity";
    /** Its key for {@link #version}, in decimal. */
    public static final String VERSION_KEY = "seal-key-version";
    /** Its key for {@link #publicKey}. */
    public static final String PUBLIC_KEY_KEY = "seal-public-key";

    private static final Pattern DECIMAL = Pattern.compile("[1-9][0-9]{0,8}");

    public SealingPublicKey {
        Frame.requireNotEmpty("identity", identity);
        if (version < 1) {
            throw new IllegalArgumentException("sealing key versions begin with 1");
        }
        byte[] bytes = Base64Url.decode(publicKey)
                .filter(decoded -> decoded.length == Hpke.KEY_BYTES)
                .orElseThrow(() -> new IllegalArgumentException(
                        PUBLIC_KEY_KEY + " is not the base64url form of " + Hpke.KEY_BYTES + " bytes"));
        if (Hpke.isWeakShare(bytes)) {
            throw new IllegalArgumentException(
                    PUBLIC_KEY_KEY + " is a weak X25519 point; what is sealed to it could be read by all");
        }
    }

    /** The raw 32 bytes. */
    public byte[] bytes() {
        return Base64.getUrlDecoder().decode(publicKey);
    }

    /** The entries for the ConfigMap's data. */
    public Map<String, String> toConfigMapData() {
        return Map.of(IDENTITY_KEY, identity, VERSION_KEY, Integer.toString(version), PUBLIC_KEY_KEY, publicKey);
    }

    /** What came of reading a ConfigMap's data. */
    public sealed interface PublicKeyReading {
        /** The ConfigMap holds a usable key. */
        record Read(SealingPublicKey key) implements PublicKeyReading {}

        /** It does not; the message says which entry is wrong and how. */
        record Unusable(String message) implements PublicKeyReading {}
    }

    /** Reads the data of a ConfigMap {@value #CONFIG_MAP}; other entries in it are ignored. */
    public static PublicKeyReading fromConfigMapData(Map<String, String> data) {
        for (String key : new String[] {IDENTITY_KEY, VERSION_KEY, PUBLIC_KEY_KEY}) {
            if (Optional.ofNullable(data.get(key))
                    .filter(value -> !value.isEmpty())
                    .isEmpty()) {
                return new PublicKeyReading.Unusable("entry " + key + " is missing");
            }
        }
        String version = data.getOrDefault(VERSION_KEY, "");
        if (!DECIMAL.matcher(version).matches()) {
            return new PublicKeyReading.Unusable("entry " + VERSION_KEY + " is not a whole number from 1 up");
        }
        try {
            return new PublicKeyReading.Read(new SealingPublicKey(
                    data.getOrDefault(IDENTITY_KEY, ""),
                    Integer.parseInt(version),
                    data.getOrDefault(PUBLIC_KEY_KEY, "")));
        } catch (IllegalArgumentException e) {
            return new PublicKeyReading.Unusable("entry " + e.getMessage());
        }
    }
}
