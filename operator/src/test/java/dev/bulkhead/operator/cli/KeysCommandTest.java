package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.secret.RecoveryFile;
import dev.bulkhead.operator.secret.RecoveryKey;
import io.fabric8.kubernetes.client.Config;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command does before it talks to a cluster; the rest is tested with one. */
class KeysCommandTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void the_private_half_goes_to_a_file_that_only_its_owner_may_read_and_is_never_printed() throws Exception {
        Path file = directory.resolve("recovery.key");

        assertThat(run("recovery-key", "--to", file.toString())).isZero();

        String secret = Files.readString(file).strip();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(out.toString() + err).doesNotContain(secret.substring(5));
        assertThat(err.toString()).contains("keep it offline");
        try (RecoveryKey.Private key = RecoveryKey.Private.parse(secret).orElseThrow()) {
            assertThat(out.toString().strip()).isEqualTo(key.publicHalf().text());
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void a_file_that_is_there_is_not_written_over() throws Exception {
        Path file = Files.writeString(directory.resolve("recovery.key"), "mine");

        assertThat(run("recovery-key", "--to", file.toString())).isOne();
        assertThat(err.toString()).contains("is there already");
        assertThat(run(
                        "export",
                        "--to",
                        file.toString(),
                        "--recovery-key",
                        key().publicHalf().text()))
                .isOne();
        assertThat(Files.readString(file)).isEqualTo("mine");
    }

    @Test
    void a_wrong_recovery_key_is_wrong_usage() {
        String to = directory.resolve("rings").toString();

        assertThat(run("export", "--to", to, "--recovery-key", key().text())).isEqualTo(2);
        assertThat(err.toString()).contains("--recovery-key is the private half");
        assertThat(run("export", "--to", to, "--recovery-key", "age1qqq")).isEqualTo(2);
    }

    @Test
    void what_cannot_be_opened_is_refused_before_the_cluster_is_asked() throws Exception {
        RecoveryKey.Private right = key();
        Path rightKey = Files.writeString(directory.resolve("right.key"), right.text() + "\n");
        Path otherKey = Files.writeString(directory.resolve("other.key"), key().text());
        Path publicKey = Files.writeString(
                directory.resolve("public.key"), right.publicHalf().text());
        Path copy = Files.write(directory.resolve("rings.tsr"), sealed(right, "bulkhead-system"));
        Path elsewhere = Files.write(directory.resolve("elsewhere.tsr"), sealed(right, "another"));

        refused(
                copy,
                otherKey,
                "is encrypted to recovery key " + right.publicHalf().id());
        refused(copy, publicKey, "holds no private recovery key");
        refused(rightKey, rightKey, "is not a copy of key rings");
        refused(directory.resolve("absent"), rightKey, "absent cannot be read: no such file, or no right to read it");
        refused(elsewhere, rightKey, "these rings open with an operator in namespace another only");
    }

    private void refused(Path copy, Path key, String words) {
        err.getBuffer().setLength(0);
        assertThat(run("import", copy.toString(), "--recovery-key", key.toString()))
                .isOne();
        assertThat(err.toString()).contains(words);
    }

    private static byte[] sealed(RecoveryKey.Private key, String namespace) {
        return new RecoveryFile(
                        new RecoveryFile.Header(
                                "c0ffee",
                                "2026-11-29T09:12:03Z",
                                key.publicHalf().id(),
                                namespace,
                                List.of()),
                        List.of())
                .seal(key.publicHalf(), RANDOM);
    }

    private static RecoveryKey.Private key() {
        return RecoveryKey.Private.generate(RANDOM);
    }

    private int run(String... arguments) {
        CommandLine command = KeysCommand.commandLine(
                () -> {
                    throw new AssertionError("no cluster is asked: " + Config.class);
                },
                Clock.systemUTC(),
                RANDOM);
        return command.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
