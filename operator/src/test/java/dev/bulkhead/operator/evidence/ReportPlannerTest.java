package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.openreports.ReportContent;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /** What a customer reads about a tenant, whole. */
    @Test
    void the_report_of_a_round_is_the_reviewed_one() {
        List<Trial> trials = List.of(
                new Trial(
                        Control.TI_DB,
                        "reads rows",
                        Trial.TrialKind.BreakOut,
                        Attempt.succeeded("login of acme", "schema of bolt", "1 row"),
                        Attempt.succeeded("login of bolt", "schema of bolt", "1 row")),
                new Trial(
                        Control.TI_POD,
                        "runs as root",
                        Trial.TrialKind.BreakOut,
                        new Attempt("canary", "pod", Ending.TimedOut, "no answer"),
                        Attempt.succeeded("canary", "pod", "")),
                new Trial(
                        Control.TI_NET,
                        "connects",
                        Trial.TrialKind.BreakOut,
                        new Attempt("pod of acme", "pod of bolt", Ending.Refused, ""),
                        Attempt.succeeded("pod of acme", "pod of acme", "")),
                new Trial(
                        Control.TI_TLS,
                        "connects without TLS",
                        Trial.TrialKind.Weakness,
                        Attempt.succeeded("login of acme", "server", ""),
                        Attempt.succeeded("login of acme", "server", "")));
        List<ControlProof> proofs = ControlProof.of(
                Set.of(Control.TI_DB, Control.TI_POD, Control.TI_NET, Control.TI_TLS, Control.TI_OBJ),
                trials,
                NOW.plusMillis(1),
                Duration.ofHours(3));

        Golden.of("evidence")
                .check(
                        "report",
                        List.of(ReportPlanner.plan(
                                ABOUT,
                                ProbedTenants.verified("acme", NOW).getStatus().controls(),
                                proofs,
                                trials,
                                NOW)));
    }

    @Test
    void what_a_trial_has_to_tell_is_cut_where_it_is_longer_than_a_message_may_be() {
        Attempt check = Attempt.succeeded("a", "b", "");
        int around = ending("x").toString().length() - 1;
        Trial fits = new Trial(Control.TI_DB, "n", Trial.TrialKind.BreakOut, ending("x".repeat(800 - around)), check);
        Trial tooLong =
                new Trial(Control.TI_DB, "n", Trial.TrialKind.BreakOut, ending("x".repeat(801 - around)), check);

        assertThat(attack(fits)).isEqualTo(fits.attack().toString()).hasSize(800);
        assertThat(attack(tooLong))
                .isEqualTo(tooLong.attack().toString().substring(0, 799) + "…")
                .hasSize(800);
    }

    @Test
    void only_what_is_open_and_finds_no_room_is_left_out() {
        int room = 100 - Control.values().length;
        List<Trial> trials = new ArrayList<>(List.of(trial(-1, Ending.Refused)));
        for (int i = 0; i < room; i++) {
            trials.add(trial(i, Ending.Succeeded));
        }

        assertThat(leftOut(trials)).isZero();
        trials.add(trial(room, Ending.Succeeded));
        assertThat(leftOut(trials)).isEqualTo(1);
    }

    /** Whoever has to acknowledge them begins with the one whose deadline ends first. */
    @Test
    void open_incidents_are_those_without_acknowledgement_oldest_first() {
        Incident second = incident("b", "2026-11-22T11:00:00Z", false);
        Incident third = incident("c", "2026-11-22T11:00:00Z", false);
        Incident first = incident("z", "2026-11-22T10:00:00Z", false);
        Incident nothingIn = new Incident();

        assertThat(TenantProofs.of(
                                null,
                                List.of(third, second, incident("a", "2026-11-22T09:00:00Z", true), nothingIn, first))
                        .open())
                .containsExactly(first, second, third);
    }

    @Test
    void results_about_single_attempts_prove_no_control() {
        List<Trial> trials = List.of(trial(1, Ending.Succeeded));
        Report report = ReportPlanner.plan(ABOUT, List.of(), List.of(), trials, NOW);
        report.setResults(report.getResults().stream()
                .map(r -> new ReportContent.ReportResult(
                        r.policy(),
                        r.rule(),
                        r.category(),
                        r.severity(),
                        r.result(),
                        r.scored(),
                        r.message(),
                        r.timestamp(),
                        Map.of(
                                "proof", "Proven",
                                "observedAt", NOW.toString(),
                                "validUntil", NOW.toString())))
                .filter(r -> "attempt".equals(r.category()))
                .toList());

        assertThat(report.getResults()).hasSize(1);
        assertThat(TenantProofs.of(report, List.of()).proofs()).isEmpty();
    }

    private static int leftOut(List<Trial> trials) {
        return TenantProofs.of(ReportPlanner.plan(ABOUT, List.of(), List.of(), trials, NOW), List.of())
                .leftOut();
    }

    private static String attack(Trial trial) {
        return ReportPlanner.plan(ABOUT, List.of(), List.of(), List.of(trial), NOW)
                .getResults()
                .getLast()
                .properties()
                .getOrDefault("attack", "");
    }

    private static Attempt ending(String answer) {
        return new Attempt("a", "b", Ending.Succeeded, answer);
    }

    private static Incident incident(String name, String foundAt, boolean acknowledged) {
        Incident incident = new Incident();
        incident.setMetadata(new ObjectMetaBuilder().withName(name).build());
        incident.setSpec(new IncidentSpec(
                new IncidentSpec.IncidentFinding("acme", "x", "TI-DB", null, "m", foundAt, "d", "n", "r"),
                acknowledged ? new IncidentSpec.Acknowledgement("me", "T-1", foundAt) : null));
        return incident;
    }

    private static Trial trial(int number, Ending attack) {
        return new Trial(
                Control.TI_DB,
                "attempt " + number,
                Trial.TrialKind.BreakOut,
                new Attempt("login of klinik-nord", "schema of ankerwerk " + "x".repeat(1500), attack, "42501"),
                Attempt.succeeded("login of klinik-nord", "its own schema", ""));
    }
}
