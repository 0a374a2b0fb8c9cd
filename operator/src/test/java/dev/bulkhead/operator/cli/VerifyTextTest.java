package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.probe.TenantRound;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a verification says is what status says of the same. */
class VerifyTextTest {
    private static final Attempt CHECK = Attempt.succeeded("acme", "acme", "reads its own");

    @Test
    void all_that_isolates_is_proven() {
        VerifyText text = text(List.of());

        assertThat(text.exitCode()).isZero();
        assertThat(text.table()).endsWith("acme: Verified\n");
        assertThat(text.json()).contains("\"verdict\" : \"Verified\"");
    }

    @Test
    void a_way_that_was_open_is_a_breach() {
        VerifyText text = text(List.of(trial(TrialKind.OpenWay, Attempt.succeeded("bolt", "acme", "GRANTED"))));

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.table()).endsWith("acme: Breached\n");
    }

    @Test
    void a_missing_protection_is_no_breach_and_no_proof() {
        VerifyText text = text(List.of(trial(TrialKind.Weakness, Attempt.succeeded("PUBLIC", "acme", "EXECUTE"))));

        assertThat(text.exitCode()).isEqualTo(2);
        assertThat(text.table()).endsWith("acme: Unknown\n");
    }

    @Test
    void what_could_not_be_found_out_is_unknown() {
        VerifyText text = text(List.of(trial(TrialKind.BreakOut, Attempt.broken("acme", "bolt", "no answer"))));

        assertThat(text.exitCode()).isEqualTo(2);
        assertThat(text.json()).contains("\"verdict\" : \"Unknown\"");
    }

    /** Every control that isolates blocked once, and what a test adds. */
    private static VerifyText text(List<Trial> more) {
        List<Trial> trials = new ArrayList<>(more);
        Set<Control> isolating =
                Arrays.stream(Control.values()).filter(Control::isolates).collect(Collectors.toSet());
        isolating.forEach(control -> trials.add(
                new Trial(control, "tries", TrialKind.BreakOut, Attempt.refused("acme", "bolt", "42501"), CHECK)));
        return new VerifyText(
                "acme",
                new TenantRound.RoundFound(
                        trials,
                        ControlProof.of(isolating, trials, Instant.parse("2026-11-30T12:00:00Z"), Duration.ofHours(3)),
                        false));
    }

    private static Trial trial(TrialKind kind, Attempt attack) {
        return new Trial(Control.TI_DB, "finds rights", kind, attack, CHECK);
    }
}
