package dev.bulkhead.operator.secret;

import java.util.Base64;
import java.util.Optional;

/** Base64url without padding, one text for one value: the JDK's decoder alone takes padding and stray trailing bits. */
final class Base64Url {
    private Base64Url() {}

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Empty when the text is not exactly what {@link #encode} would have written. */
    static Optional<byte[]> decode(String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            return encode(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
