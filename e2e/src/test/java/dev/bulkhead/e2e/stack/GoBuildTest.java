package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With scripts in the place of Go; the real one builds the programs that the integration tests run. */
class GoBuildTest {
    private static final Progress SILENT = _ -> {};

    @TempDir
    private Path directory;

    private Path bin;
    private Path cache;

    @BeforeEach
    void folders() throws IOException {
        bin = Files.createDirectory(directory.resolve("bin"));
        cache = Files.createDirectory(directory.resolve("cache"));
    }

    @Test
    void without_go_the_message_says_what_to_install() {
        assertThatExceptionOfType(StackException.class)
                .isThrownBy(this::buildEtcd)
                .withMessageContaining("install Go 1.26 or newer")
                .withMessageContaining("etcd 3.");
    }

    @Test
    void an_old_go_is_named_with_its_place_and_version() throws IOException {
        go("echo go version go1.19.8 linux/amd64");

        assertThatExceptionOfType(StackException.class)
                .isThrownBy(this::buildEtcd)
                .withMessageContaining("Go 1.26 or newer is needed")
                .withMessageContaining("go1.19.8")
                .withMessageContaining(bin.resolve("go").toString());
    }

    @ParameterizedTest
    @CsvSource({
        "dial tcp: lookup proxy: no such host, cannot reach its module proxy",
        "go.mod requires go >= 1.26.0 (running go 1.25.1), install Go 1.26 or newer",
        "write x: no space left on device, the disk is full",
        "verifying module: checksum mismatch, not those this project names in go.sum",
        "undefined: everything, Go could not build etcd",
    })
    void what_go_complains_about_is_explained_and_quoted(String complaint, String explanation) throws IOException {
        go(
                "[ \"$1\" != version ] || { echo go version go1.26.1 linux/amd64; exit 0; }",
                "echo '" + complaint + "' >&2; exit 1");

        assertThatExceptionOfType(StackException.class)
                .isThrownBy(this::buildEtcd)
                .withMessageContaining(explanation)
                .withMessageContaining(complaint);
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void a_program_gets_its_name_in_the_cache_when_it_is_whole_and_leftovers_of_a_killed_build_go() throws IOException {
        Files.writeString(Files.createDirectory(cache.resolve(".build123")).resolve("half"), "half");
        go(
                "case $1 in",
                "version) echo go version go1.26.1 linux/amd64 ;;",
                "list) echo etcd ;;",
                "build) grep -q etcd go.mod && grep -q etcd go.sum || exit 1",
                "  while [ \"$1\" != -o ]; do shift; done; echo \"cgo=$CGO_ENABLED\" > \"$2/server\" ;;",
                "esac");

        buildEtcd();

        assertThat(cache).isDirectoryContaining("glob:**/etcd");
        assertThat(cache.resolve("etcd")).hasContent("cgo=0");
        assertThat(cache).isDirectoryNotContaining("glob:**/.build*");
    }

    private void buildEtcd() {
        new GoBuild(Map.of("PATH", bin.toString()), SILENT, List.of()).build(GoProject.ETCD, Set.of("etcd"), cache);
    }

    private void go(String... lines) throws IOException {
        Path script = bin.resolve("go");
        Files.writeString(script, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
