package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.soak.Lapses.Fault;
import dev.bulkhead.e2e.soak.Lapses.Lapse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LapsesTest {
    private static final Instant BEGIN = Instant.parse("2026-11-30T12:00:00Z");
    private static final Fault INCONCLUSIVE = new Fault("TI-DB", "Inconclusive", "slow", false);
    private static final Fault FAILED = new Fault("TI-DB", "Failed", "rows were read", true);

    private final Lapses lapses = new Lapses();

    @Test
    void a_fault_lasts_from_when_it_was_first_seen_until_it_was_seen_gone() {
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN);
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN.plusSeconds(30));
        lapses.look("a", List.of(), BEGIN.plusSeconds(50));

        assertThat(lapses.all()).containsExactly(new Lapse("a", INCONCLUSIVE, BEGIN, BEGIN.plusSeconds(50)));
    }

    @Test
    void one_that_is_still_there_grows_older() {
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN);

        assertThat(lapses.all())
                .singleElement()
                .satisfies(
                        lapse -> assertThat(lapse.length(BEGIN.plusSeconds(70))).isEqualTo(Duration.ofSeconds(70)));
    }

    @Test
    void what_is_seen_of_one_tenant_says_nothing_of_another() {
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN);
        lapses.look("b", List.of(), BEGIN.plusSeconds(10));

        assertThat(lapses.all()).containsExactly(new Lapse("a", INCONCLUSIVE, BEGIN, null));
    }

    @Test
    void one_that_comes_back_is_another_one() {
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN);
        lapses.look("a", List.of(), BEGIN.plusSeconds(10));
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN.plusSeconds(20));

        assertThat(lapses.all()).extracting(Lapse::since).containsExactly(BEGIN, BEGIN.plusSeconds(20));
    }

    @Test
    void a_grave_one_stays_grave_when_it_gets_better_without_being_gone() {
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN);
        lapses.look("a", List.of(FAILED), BEGIN.plusSeconds(10));
        lapses.look("a", List.of(INCONCLUSIVE), BEGIN.plusSeconds(20));

        assertThat(lapses.all()).containsExactly(new Lapse("a", FAILED, BEGIN, null));
    }
}
