package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A name as it is spelled, and how it goes into the places that a request has for names.
 *
 * @param bytes one character for each byte
 * @param verbatim whether bytes that cannot stand in a request line are sent there all the same
 */
@Pure
record Name(String bytes, boolean verbatim) {
    /** Of ordinary characters. */
    static Name of(String text) {
        return new Name(text, false);
    }

    /** For a path, a query or a header: as it is, but for what cannot stand there. */
    String url() {
        if (verbatim) {
            return bytes;
        }
        StringBuilder url = new StringBuilder();
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            if (c > ' ' && c < 0x7f) {
                url.append(c);
            } else {
                url.append("%%%02X".formatted((int) c));
            }
        }
        return url.toString();
    }

    /** For the text of an XML element. */
    String xml() {
        return bytes.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Every byte but unreserved ones percent-encoded, as a signature has it. */
    static String encoded(String bytes, boolean slashesToo) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            boolean unreserved = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0
                    || (c == '/' && !slashesToo);
            text.append(unreserved ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return text.toString();
    }

    /** The bytes that percent-encoded text stands for; what is no code stays as it is. */
    static String decoded(String text) {
        StringBuilder bytes = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length() && isHex(text.charAt(i + 1)) && isHex(text.charAt(i + 2))) {
                bytes.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.append(c);
            }
        }
        return bytes.toString();
    }

    private static boolean isHex(char c) {
        return "0123456789abcdef".indexOf(String.valueOf(c).toLowerCase(Locale.ROOT)) >= 0;
    }

    /** The same text, read as UTF-8. */
    static String readable(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    /** The bytes of that text in UTF-8: other ones where it was none. */
    static String asText(String bytes) {
        return new String(readable(bytes).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
