package dev.bulkhead.e2e.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A container image of one static program, as an OCI archive: one layer with one file. The same program makes the same
 * digest on every machine.
 */
final class ImageArchive {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    /** Root needs no more than to run it, and others as much. */
    private static final int EXECUTABLE = 0755;

    private final Map<String, byte[]> blobs = new TreeMap<>();
    private final Map<String, Object> manifest;

    /** An image that runs {@code program} with {@code arguments}, and after them what a pod gives. */
    ImageArchive(Path program, String architecture, List<String> arguments) {
        byte[] layer = layer(program);
        String path = "/" + program.getFileName();
        Map<String, Object> config = blob(
                CONFIG,
                json(Map.of(
                        "architecture",
                        architecture,
                        "os",
                        "linux",
                        "config",
                        Map.of("Entrypoint", entrypoint(path, arguments), "User", "65532:65532"),
                        "rootfs",
                        Map.of("type", "layers", "diff_ids", List.of(digest(layer))))));
        this.manifest = blob(
                MANIFEST,
                json(Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MANIFEST,
                        "config",
                        config,
                        "layers",
                        List.of(blob(LAYER, layer)))));
    }

    /** {@code sha256:…} of the manifest, by which a pod names the image. */
    String digest() {
        return String.valueOf(manifest.get("digest"));
    }

    /** Writes the archive; containerd will know the image as {@code name}. */
    void write(Path file, String name) {
        Map<String, Object> named = new TreeMap<>(manifest);
        named.put("annotations", Map.of("io.containerd.image.name", name));
        try (OutputStream out = Files.newOutputStream(file);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
            put(tar, "oci-layout", 0644, json(Map.of("imageLayoutVersion", "1.0.0")));
            put(tar, "index.json", 0644, json(Map.of("schemaVersion", 2, "manifests", List.of(named))));
            for (Map.Entry<String, byte[]> blob : blobs.entrySet()) {
                put(tar, "blobs/" + blob.getKey().replace(':', '/'), 0644, blob.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> entrypoint(String path, List<String> arguments) {
        return Stream.concat(Stream.of(path), arguments.stream()).toList();
    }

    private Map<String, Object> blob(String type, byte[] content) {
        String digest = digest(content);
        blobs.put(digest, content);
        return Map.of("mediaType", type, "digest", digest, "size", content.length);
    }

    private static byte[] layer(Path program) {
        ByteArrayOutputStream layer = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(layer)) {
            put(tar, program.getFileName().toString(), EXECUTABLE, Files.readAllBytes(program));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String name, int mode, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        entry.setMode(mode);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static byte[] json(Map<String, Object> content) {
        try {
            return JSON.writeValueAsString(content).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
