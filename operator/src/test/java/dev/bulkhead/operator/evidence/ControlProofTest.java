package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ControlProofTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "BreakOut, Refused, Succeeded, Blocked",
        "BreakOut, Refused, Refused, Unclear",
        "BreakOut, Refused, Broken, Unclear",
        "BreakOut, TimedOut, Succeeded, Unclear",
        "BreakOut, NameNotFound, Succeeded, Unclear",
        "BreakOut, TlsFailed, Succeeded, Unclear",
        "BreakOut, Broken, Succeeded, Unclear",
        "BreakOut, Succeeded, Succeeded, Through",
        "BreakOut, Succeeded, Broken, Through",
        "SilentBreakOut, TimedOut, Succeeded, Blocked",
        "SilentBreakOut, TimedOut, TimedOut, Unclear",
        "SilentBreakOut, Refused, Succeeded, Blocked",
        "OpenWay, Refused, Succeeded, Blocked",
        "Weakness, Succeeded, Succeeded, Through"
    })
    void a_refusal_counts_only_beside_a_positive_control(
            TrialKind kind, Ending attack, Ending check, Trial.TrialResult result) {
        assertThat(trial(kind, attack, check).result()).isEqualTo(result);
    }

    @ParameterizedTest
    @EnumSource(TrialKind.class)
    void a_missing_protection_is_no_breach_and_an_open_way_is(TrialKind kind) {
        assertThat(trial(kind, Ending.Succeeded, Ending.Succeeded).breach()).isEqualTo(kind != TrialKind.Weakness);
    }

    @Test
    void one_way_through_outweighs_all_that_was_blocked() {
        ControlProof proof = fold(blocked(), blocked(), trial(TrialKind.BreakOut, Ending.Succeeded, Ending.Succeeded));

        assertThat(proof.finding()).isEqualTo(RoundFinding.Failed);
        assertThat(proof.breach()).isTrue();
        assertThat(proof.blocked()).isEqualTo(2);
        assertThat(proof.message()).isEqualTo("reads rows: login a on schema b: Succeeded (42501)");
    }

    @Test
    void one_attempt_that_says_nothing_outweighs_all_that_was_blocked() {
        ControlProof proof = fold(blocked(), trial(TrialKind.BreakOut, Ending.Refused, Ending.Broken));

        assertThat(proof.finding()).isEqualTo(RoundFinding.Inconclusive);
        assertThat(proof.message())
                .isEqualTo("reads rows: the positive control failed: login b on schema b: Broken (42501)");
    }

    @Test
    void nothing_tried_is_nothing_proven() {
        assertThat(fold().finding()).isEqualTo(RoundFinding.Never);
    }

    @Test
    void all_blocked_is_proven_for_as_long_as_it_is_valid() {
        ControlProof proof = fold(blocked());

        assertThat(proof.finding()).isEqualTo(RoundFinding.Proven);
        assertThat(proof.validUntil()).isEqualTo(NOW.plus(Duration.ofHours(3)));
    }

    @Test
    void trials_of_another_control_do_not_count() {
        List<ControlProof> proofs =
                ControlProof.of(Set.of(Control.TI_NET, Control.TI_DB), List.of(blocked()), NOW, Duration.ofHours(3));

        assertThat(proofs).extracting(ControlProof::finding).containsExactly(RoundFinding.Never, RoundFinding.Proven);
    }

    @Test
    void a_long_story_is_cut_and_says_how_much_is_missing() {
        List<Trial> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            many.add(new Trial(
                    Control.TI_DB,
                    "attempt " + i + " " + "x".repeat(100),
                    TrialKind.BreakOut,
                    Attempt.succeeded("login a", "schema b", ""),
                    Attempt.succeeded("login b", "schema b", "")));
        }
        assertThat(fold(many.toArray(new Trial[0])).message())
                .hasSizeLessThanOrEqualTo(ControlProof.MESSAGE_LIMIT)
                .endsWith("and 45 more");
    }

    @Test
    void five_stories_are_told_and_of_more_the_rest_is_counted() {
        assertThat(fold(through(5)).message()).endsWith("attempt 4: login a on schema b: Succeeded");
        assertThat(fold(through(6)).message()).endsWith("attempt 4: login a on schema b: Succeeded; and 1 more");
    }

    @Test
    void a_story_as_long_as_a_message_may_be_is_told_to_its_end() {
        int around = fold(through("")).message().length();
        String fits = "x".repeat(ControlProof.MESSAGE_LIMIT - around);

        assertThat(fold(through(fits)).message())
                .hasSize(ControlProof.MESSAGE_LIMIT)
                .doesNotContain("…");
        assertThat(fold(through(fits + "x")).message())
                .hasSize(ControlProof.MESSAGE_LIMIT)
                .endsWith("…");
    }

    private static Trial[] through(int trials) {
        return IntStream.range(0, trials).mapToObj(i -> through("attempt " + i)).toArray(Trial[]::new);
    }

    private static Trial through(String name) {
        return new Trial(
                Control.TI_DB,
                name,
                TrialKind.BreakOut,
                Attempt.succeeded("login a", "schema b", ""),
                Attempt.succeeded("login b", "schema b", ""));
    }

    private static ControlProof fold(Trial... trials) {
        return ControlProof.of(Set.of(Control.TI_DB), List.of(trials), NOW, Duration.ofHours(3))
                .getFirst();
    }

    private static Trial blocked() {
        return trial(TrialKind.BreakOut, Ending.Refused, Ending.Succeeded);
    }

    private static Trial trial(TrialKind kind, Ending attack, Ending check) {
        return new Trial(
                Control.TI_DB,
                "reads rows",
                kind,
                new Attempt("login a", "schema b", attack, "42501"),
                new Attempt("login b", "schema b", check, "42501"));
    }
}
