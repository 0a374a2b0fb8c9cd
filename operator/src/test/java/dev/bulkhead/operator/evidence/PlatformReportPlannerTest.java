package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.openreports.ClusterReport;
import dev.bulkhead.api.openreports.ReportContent.Result;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.evidence.PlatformReportPlanner.Coverage;
import dev.bulkhead.operator.evidence.PlatformReportPlanner.Standing;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlatformReportPlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String LATER = "2026-11-27T13:00:00Z";
    private static final String EARLIER = "2026-11-27T11:59:59Z";
    private static final Coverage HALF = new Coverage(1, 2, Instant.parse("2026-11-20T12:00:00Z"));

    @Test
    void a_control_that_is_proven_for_everybody_passes() {
        Result result =
                control("TI-DB", List.of(tenant("acme", Proof.Proven, LATER), tenant("bolt", Proof.Proven, LATER)));

        assertThat(result.result()).isEqualTo(Verdict.pass);
        assertThat(result.message()).isEqualTo("proven for 2 of 2 tenants");
    }

    @Test
    void one_tenant_in_which_it_failed_fails_it_and_is_named() {
        Result result =
                control("TI-DB", List.of(tenant("acme", Proof.Proven, LATER), tenant("bolt", Proof.Failed, LATER)));

        assertThat(result.result()).isEqualTo(Verdict.fail);
        assertThat(result.message()).isEqualTo("proven for 1 of 2 tenants; Failed: bolt");
        assertThat(result.properties()).containsEntry("proof.Failed", "1").containsEntry("enforcement.Enforced", "2");
    }

    @Test
    void a_proof_past_its_validity_is_stale_though_status_still_says_proven() {
        Result result = control("TI-DB", List.of(tenant("acme", Proof.Proven, EARLIER)));

        assertThat(result.result()).isEqualTo(Verdict.error);
        assertThat(result.message()).contains("Stale: acme");
    }

    @Test
    void what_nobody_has_tried_is_skipped_and_never_green() {
        assertThat(control("TI-NET", List.of(tenant("acme", Proof.Proven, LATER)))
                        .result())
                .isEqualTo(Verdict.skip);
        assertThat(PlatformReportPlanner.plan(List.of(), HALF, NOW).getResults())
                .filteredOn(r -> "control".equals(r.category()))
                .hasSize(Control.values().length)
                .allMatch(r -> r.result() == Verdict.skip);
    }

    @Test
    void pairs_that_were_not_attacked_yet_are_counted() {
        assertThat(PlatformReportPlanner.plan(List.of(), HALF, NOW).getResults())
                .filteredOn(r -> r.policy().equals("pair-coverage"))
                .singleElement()
                .satisfies(r -> assertThat(r.message()).startsWith("1 of 2 pairs since 2026-11-20T12:00:00Z"));
    }

    @Test
    void with_more_tenants_than_there_is_room_for_the_breached_ones_are_named_and_the_rest_is_counted()
            throws JsonProcessingException {
        List<Standing> many = IntStream.range(0, 1000)
                .mapToObj(i -> new Standing(
                        "tenant-with-a-long-name-%04d".formatted(i),
                        i == 999 ? Isolation.Breached : Isolation.Unknown,
                        List.of(status(Proof.Inconclusive, LATER))))
                .toList();

        ClusterReport report = PlatformReportPlanner.plan(many, HALF, NOW);

        assertThat(report.getResults()).hasSize(100);
        assertThat(report.getResults())
                .anySatisfy(r -> assertThat(r.message()).startsWith("Tenant tenant-with-a-long-name-0999 is Breached"))
                .anySatisfy(r -> assertThat(r.message()).startsWith("924 tenants found no room here"));
        assertThat(new ObjectMapper().writeValueAsBytes(report)).hasSizeLessThan(256 * 1024);
    }

    private static Result control(String id, List<Standing> tenants) {
        return PlatformReportPlanner.plan(tenants, HALF, NOW).getResults().stream()
                .filter(r -> r.policy().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Standing tenant(String name, Proof proof, String validUntil) {
        return new Standing(name, Isolation.Unknown, List.of(status(proof, validUntil)));
    }

    private static ControlStatus status(Proof proof, String validUntil) {
        return new ControlStatus(
                "TI-DB",
                Demand.Required,
                Enforcement.Enforced,
                proof,
                Attestation.NotRequired,
                "AsPlanned",
                null,
                null,
                null,
                null,
                EARLIER,
                validUntil);
    }
}
