package dev.bulkhead.operator.secret;

import dev.bulkhead.operator.Pure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Text as an annotation carries it: gzip (RFC 1952), base64 (RFC 4648). */
@Pure
final class Packed {
    /** Characters; an object's annotations may have 262,144 together. */
    private static final int MOST = 128 << 10;

    /** Bytes that a text may unfold to. */
    private static final int MOST_TEXT = 4 << 20;

    private Packed() {}

    /** Packs; empty when it would take more room than an annotation should. */
    static Optional<String> of(String text) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Optional.of(Base64.getEncoder().encodeToString(packed.toByteArray()))
                .filter(base64 -> base64.length() <= MOST);
    }

    /** Unpacks; empty when it cannot be read. */
    static Optional<String> read(String packed) {
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(packed)))) {
            byte[] text = in.readNBytes(MOST_TEXT);
            return in.read() < 0 ? Optional.of(new String(text, StandardCharsets.UTF_8)) : Optional.empty();
        } catch (IOException | IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
