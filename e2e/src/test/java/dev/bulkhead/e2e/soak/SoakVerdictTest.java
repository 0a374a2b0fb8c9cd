package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.soak.Lapses.Fault;
import dev.bulkhead.e2e.soak.Lapses.Lapse;
import dev.bulkhead.e2e.soak.ProcessWatch.ProcessFate;
import dev.bulkhead.e2e.soak.SoakResult.LapseLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SoakVerdictTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:30:00Z");
    private static final Fault INCONCLUSIVE = new Fault("TI-DB", "Inconclusive", "no answer", false);
    private static final Fault DEGRADED = new Fault("TI-DB", "Degraded", "a lock", false);
    private static final Fault FAILED = new Fault("TI-DB", "Failed", "rows were read", true);

    private final SoakVerdict verdict = new SoakVerdict("villain", Duration.ofMinutes(3), Duration.ofMinutes(12));

    @Test
    void what_one_round_cannot_tell_is_no_failure_and_what_the_next_one_cannot_is() {
        assertThat(verdict.failures(List.of(lapse("a", INCONCLUSIVE, 720, 0)), NOW))
                .isEmpty();
        assertThat(verdict.failures(List.of(lapse("a", INCONCLUSIVE, 721, 0)), NOW))
                .containsExactly("a TI-DB Inconclusive for 721 s: no answer");
    }

    @Test
    void what_is_not_in_force_has_less_time() {
        assertThat(verdict.failures(List.of(lapse("a", DEGRADED, 180, 0)), NOW)).isEmpty();
        assertThat(verdict.failures(List.of(lapse("a", DEGRADED, 181, 0)), NOW)).hasSize(1);
    }

    @Test
    void it_is_a_failure_too_when_it_went_away_too_late() {
        assertThat(verdict.failures(List.of(lapse("a", DEGRADED, 400, 100)), NOW))
                .containsExactly("a TI-DB Degraded for 300 s: a lock");
    }

    @Test
    void a_way_that_was_open_is_a_failure_however_short_it_was() {
        assertThat(verdict.failures(List.of(lapse("a", FAILED, 11, 10)), NOW)).hasSize(1);
    }

    @Test
    void the_attacker_may_suffer_from_what_it_does() {
        List<Lapse> own = List.of(lapse("villain", DEGRADED, 1000, null));

        assertThat(verdict.failures(own, NOW)).isEmpty();
        assertThat(verdict.undecided(own, NOW)).isEmpty();
    }

    @Test
    void what_is_there_at_the_end_and_young_is_told_and_not_judged() {
        List<Lapse> young = List.of(lapse("a", DEGRADED, 60, null));

        assertThat(verdict.failures(young, NOW)).isEmpty();
        assertThat(verdict.undecided(young, NOW))
                .containsExactly("too young to be judged: a TI-DB Degraded for 60 s: a lock");
        assertThat(verdict.undecided(List.of(lapse("a", DEGRADED, 60, 10)), NOW))
                .isEmpty();
        assertThat(verdict.undecided(List.of(lapse("a", DEGRADED, 181, null)), NOW))
                .isEmpty();
    }

    @Test
    void a_process_that_is_another_one_now_or_was_never_seen_is_a_failure() {
        assertThat(SoakVerdict.restarted(List.of(fate("same", 1), fate("other", 3), fate("none", 0))))
                .containsExactly("other was started anew 2 times", "none was never seen");
    }

    @Test
    void a_neighbour_that_was_evicted_is_a_failure_and_the_attacker_is_not() {
        assertThat(verdict.evicted(Map.of("villain--jobs", 4, "villainous--web", 1)))
                .containsExactly("1 pods of villainous--web were evicted");
    }

    @Test
    void lapses_of_one_kind_are_one_line_with_the_longest() {
        assertThat(SoakVerdict.lines(
                        List.of(
                                lapse("a", DEGRADED, 500, 400),
                                lapse("a", INCONCLUSIVE, 300, 200),
                                lapse("a", DEGRADED, 30, null)),
                        NOW))
                .containsExactly(
                        new LapseLine("a", "TI-DB", "Degraded", 2, 100, true, "a lock"),
                        new LapseLine("a", "TI-DB", "Inconclusive", 1, 100, false, "no answer"));
    }

    private static Lapse lapse(String tenant, Fault fault, int secondsAgo, @Nullable Integer endedAgo) {
        return new Lapse(
                tenant, fault, NOW.minusSeconds(secondsAgo), endedAgo == null ? null : NOW.minusSeconds(endedAgo));
    }

    private static ProcessFate fate(String name, int instances) {
        return new ProcessFate(name, instances, 100, 200, 150);
    }
}
