package dev.bulkhead.e2e.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The operator's image as the build left it.
 *
 * @param archive what {@code docker save} would write
 * @param name with its tag
 * @param content digest of the archive, by which two builds of one tag differ
 */
public record OperatorImage(Path archive, String name, String content) {
    private static final int DIGITS = 16;

    /** Reads the archive's name and digest. */
    public static OperatorImage read(Path archive) {
        Path file = archive.toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            throw new StackException(
                    "there is no operator image at " + file + "; build it with `mvn -DskipTests package`");
        }
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                if (entry.getName().equals("manifest.json")) {
                    JsonNode manifest = JsonMapper.builder().build().readTree(tar.readAllBytes());
                    return new OperatorImage(file, manifest.at("/0/RepoTags/0").asText(), digest(file));
                }
            }
        } catch (IOException e) {
            throw new StackException(file + " is not an image archive: " + e.getMessage(), e);
        }
        throw new StackException(file + " is not an image archive: it has no manifest.json");
    }

    private static String digest(Path archive) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
