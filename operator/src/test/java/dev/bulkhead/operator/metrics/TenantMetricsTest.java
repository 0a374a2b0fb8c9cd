package dev.bulkhead.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.fixture.ProbedTenants;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TenantMetricsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @Test
    void tenants_are_counted_by_phase_isolation_and_control() {
        List<String> scrape = scrape(
                List.of(
                        ProbedTenants.verified("acme", NOW),
                        ProbedTenants.verified("burg", NOW),
                        ProbedTenants.tenant(
                                "cork",
                                TenantPhase.Degraded,
                                Isolation.Breached,
                                List.of(ProbedTenants.control(
                                        Control.TI_DB, Enforcement.Degraded, Proof.Failed, NOW)))),
                List.of());

        assertThat(scrape)
                .contains(
                        "bulkhead_tenants{phase=\"Active\"} 2.0",
                        "bulkhead_tenants{phase=\"Degraded\"} 1.0",
                        "bulkhead_tenants{phase=\"Conflict\"} 0.0",
                        "bulkhead_tenants_isolation{isolation=\"Verified\"} 2.0",
                        "bulkhead_tenants_isolation{isolation=\"Breached\"} 1.0",
                        "bulkhead_tenants_isolation{isolation=\"Unknown\"} 0.0",
                        "bulkhead_tenant_controls{control=\"TI-DB\",enforcement=\"Enforced\",proof=\"Proven\"} 2.0",
                        "bulkhead_tenant_controls{control=\"TI-DB\",enforcement=\"Degraded\",proof=\"Failed\"} 1.0",
                        "bulkhead_open_incidents 0.0");
    }

    /** The operator writes a status only when something happens, so it may still say Proven. */
    @Test
    void a_proof_goes_stale_without_anybody_writing_it() {
        Instant probed = NOW.minus(ProbedTenants.VALIDITY).minusSeconds(1);

        List<String> scrape = scrape(List.of(ProbedTenants.verified("acme", probed)), List.of());

        assertThat(scrape)
                .contains(
                        "bulkhead_tenants_isolation{isolation=\"Verified\"} 0.0",
                        "bulkhead_tenants_isolation{isolation=\"Unknown\"} 1.0",
                        "bulkhead_tenant_controls{control=\"TI-DB\",enforcement=\"Enforced\",proof=\"Stale\"} 1.0")
                .noneMatch(line -> line.contains("proof=\"Proven\""));
    }

    @Test
    void the_tenant_that_was_not_probed_for_longest_tells_the_age() {
        List<String> scrape = scrape(
                List.of(
                        ProbedTenants.verified("acme", NOW.minusSeconds(60)),
                        ProbedTenants.verified("burg", NOW.minusSeconds(7200))),
                List.of());

        assertThat(value(scrape, "bulkhead_oldest_proof_age_seconds")).isEqualTo(7200);
        assertThat(value(scrape, "bulkhead_proof_valid_until_timestamp_seconds"))
                .isEqualTo(NOW.minusSeconds(7200).plus(ProbedTenants.VALIDITY).getEpochSecond());
    }

    @Test
    void a_tenant_that_was_never_probed_is_as_old_as_itself() {
        List<String> scrape =
                scrape(List.of(ProbedTenants.verified("acme", NOW), ProbedTenants.verified("burg", null)), List.of());

        assertThat(value(scrape, "bulkhead_oldest_proof_age_seconds"))
                .isEqualTo(Duration.between(Instant.parse("2026-11-01T00:00:00Z"), NOW)
                        .toSeconds());
    }

    @Test
    void whom_nobody_probes_makes_no_proof_old() {
        List<String> scrape = scrape(
                List.of(ProbedTenants.tenant("acme", TenantPhase.Invalid, Isolation.Unknown, List.of())), List.of());

        assertThat(scrape)
                .noneMatch(line -> line.startsWith("bulkhead_oldest_proof"))
                .noneMatch(line -> line.startsWith("bulkhead_proof_valid_until"));
    }

    @Test
    void an_open_incident_tells_its_first_deadlines_and_an_acknowledged_one_does_not() {
        IncidentSpec.Acknowledgement dealtWith = new IncidentSpec.Acknowledgement("a.admin", "INC-7", NOW.toString());

        List<String> scrape = scrape(
                List.of(),
                List.of(
                        ProbedTenants.incident(NOW, null),
                        ProbedTenants.incident(NOW.minusSeconds(3600), null),
                        ProbedTenants.incident(NOW.minusSeconds(99_999), dealtWith)));

        assertThat(value(scrape, "bulkhead_open_incidents")).isEqualTo(2);
        Instant first = NOW.minusSeconds(3600);
        assertThat(value(scrape, "bulkhead_open_incident_deadline_timestamp_seconds{deadline=\"document\"}"))
                .isEqualTo(first.plus(Duration.ofDays(1)).getEpochSecond());
        assertThat(value(scrape, "bulkhead_open_incident_deadline_timestamp_seconds{deadline=\"notify\"}"))
                .isEqualTo(first.plus(Duration.ofDays(2)).getEpochSecond());
        assertThat(value(scrape, "bulkhead_open_incident_deadline_timestamp_seconds{deadline=\"report\"}"))
                .isEqualTo(first.plus(Duration.ofDays(3)).getEpochSecond());
    }

    @Test
    void the_number_of_lines_does_not_grow_with_the_tenants() {
        List<Tenant> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(ProbedTenants.verified("tenant-" + i, NOW));
        }

        assertThat(scrape(many, List.of())).hasSameSizeAs(scrape(many.subList(0, 1), List.of()));
        assertThat(scrape(many, List.of())).noneMatch(line -> line.contains("tenant-"));
    }

    @Test
    void a_stand_by_says_nothing() {
        assertThat(scrape(new TenantMetrics(Optional::empty, clock()))).isEmpty();
    }

    private static long value(List<String> scrape, String series) {
        return scrape.stream()
                .filter(line -> line.startsWith(series + " "))
                .map(line -> (long) Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + series + " in " + scrape));
    }

    private static List<String> scrape(List<Tenant> tenants, List<Incident> incidents) {
        return scrape(new TenantMetrics(() -> Optional.of(new TenantMetrics.Known(tenants, incidents)), clock()));
    }

    private static List<String> scrape(TenantMetrics metrics) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.getPrometheusRegistry().register(metrics);
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }
}
