package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.Discretion;
import dev.bulkhead.operator.evidence.IncidentPlanner;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests by which evidence is kept. */
class EvidenceStoreTest {
    private static final Tenant ACME = ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of());
    private static final Tenant KLINIK = Tenants.fullTenant();
    private static final Subject SELF = Subject.of(ACME).orElseThrow();
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");
    private static final Instant AN_HOUR_AGO = NOW.minus(Duration.ofHours(1));

    private static final String INCIDENTS = "/apis/bulkhead.dev/v1beta1/incidents";
    private static final String OF_ACME = "GET " + INCIDENTS;
    private static final String REPORT = "/apis/openreports.io/v1alpha1/namespaces/acme--web/reports/bulkhead";
    private static final String APPLY = "PATCH " + REPORT + "?fieldManager=bulkhead-prober&force=true";

    private final ScriptedApi api = new ScriptedApi();
    private final EvidenceStore evidence = new EvidenceStore(api.client(), Duration.ofHours(1));

    @AfterEach
    void stop() {
        api.close();
    }

    /** The oldest part of the proof is an hour old; the way may have been opened a moment ago. */
    @Test
    void an_incident_was_found_when_it_was_found_and_comes_before_the_report() {
        api.answer(OF_ACME, 200, incidents());
        api.answer("POST " + INCIDENTS, 201, new Incident());
        api.answer(APPLY, 200, new Report());

        keep(reads(), AN_HOUR_AGO, Instant.MIN);

        assertThat(api.requests()).containsExactly(OF_ACME, "POST " + INCIDENTS, "GET " + REPORT, APPLY);
        JsonNode finding = api.sent().get(1).body().path("spec").path("finding");
        assertThat(finding.path("foundAt").asText()).isEqualTo(NOW.toString());
        assertThat(finding.path("message").asText()).contains("klinik-nord");
        assertThat(finding.path("way").asText()).contains("klinik-nord");
    }

    @Test
    void the_tenant_reads_nothing_of_whom_it_got_into() {
        api.answer(OF_ACME, 200, incidents());
        api.answer("POST " + INCIDENTS, 201, new Incident());
        api.answer(APPLY, 200, new Report());

        keep(reads(), NOW, Instant.MIN);

        assertThat(api.sent().getLast().body().toString())
                .contains("reads rows", "database login of acme")
                .doesNotContain("klinik", TenantIdentity.of(KLINIK).suffix());
    }

    @Test
    void one_that_is_open_is_not_made_twice() {
        List<Incident> open = IncidentPlanner.plan(SELF, List.of(reads()), List.of(), AN_HOUR_AGO);
        api.answer(OF_ACME, 200, incidents(open.toArray(Incident[]::new)));
        api.answer("GET " + REPORT, 200, report(reads(), NOW.minusSeconds(60)));

        keep(reads(), NOW, Instant.MIN);

        assertThat(api.requests()).containsExactly(OF_ACME, "GET " + REPORT);
    }

    @Test
    void what_was_found_before_the_tenant_became_as_it_is_is_found_anew() {
        api.answer("GET " + REPORT, 200, report(refused(), NOW.minusSeconds(600)));
        keep(refused(), NOW, NOW.minusSeconds(1200));
        assertThat(api.requests()).containsExactly("GET " + REPORT);

        api.answer("GET " + REPORT, 200, report(refused(), NOW.minusSeconds(600)));
        api.answer(APPLY, 200, new Report());
        keep(refused(), NOW, NOW.minusSeconds(300));
        assertThat(api.requests()).containsExactly("GET " + REPORT, "GET " + REPORT, APPLY);
    }

    /** As after the clock was set back: nobody would see it go stale. */
    @Test
    void what_was_found_at_a_time_that_is_still_to_come_is_found_anew() {
        api.answer("GET " + REPORT, 200, report(refused(), NOW.plus(Duration.ofDays(1))));
        api.answer(APPLY, 200, new Report());

        keep(refused(), NOW, Instant.MIN);

        assertThat(api.requests()).containsExactly("GET " + REPORT, APPLY);
    }

    private void keep(Trial trial, Instant observed, Instant since) {
        evidence.keep(
                SELF,
                List.of(),
                new TenantRound.RoundFound(List.of(trial), proofs(trial, observed), false),
                Discretion.towards(ACME, List.of(ACME, KLINIK)),
                since,
                NOW);
    }

    private static Report report(Trial trial, Instant at) {
        List<Trial> told = Discretion.towards(ACME, List.of(ACME, KLINIK)).told(List.of(trial));
        List<ControlProof> proofs =
                proofs(trial, at).stream().map(proof -> proof.told(told)).toList();
        return ReportPlanner.plan(
                new ReportPlanner.About("acme", SELF.identity(), "acme--web"), List.of(), proofs, told, at);
    }

    private static List<ControlProof> proofs(Trial trial, Instant at) {
        return ControlProof.of(Set.of(Control.TI_DB), List.of(trial), at, Duration.ofHours(3));
    }

    private static DefaultKubernetesResourceList<Incident> incidents(Incident... items) {
        DefaultKubernetesResourceList<Incident> list = new DefaultKubernetesResourceList<>();
        list.setApiVersion("bulkhead.dev/v1beta1");
        list.setKind("IncidentList");
        list.setItems(List.of(items));
        return list;
    }

    private static Trial reads() {
        return trial(Attempt.succeeded("database login of acme", target(), "1 row"));
    }

    private static Trial refused() {
        return trial(Attempt.refused("database login of acme", target(), "SQLSTATE 42501"));
    }

    private static Trial trial(Attempt attack) {
        return new Trial(
                Control.TI_DB,
                "reads rows",
                TrialKind.BreakOut,
                attack,
                Attempt.succeeded("database login of acme", "its own", "1 row"));
    }

    private static String target() {
        return "schema " + TenantIdentity.of(KLINIK).schema() + " of klinik-nord";
    }
}
