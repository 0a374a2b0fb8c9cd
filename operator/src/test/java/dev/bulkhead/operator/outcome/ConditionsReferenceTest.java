package dev.bulkhead.operator.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/conditions.md} lists every condition and every reason. After a change run {@code mvn -pl operator -am test
 * -Dbulkhead.regenerate=true} and commit the result.
 */
class ConditionsReferenceTest {
    private static final Path REFERENCE = Path.of("../docs/conditions.md");

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
        Arrays.stream(ConditionType.values())
                .forEach(c -> text.append("| `")
                        .append(c.name())
                        .append("` | ")
                        .append(c.meaning())
                        .append(" |\n"));
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
