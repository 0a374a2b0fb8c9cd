package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The operator's image, unless this build left it out: {@code -DskipImage}. */
@EnabledIf(value = "built", disabledReason = "the image was left out by -DskipImage")
class ImageIT {
    private static final Path TAR = Path.of("..", "operator", "target", "bulkhead-operator-image.tar");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Files of the tar by name. */
    private static final Map<String, byte[]> PARTS = new TreeMap<>();

    static boolean built() {
        return Files.exists(TAR);
    }

    static boolean builtAndRoot() {
        return built() && "root".equals(System.getProperty("user.name"));
    }

    @BeforeAll
    static void read() throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(TAR))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                PARTS.put(entry.getName(), tar.readAllBytes());
            }
        }
    }

    @Test
    void it_starts_the_operator_as_an_ordinary_user() throws IOException {
        JsonNode config = part("config.json").get("config");

        assertThat(config.get("User").asText()).isEqualTo("65532:65532");
        assertThat(texts(config.get("Entrypoint")))
                .startsWith("/opt/java/bin/java")
                .endsWith("dev.bulkhead.operator.Main");
        assertThat(texts(config.get("Cmd"))).containsExactly("run");
    }

    @Test
    void it_has_no_shell_and_nothing_that_raises_or_takes_rights() throws IOException {
        assertThat(entries())
                .isNotEmpty()
                .doesNotContainKeys("bin/sh", "bin/bash", "usr/bin/sh", "bin/busybox")
                .allSatisfy((name, entry) -> {
                    assertThat(entry.getMode() & 06000).as("setuid of %s", name).isZero();
                    assertThat(entry.getLongUserId()).as("owner of %s", name).isZero();
                    if (!name.equals("tmp/")) {
                        assertThat(entry.getMode() & 0022)
                                .as("others write %s", name)
                                .isZero();
                    }
                });
    }

    @Test
    void what_has_to_be_executable_is() throws IOException {
        assertThat(entries().values())
                .filteredOn(
                        entry -> entry.getName().matches("opt/java/bin/java|opt/java/lib/jspawnhelper|lib.*/ld-[^/]*"))
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(entry ->
                        assertThat(entry.getMode() & 0111).as(entry.getName()).isEqualTo(0111));
    }

    /** With nothing of this machine in reach: whatever the runtime misses in the image, it misses here. */
    @Test
    @EnabledIf(value = "builtAndRoot", disabledReason = "only root may change the root directory")
    void its_runtime_runs_the_operator_from_the_layers_alone(@TempDir Path root)
            throws IOException, InterruptedException {
        unpack(root);
        Files.createDirectory(root.resolve("proc"));
        Files.createDirectory(root.resolve("dev"));
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--propagation=private",
                "sh",
                "-c",
                "mount -t proc proc \"$1/proc\" && mount --rbind /dev \"$1/dev\" && exec chroot --userspec=65532:65532"
                        + " \"$@\"",
                "sh",
                root.toString()));
        List<String> entrypoint = texts(part("config.json").at("/config/Entrypoint"));
        command.addAll(entrypoint.subList(0, entrypoint.size() - 1));
        // -Xshare:on: fails unless the archive of classes fits the runtime and its options.
        command.addAll(List.of("-Xshare:on", entrypoint.getLast(), "--version"));

        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        assertThat(output)
                .isEqualToIgnoringNewLines("bulkhead "
                        + part("config.json")
                                .at("/config/Labels/org.opencontainers.image.version")
                                .asText());
    }

    private static void unpack(Path root) throws IOException {
        for (String layer : layers()) {
            try (TarArchiveInputStream tar = layer(layer)) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    Path target = root.resolve(entry.getName()).normalize();
                    assertThat(target.startsWith(root)).as(entry.getName()).isTrue();
                    if (entry.isDirectory()) {
                        Files.createDirectories(target);
                    } else {
                        Files.copy(tar, target);
                    }
                    Files.setPosixFilePermissions(target, permissions(entry.getMode()));
                }
            }
        }
        Files.setPosixFilePermissions(root, permissions(0755));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = new HashSet<>();
        PosixFilePermission[] all = PosixFilePermission.values(); // owner's read first, others' execute last
        for (int bit = 0; bit < all.length; bit++) {
            if ((mode & (1 << (8 - bit))) != 0) {
                permissions.add(all[bit]);
            }
        }
        return permissions;
    }

    private static Map<String, TarArchiveEntry> entries() throws IOException {
        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        for (String layer : layers()) {
            try (TarArchiveInputStream tar = layer(layer)) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    entries.put(entry.getName(), entry);
                }
            }
        }
        return entries;
    }

    private static List<String> layers() throws IOException {
        return texts(part("manifest.json").at("/0/Layers"));
    }

    private static TarArchiveInputStream layer(String name) throws IOException {
        InputStream bytes = new ByteArrayInputStream(PARTS.getOrDefault(name, new byte[0]));
        return new TarArchiveInputStream(new GZIPInputStream(bytes));
    }

    private static JsonNode part(String name) throws IOException {
        return JSON.readTree(PARTS.get(name));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
