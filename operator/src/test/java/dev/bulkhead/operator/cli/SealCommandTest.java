package dev.bulkhead.operator.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.secret.KnownSealingKey;
import dev.bulkhead.operator.secret.MessageOpening;
import dev.bulkhead.operator.secret.SealedValue;
import dev.bulkhead.operator.secret.SealingKeySource;
import dev.bulkhead.operator.secret.SealingPublicKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class SealCommandTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_767_225_600_123L), ZoneOffset.UTC);
    private static final String IDENTITY = "7c1e2f9a-0000-4000-8000-00000000000a";

    @TempDir
    Path directory;

    private final KnownSealingKey sealingKey = new KnownSealingKey(IDENTITY, 2, RANDOM);
    private final SealingPublicKey publicKey = sealingKey.publicKey();
    private final List<String> asked = new ArrayList<>();
    private SealingKeySource.Lookup answer = new SealingKeySource.Lookup.Found(publicKey.toConfigMapData());

    private record Run(int exitCode, String out, String err) {}

    @Test
    void standard_input_becomes_one_line_that_only_the_operator_opens() {
        Run run = run("hunter2", "--namespace", "acme--app", "--name", "llm", "--key", "token");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith(System.lineSeparator()).doesNotContain("hunter2");
        assertOpens("hunter2", "acme--app", "llm", "token", run.out().strip());
        assertThat(asked).containsExactly("acme--app");
    }

    @Test
    void every_byte_of_standard_input_counts_unless_it_is_trimmed() {
        Run plain = run(" hunter2 \n", "--namespace", "acme--app", "--name", "llm", "--key", "token");
        assertOpens(" hunter2 \n", "acme--app", "llm", "token", plain.out().strip());
        assertThat(plain.err()).contains("ends with a line break").doesNotContain("hunter2");
        Run trimmed = run("\t hunt er2 \r\n", "--namespace", "acme--app", "--name", "llm", "--key", "token", "--trim");
        assertOpens("hunt er2", "acme--app", "llm", "token", trimmed.out().strip());
        assertThat(trimmed.err()).isEmpty();
    }

    @Test
    void a_manifest_holds_one_entry_for_each_file() throws IOException {
        Path certificate = Files.writeString(directory.resolve("c.pem"), "certificate");
        Path key = Files.writeString(directory.resolve("k.pem"), "private");
        Run run = run(
                "",
                "--namespace=acme--app",
                "--name=tls",
                "-o",
                "yaml",
                "--type=tls",
                "--from-file",
                "tls.crt=" + certificate,
                "--from-file",
                "tls.key=" + key);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).doesNotContain("private");
        JsonNode manifest = new YAMLMapper().readTree(run.out());
        assertThat(manifest.path("apiVersion").asText()).isEqualTo("bulkhead.dev/v1beta1");
        assertThat(manifest.path("kind").asText()).isEqualTo("TenantSecret");
        assertThat(manifest.path("metadata").path("name").asText()).isEqualTo("tls");
        assertThat(manifest.path("metadata").path("namespace").asText()).isEqualTo("acme--app");
        assertThat(manifest.path("spec").path("type").asText()).isEqualTo("tls");
        JsonNode data = manifest.path("spec").path("data");
        assertThat(data.size()).isEqualTo(2);
        assertOpens(
                "certificate",
                "acme--app",
                "tls",
                "tls.crt",
                data.path("tls.crt").asText());
        assertOpens(
                "private", "acme--app", "tls", "tls.key", data.path("tls.key").asText());
    }

    @Test
    void the_manifest_is_plain_yaml_with_the_value_on_one_line() {
        String value = "x".repeat(3_000);
        Run run = run(value, "--namespace", "acme--app", "--name", "llm", "--key", "token", "-o", "yaml");
        assertThat(run.out().replaceAll("TSH1\\.[A-Za-z0-9_-]+", "TSH1…")).isEqualTo("""
                        ---
                        apiVersion: bulkhead.dev/v1beta1
                        kind: TenantSecret
                        metadata:
                          name: llm
                          namespace: acme--app
                        spec:
                          type: Opaque
                          data:
                            token: TSH1…
                        """);
    }

    /** Names that YAML would read as a number or a truth value. */
    @Test
    void names_that_look_like_numbers_stay_texts() throws IOException {
        Run run = run("x", "--namespace", "123", "--name", "true", "--key", "no", "-o", "yaml");
        JsonNode manifest = new YAMLMapper().readTree(run.out());
        assertThat(manifest.path("metadata").path("namespace").isTextual()).isTrue();
        assertThat(manifest.path("metadata").path("name").isTextual()).isTrue();
        assertThat(run.out()).contains("\"no\":", "\"true\"", "\"123\"");
    }

    @Test
    void several_values_as_text_are_lines_to_paste_under_data() throws IOException {
        Path file = Files.writeString(directory.resolve("a"), "one");
        Run run = run("two", "--namespace=acme--app", "--name=s", "--from-file=a=" + file, "--key=b");
        Map<String, String> lines = new TreeMap<>();
        new YAMLMapper()
                .readTree(run.out())
                .properties()
                .forEach(entry -> lines.put(entry.getKey(), entry.getValue().asText()));
        assertThat(lines).containsOnlyKeys("a", "b");
        assertOpens("one", "acme--app", "s", "a", lines.getOrDefault("a", ""));
        assertOpens("two", "acme--app", "s", "b", lines.getOrDefault("b", ""));
    }

    @Test
    void a_saved_config_map_serves_without_a_cluster_in_yaml_and_json() throws IOException {
        Path yaml = Files.writeString(directory.resolve("tenant.yaml"), configMap("bulkhead-tenant"));
        Path json = Files.writeString(
                directory.resolve("tenant.json"),
                new YAMLMapper().readTree(configMap("bulkhead-tenant")).toString());
        for (Path file : List.of(yaml, json)) {
            Run run = run("hunter2", "--tenant-config", file.toString(), "--name", "llm", "--key", "token");
            assertThat(run.exitCode()).isZero();
            assertOpens("hunter2", "acme--app", "llm", "token", run.out().strip());
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void a_saved_config_map_serves_the_tenants_other_namespaces() throws IOException {
        Path file = Files.writeString(directory.resolve("tenant.yaml"), configMap("bulkhead-tenant"));
        Run run = run("hunter2", "--tenant-config=" + file, "--namespace=acme--workflows", "--name=llm", "--key=token");
        assertOpens("hunter2", "acme--workflows", "llm", "token", run.out().strip());
    }

    @Test
    void a_file_that_is_no_such_config_map_is_refused_with_what_to_do() throws IOException {
        Path other = Files.writeString(directory.resolve("other.yaml"), configMap("other"));
        Path broken = Files.writeString(directory.resolve("broken.yaml"), "a: [");
        Path empty = Files.writeString(directory.resolve("empty.yaml"), "");
        Path missing = directory.resolve("missing.yaml");
        for (Path file : List.of(other, broken, empty, missing)) {
            assertFails(run("x", "--tenant-config=" + file, "--name=llm", "--key=token"), 1, "kubectl get configmap");
        }
        Path nowhere = Files.writeString(
                directory.resolve("nowhere.yaml"), configMap("bulkhead-tenant").replace("acme--app", "''"));
        assertFails(run("x", "--tenant-config=" + nowhere, "--name=llm", "--key=token"), 2, "names no namespace");
    }

    @Test
    void a_namespace_without_a_usable_key_is_told_apart_from_a_failing_cluster() {
        answer = new SealingKeySource.Lookup.Absent();
        assertFails(run("x", "--namespace=ns", "--name=n", "--key=k"), 1, "namespace ns has no ConfigMap");
        answer = new SealingKeySource.Lookup.Failed("the API server refused: 403");
        assertFails(run("x", "--namespace=ns", "--name=n", "--key=k"), 1, "the API server refused: 403");
        answer = new SealingKeySource.Lookup.Found(Map.of("identity", "i"));
        assertFails(run("x", "--namespace=ns", "--name=n", "--key=k"), 1, "entry seal-key-version is missing");
    }

    @Test
    void an_empty_value_is_refused_also_when_trimming_made_it_so() throws IOException {
        assertFails(run("", "--namespace=ns", "--name=n", "--key=k"), 1, "standard input is empty");
        assertFails(run(" \n", "--namespace=ns", "--name=n", "--key=k", "--trim"), 1, "standard input is empty");
        Path file = Files.writeString(directory.resolve("a"), "");
        assertFails(run("", "--namespace=ns", "--name=n", "--from-file=k=" + file), 1, "is empty");
        assertFails(
                run("", "--namespace=ns", "--name=n", "--from-file=k=" + directory.resolve("b")), 1, "cannot be read");
    }

    @Test
    void more_than_a_secret_can_hold_is_refused() {
        assertFails(run("x".repeat((1 << 20) + 1), "--namespace=ns", "--name=n", "--key=k"), 1, "more than 1048576");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--name=n --key=k",
                "--namespace=ns --key=k",
                "--namespace=ns --name=n",
                "--namespace=Ns --name=n --key=k",
                "--namespace=ns --name=N --key=k",
                "--namespace=ns --name=n --key=k/l",
                "--namespace=ns --name=n --key=k=-",
                "--namespace=ns --name=n --from-file=k",
                "--namespace=ns --name=n --from-file=k=",
                "--namespace=ns --name=n --from-file==f",
                "--namespace=ns --name=n --from-file=k=f --from-file=k=g",
                "--namespace=ns --name=n --key=k --from-file=k=f",
                "--namespace=ns --name=n --key=k -o json",
                "--namespace=ns --name=n --key=k hunter2"
            })
    void wrong_usage_exits_with_2_and_seals_nothing(String arguments) {
        assertFails(run("x", arguments.split(" ", -1)), 2, "Usage: seal");
        assertThat(asked).isEmpty();
    }

    private Run run(String stdin, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        SealingKeySource source = namespace -> {
            asked.add(namespace);
            return answer;
        };
        CommandLine command = new CommandLine(
                new SealCommand(source, new ByteArrayInputStream(stdin.getBytes(UTF_8)), CLOCK, RANDOM));
        command.setOut(new PrintWriter(out));
        command.setErr(new PrintWriter(err));
        return new Run(command.execute(arguments), out.toString(), err.toString());
    }

    private String configMap(String name) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: %s
                  namespace: acme--app
                data:
                  identity: %s
                  phase: Active
                  seal-key-version: "2"
                  seal-public-key: %s
                """.formatted(name, IDENTITY, publicKey.publicKey());
    }

    private void assertOpens(String expected, String namespace, String name, String key, String text) {
        SealedValue.SealTarget target = new SealedValue.SealTarget(namespace, name, key);
        assertThat(sealingKey.open(target, text)).isInstanceOfSatisfying(MessageOpening.Opened.class, opened -> {
            assertThat(new String(opened.plaintext(), UTF_8)).isEqualTo(expected);
            assertThat(opened.keyVersion()).isEqualTo(2);
            assertThat(opened.epochMillis()).isEqualTo(CLOCK.millis());
        });
    }

    private static void assertFails(Run run, int exitCode, String message) {
        assertThat(run.err()).contains(message);
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.out()).isEmpty();
    }
}
