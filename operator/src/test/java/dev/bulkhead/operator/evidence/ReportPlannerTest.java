package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReportPlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final ReportPlanner.About ABOUT = new ReportPlanner.About(
            "klinik-nord", new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e"), "klinik-nord--app");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void what_is_written_can_be_read_again() throws IOException {
        List<Trial> trials = List.of(trial(1, Ending.Refused), trial(2, Ending.Succeeded));
        List<ControlProof> proofs =
                ControlProof.of(Set.of(Control.TI_DB, Control.TI_NET), trials, NOW, Duration.ofHours(3));

        Report read = JSON.readValue(
                JSON.writeValueAsString(ReportPlanner.plan(ABOUT, List.of(), proofs, trials, NOW)), Report.class);

        assertThat(TenantProofs.of(read, List.of()).proofs().values()).containsExactlyInAnyOrderElementsOf(proofs);
    }

    @Test
    void every_control_has_a_result_and_what_was_never_tried_is_skipped() {
        Report report = ReportPlanner.plan(ABOUT, List.of(), List.of(), List.of(), NOW);

        assertThat(report.getResults()).hasSize(Control.values().length).allMatch(r -> r.result() == Verdict.skip);
        assertThat(TenantProofs.of(report, List.of()).proofs()).isEmpty();
    }

    @Test
    void what_finds_no_room_is_counted() throws IOException {
        List<Trial> trials = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            trials.add(trial(i, Ending.Succeeded));
        }
        List<ControlProof> proofs = ControlProof.of(Set.of(Control.TI_DB), trials, NOW, Duration.ofHours(3));

        Report report = ReportPlanner.plan(ABOUT, List.of(), proofs, trials, NOW);

        assertThat(report.getResults()).hasSize(100);
        assertThat(TenantProofs.of(report, List.of()).leftOut()).isEqualTo(300 - 100 + Control.values().length);
        assertThat(JSON.writeValueAsBytes(report)).hasSizeLessThan(256 * 1024);
    }

    @Test
    void damaged_evidence_proves_nothing() throws IOException {
        List<Trial> trials = List.of(trial(1, Ending.Refused));
        List<ControlProof> proofs = ControlProof.of(Set.of(Control.TI_DB), trials, NOW, Duration.ofHours(3));
        String json = JSON.writeValueAsString(ReportPlanner.plan(ABOUT, List.of(), proofs, trials, NOW));

        assertThat(TenantProofs.of(JSON.readValue(json.replace("Proven", "Prooven"), Report.class), List.of())
                        .proofs())
                .isEmpty();
        assertThat(TenantProofs.of(JSON.readValue(json.replace("15:00:00Z", "soon"), Report.class), List.of())
                        .proofs())
                .isEmpty();
    }

    private static Trial trial(int number, Ending attack) {
        return new Trial(
                Control.TI_DB,
                "attempt " + number,
                Trial.Kind.BreakOut,
                new Attempt("login of klinik-nord", "schema of ankerwerk " + "x".repeat(1500), attack, "42501"),
                Attempt.succeeded("login of klinik-nord", "its own schema", ""));
    }
}
