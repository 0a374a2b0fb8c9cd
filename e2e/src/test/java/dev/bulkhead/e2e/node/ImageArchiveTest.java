package dev.bulkhead.e2e.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    @TempDir
    private Path directory;

    @Test
    void the_same_program_makes_the_same_digest_and_another_program_another() throws IOException {
        Path program = program("one");
        String digest = new ImageArchive(program, "amd64", List.of()).digest();

        assertThat(new ImageArchive(program, "amd64", List.of()).digest()).isEqualTo(digest);
        assertThat(new ImageArchive(program, "amd64", List.of("pause")).digest())
                .isNotEqualTo(digest);
        assertThat(new ImageArchive(program("two"), "amd64", List.of()).digest())
                .isNotEqualTo(digest);
    }

    @Test
    void every_blob_is_named_by_its_content_and_the_index_leads_to_the_program() throws IOException {
        ImageArchive image = new ImageArchive(program("content"), "amd64", List.of("pause"));
        Path file = directory.resolve("image.tar");
        image.write(file, "example.local/pause:1");

        Map<String, byte[]> parts = parts(file);
        parts.forEach((name, content) -> {
            if (name.startsWith("blobs/sha256/")) {
                assertThat(name).endsWith(sha256(content));
            }
        });
        JsonNode index = json(parts, "index.json").at("/manifests/0");
        assertThat(index.at("/annotations/io.containerd.image.name").asText()).isEqualTo("example.local/pause:1");
        assertThat(index.get("digest").asText()).isEqualTo(image.digest());
        JsonNode manifest = json(parts, blob(index));
        JsonNode config = json(parts, blob(manifest.get("config")));
        assertThat(config.at("/config/Entrypoint").toString()).isEqualTo("[\"/workload\",\"pause\"]");
        assertThat(config.at("/rootfs/diff_ids/0").asText())
                .isEqualTo(manifest.at("/layers/0/digest").asText());
        assertThat(parts(content(parts, blob(manifest.at("/layers/0")))))
                .containsOnlyKeys("workload")
                .hasEntrySatisfying(
                        "workload", bytes -> assertThat(bytes).asString().isEqualTo("content"));
    }

    private Path program(String content) throws IOException {
        return Files.writeString(directory.resolve("workload"), content);
    }

    private static String blob(JsonNode descriptor) {
        return "blobs/" + descriptor.get("digest").asText().replace(':', '/');
    }

    private static JsonNode json(Map<String, byte[]> parts, String name) throws IOException {
        return new ObjectMapper().readTree(content(parts, name));
    }

    private static byte[] content(Map<String, byte[]> parts, String name) {
        assertThat(parts).containsKey(name);
        return parts.getOrDefault(name, new byte[0]);
    }

    private static Map<String, byte[]> parts(Path file) throws IOException {
        return parts(Files.readAllBytes(file));
    }

    private static Map<String, byte[]> parts(byte[] archive) throws IOException {
        Map<String, byte[]> parts = new TreeMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(archive))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                parts.put(entry.getName(), tar.readAllBytes());
            }
        }
        return parts;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
