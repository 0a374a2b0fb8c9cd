package dev.bulkhead.operator.escape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.escape.EscapeSlice.EscapePart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Who tries what in which round. After a wanted change run this with {@code -Dbulkhead.regenerate=true}, read the difference,
 * and commit it.
 */
class EscapePlanTest {
    private static final Path TENANTS = Path.of("src/test/resources/golden/escape/tenants.txt");
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Cast CAST = new Cast("OWN", "HOME/", "VICTIM", "FOLDER/", "VERSION", "UPLOAD", "\"TAG\"");

    @Test
    void what_tenants_try_in_which_of_their_rounds_is_what_was_reviewed() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int turn = 0; turn < EscapePlan.TENANT_TURNS; turn++) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append("# round ")
                    .append(turn)
                    .append('\n');
            for (EscapeAttempt attempt : attempts(EscapePlan.ofTenant(turn, Set.of()))) {
                text.append(attempt)
                        .append(": ")
                        .append(attempt.request(CAST).text())
                        .append('\n');
            }
        }
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(TENANTS, text);
        }

        assertThat(text.toString()).isEqualTo(Files.readString(TENANTS));
    }

    @Test
    void every_carrier_for_tenants_comes_by_within_its_rounds_wherever_a_tenant_begins() {
        Set<NameCarrier> all = carriers(EscapePlan.ofTenantAtOnce());
        for (int begin : List.of(0, 4, 13)) {
            Set<NameCarrier> tried = new TreeSet<>();
            IntStream.range(begin, begin + EscapePlan.TENANT_TURNS)
                    .forEach(turn -> tried.addAll(carriers(EscapePlan.ofTenant(turn, Set.of()))));

            assertThat(tried).isEqualTo(all);
        }
        assertThat(all).hasSize(22);
    }

    @Test
    void a_round_of_a_tenant_is_a_few_requests() {
        for (int turn = 0; turn < EscapePlan.TENANT_TURNS; turn++) {
            assertThat(attempts(EscapePlan.ofTenant(turn, Set.of()))).hasSizeLessThanOrEqualTo(20);
        }
    }

    @Test
    void what_was_not_clearly_kept_is_tried_again_in_the_next_round_and_of_many_a_few() {
        String carrier = NameCarrier.KEY_IN_DELETE.text();

        assertThat(carriers(EscapePlan.ofTenant(3, Set.of(carrier)))).contains(NameCarrier.KEY_IN_DELETE);
        assertThat(carriers(EscapePlan.ofTenant(3, Set.copyOf(EscapePlan.carriers()))))
                .hasSizeLessThanOrEqualTo(6);
    }

    @Test
    void between_the_canaries_all_is_tried_at_first_and_again_after_a_day() {
        EscapeSlice first = EscapePlan.ofCanaries(Map.of(), 0, NOW);
        Map<String, Instant> settled = new HashMap<>();
        EscapePlan.carriers().forEach(carrier -> settled.put(carrier, NOW));

        assertThat(first.parts()).extracting(part -> part.carrier().text()).isEqualTo(EscapePlan.carriers());
        assertThat(EscapePlan.ofCanaries(settled, 1, NOW.plus(Duration.ofHours(23)))
                        .parts())
                .hasSize(1);
        assertThat(EscapePlan.ofCanaries(settled, 1, NOW.plus(Duration.ofHours(24)))
                        .parts())
                .hasSameSizeAs(first.parts());
    }

    @Test
    void what_was_unclear_between_the_canaries_is_due_at_once_and_alone() {
        Map<String, Instant> settled = new HashMap<>();
        EscapePlan.carriers().forEach(carrier -> settled.put(carrier, NOW));
        settled.remove(NameCarrier.KEY_OF_FORM.text());

        assertThat(carriers(EscapePlan.ofCanaries(settled, 5, NOW))).containsExactly(NameCarrier.KEY_OF_FORM);
    }

    @Test
    void rounds_between_leave_no_version_and_come_by_all_that_do_not() {
        Map<String, Instant> settled = new HashMap<>();
        EscapePlan.carriers().forEach(carrier -> settled.put(carrier, NOW));
        Set<NameCarrier> tried = new TreeSet<>();
        for (int turn = 0; turn < 21; turn++) {
            EscapeSlice slice = EscapePlan.ofCanaries(settled, turn, NOW);
            assertThat(slice.leavesVersions()).isFalse();
            tried.addAll(carriers(slice));
        }

        assertThat(tried).hasSize(21).doesNotContain(NameCarrier.KEY_IN_DELETE, NameCarrier.KEY_OF_PUT);
    }

    /** The bucket is in use: whatever a server makes of a name, it is the folder that is met, and never the bucket. */
    @Test
    void no_name_leads_to_the_victims_bucket_itself() {
        Stream.concat(
                        EscapePlan.ofCanaries(Map.of(), 0, NOW).parts().stream(),
                        EscapePlan.ofTenantAtOnce().parts().stream())
                .flatMap(part -> part.attempts().stream())
                .filter(attempt -> attempt.carrier().route() != NameCarrier.Route.BUCKET)
                .filter(attempt -> attempt.spelling() != Spelling.AS_THE_VICTIM_HAS_IT)
                .forEach(attempt -> {
                    String name = attempt.carrier()
                            .route()
                            .name(CAST, attempt.spelling(), attempt.up())
                            .bytes();
                    assertThat(name.replaceFirst("\0.*", ""))
                            .as("%s cut off at a NUL", attempt)
                            .contains("VICTIM")
                            .contains("FOLDER");
                });
    }

    @Test
    void requests_that_name_a_bucket_in_which_objects_lie_name_one_of_the_folders_objects() {
        EscapePlan.ofCanaries(Map.of(), 0, NOW).parts().stream()
                .flatMap(part -> part.attempts().stream())
                .filter(attempt -> attempt.carrier().route() == NameCarrier.Route.BUCKET)
                .forEach(
                        attempt -> assertThat(Name.decoded(attempt.request(CAST).text()))
                                .as("%s", attempt)
                                .contains("FOLDER/"));
    }

    private static List<EscapeAttempt> attempts(EscapeSlice slice) {
        return slice.parts().stream().flatMap(part -> part.attempts().stream()).toList();
    }

    private static Set<NameCarrier> carriers(EscapeSlice slice) {
        Set<NameCarrier> carriers = new TreeSet<>();
        slice.parts().stream().map(EscapePart::carrier).forEach(carriers::add);
        return carriers;
    }
}
