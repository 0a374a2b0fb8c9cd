package dev.bulkhead.operator.secret;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Writes the fields of our formats: fixed-width big-endian numbers, raw bytes, and {@code lp(x) = u32 length ‖ x}. */
final class Frame {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

    Frame ascii(String magic) {
        return raw(magic.getBytes(StandardCharsets.US_ASCII));
    }

    Frame u8(int value) {
        out.write(value);
        return this;
    }

    Frame u32(int value) {
        return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    Frame u64(long value) {
        return raw(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    Frame raw(byte[] bytes) {
        out.write(bytes, 0, bytes.length);
        return this;
    }

    Frame lp(String text) {
        ByteBuffer encoded = utf8(text);
        u32(encoded.remaining());
        out.write(encoded.array(), encoded.arrayOffset() + encoded.position(), encoded.remaining());
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    static String requireNotEmpty(String field, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(field + " must not be empty");
        }
        return value;
    }

    /** Strict: getBytes would turn every lone surrogate into the same '?', and two names would share one encoding. */
    private static ByteBuffer utf8(String text) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a name contains characters that are not valid Unicode", e);
        }
    }
}
