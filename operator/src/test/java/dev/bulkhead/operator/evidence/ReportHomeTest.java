package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A tenant has one report, and a new namespace does not move it. */
class ReportHomeTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity OTHER = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");

    @Test
    void a_namespace_that_sorts_first_moves_no_report() {
        Report report = report(IDENTITY, "fcs--web", NOW);

        Optional<Report> current = ReportHome.current(List.of(report), IDENTITY);

        assertThat(current).contains(report);
        assertThat(ReportHome.namespace(current, List.of("fcs--jobs", "fcs--web")))
                .isEqualTo("fcs--web");
    }

    @Test
    void the_first_report_goes_into_the_first_namespace_and_so_does_one_whose_namespace_went() {
        assertThat(ReportHome.namespace(Optional.empty(), List.of("fcs--jobs", "fcs--web")))
                .isEqualTo("fcs--jobs");
        assertThat(ReportHome.namespace(Optional.of(report(IDENTITY, "fcs--gone", NOW)), List.of("fcs--jobs")))
                .isEqualTo("fcs--jobs");
    }

    @Test
    void of_several_the_one_with_the_youngest_proof_counts() {
        Report old = report(IDENTITY, "fcs--jobs", NOW.minusSeconds(600));
        Report young = report(IDENTITY, "fcs--web", NOW);

        assertThat(ReportHome.current(List.of(old, young), IDENTITY)).contains(young);
        assertThat(ReportHome.current(List.of(young, old), IDENTITY)).contains(young);
    }

    @Test
    void of_several_as_young_the_one_in_the_first_namespace_counts() {
        Report web = report(IDENTITY, "fcs--web", NOW);
        Report jobs = report(IDENTITY, "fcs--jobs", NOW);

        assertThat(ReportHome.current(List.of(web, jobs), IDENTITY)).contains(jobs);
        assertThat(ReportHome.current(List.of(jobs, web), IDENTITY)).contains(jobs);
    }

    @Test
    void a_report_about_another_identity_is_none() {
        assertThat(ReportHome.current(List.of(report(OTHER, "fcs--web", NOW)), IDENTITY))
                .isEmpty();
    }

    private static Report report(TenantIdentity identity, String namespace, Instant at) {
        return ReportPlanner.plan(
                new ReportPlanner.About("fcs", identity, namespace),
                List.of(),
                ControlProof.of(Set.of(Control.TI_DB), List.of(), at, Duration.ofHours(3)),
                List.of(),
                at);
    }
}
