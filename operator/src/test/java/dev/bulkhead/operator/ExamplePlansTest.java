package dev.bulkhead.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.cli.PlanCommand;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * The whole plan of every example tenant as reviewed text: what {@code bulkhead plan} prints. After a change of a planner
 * run this with {@code -Dbulkhead.regenerate=true}, read the difference, and commit it.
 */
class ExamplePlansTest {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Path GOLDEN = Path.of("src/test/resources/golden/examples");
    private static final boolean REGENERATE = Boolean.getBoolean("bulkhead.regenerate");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".yaml"))
                    .map(f -> f.replace(".yaml", ""))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void the_plan_of_an_example_is_what_was_reviewed(String example) throws IOException {
        Run run = plan("", "-f", EXAMPLES.resolve(example + ".yaml").toString());

        assertThat(run.err()).isEmpty();
        Path file = GOLDEN.resolve(example + ".txt");
        if (REGENERATE) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, run.out());
        }
        assertThat(run.out()).isEqualTo(Files.readString(file));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void no_golden_plan_is_unused() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(f -> f.getFileName().toString().replace(".txt", "")))
                    .containsExactlyInAnyOrderElementsOf(examples());
        }
    }

    @Test
    void json_carries_the_same_objects() {
        Run run = plan("", "-f", EXAMPLES.resolve("portal-waschhaus.yaml").toString(), "-o", "json");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("[ {").contains("\"sql\"", "bulkhead-default-deny", "waschhaus--web");
    }

    @Test
    void where_keys_are_supplied_the_plan_names_the_secret_they_come_from() {
        Run run = plan(
                "",
                "-f",
                EXAMPLES.resolve("portal-waschhaus.yaml").toString(),
                "-f",
                EXAMPLES.resolve("backends/supplied-keys.yaml").toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "access-key-id: <access-key-id of Secret bulkhead-objectstore-",
                        "\"Principal\":{\"AWS\":[\"<principal of Secret bulkhead-objectstore-",
                        "revokesKeys: the key of a suspended or removed tenant");
    }

    @Test
    void a_tenant_that_is_not_valid_is_named_with_the_reason_and_the_remedy() {
        Run run = plan("""
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: acme }
                spec:
                  profile: no-such-product
                  displayName: Acme
                  namespaces: [{ name: app }]
                  quota: { cpu: "1", memory: 1Gi }
                """, "-f", "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("Tenant acme: UnknownProfile: spec.profile", "no-such-product");
    }

    @Test
    void a_file_that_is_not_there_is_an_error_and_not_a_stack_trace() {
        Run run = plan("", "-f", "no-such-file.yaml");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("no-such-file.yaml cannot be read").doesNotContain("Exception");
    }

    @Test
    void a_field_that_does_not_exist_is_an_error() {
        Run run = plan(
                "apiVersion: bulkhead.dev/v1beta1\nkind: Tenant\nmetadata: { name: acme }\nspec: { profil: portal }\n",
                "-f",
                "-");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("standard input is not usable", "profil");
    }

    private record Run(int exitCode, String out, String err) {}

    private static Run plan(String stdin, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = new CommandLine(
                        new PlanCommand(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), CLOCK))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
