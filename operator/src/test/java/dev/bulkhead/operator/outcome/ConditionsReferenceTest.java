package dev.bulkhead.operator.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/conditions.md} lists every condition and every reason. After a change run {@code mvn -pl operator -am test
 * -Dbulkhead.regenerate=true} and commit the result.
 */
class ConditionsReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/conditions.md");
    private static final Path SOURCES = Path.of("src/main/java");

    /** Conditions in the order in which people ask for them, and what True means. */
    private static final Map<String, String> CONDITIONS = new LinkedHashMap<>();

    static {
        CONDITIONS.put(
                "Ready",
                "Everything the spec asks for is in place, and every control that the profile requires is enforced. What"
                        + " GitOps waits for. Pods and probes are conditions of their own.");
        CONDITIONS.put("Reconciling", "The operator is still working towards the spec and needs nobody.");
        CONDITIONS.put("Stalled", "The operator cannot go on before somebody changes the object or the platform.");
        CONDITIONS.put("WorkloadsAvailable", "All pods of all workflows are available.");
        CONDITIONS.put("IsolationVerified", "Probes tried to break out and did not get through, recently enough.");
        CONDITIONS.put(
                "IsolationBreach", "A probe got through. Stays True until somebody acknowledges it, also when mended.");
        CONDITIONS.put("EvidenceFresh", "The proofs are not older than they count.");
        CONDITIONS.put("AttestationsCurrent", "What somebody has to declare is declared and has not run out.");
        CONDITIONS.put("BackupsHealthy", "Backups ran on schedule and can be read.");
        CONDITIONS.put("RetentionHealthy", "Each class of data was deleted in time.");
    }

    @Test
    void the_reference_lists_every_condition_and_every_reason() throws IOException {
        String text = reference();
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(REFERENCE, text);
        }
        assertThat(REFERENCE).exists();
        assertThat(Files.readString(REFERENCE))
                .as("%s is stale: run mvn -pl operator -am test -Dbulkhead.regenerate=true", REFERENCE)
                .isEqualTo(text);
    }

    @Test
    void no_condition_is_set_that_the_reference_does_not_list() throws IOException {
        Pattern type = Pattern.compile("\\.set\\(\\s*\"([A-Z][A-Za-z]+)\",\\s*(?:Condition\\.)?Status\\.");
        TreeSet<String> set = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                Matcher found = type.matcher(Files.readString(file));
                while (found.find()) {
                    set.add(found.group(1));
                }
            }
        }
        assertThat(CONDITIONS.keySet()).containsAll(set);
    }

    @Test
    void every_reason_is_one_word_with_a_meaning_of_its_own() {
        List<Reason> reasons = List.of(Reason.values());
        assertThat(reasons).allSatisfy(r -> {
            assertThat(r.name()).matches("[A-Z][A-Za-z]+");
            assertThat(r.meaning()).endsWith(".").hasSizeGreaterThan(10);
        });
        assertThat(reasons.stream().map(Reason::meaning)).doesNotHaveDuplicates();
    }

    private static String reference() {
        StringBuilder text = new StringBuilder("""
                # Conditions and reasons

                A condition says True, False or Unknown, with one reason that scripts may compare and a message for
                people, which names the field or object, why, and what to do. Reasons are never renamed. Generated from
                the code; the fields they speak of stand in [tenant-reference.md](tenant-reference.md).

                ## Conditions

                | type | True means |
                |---|---|
                """);
        CONDITIONS.forEach((type, meaning) ->
                text.append("| `").append(type).append("` | ").append(meaning).append(" |\n"));
        text.append("\n## Reasons\n\n| reason | means |\n|---|---|\n");
        Arrays.stream(Reason.values())
                .forEach(r -> text.append("| `")
                        .append(r.name())
                        .append("` | ")
                        .append(r.meaning())
                        .append(" |\n"));
        return text.toString();
    }
}
