package dev.bulkhead.operator.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.openreports.ClusterReport;
import dev.bulkhead.api.openreports.ReportContent.ReportResult;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.evidence.PlatformReportPlanner.Coverage;
import dev.bulkhead.operator.evidence.PlatformReportPlanner.TenantStanding;
import dev.bulkhead.operator.fixture.Golden;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlatformReportPlannerTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String LATER = "2026-11-27T13:00:00Z";
    private static final String EARLIER = "2026-11-27T11:59:59Z";
    private static final Coverage HALF = new Coverage(1, 2, Instant.parse("2026-11-20T12:00:00Z"));

    @Test
    void a_control_that_is_proven_for_everybody_passes() {
        ReportResult result =
                control("TI-DB", List.of(tenant("acme", Proof.Proven, LATER), tenant("bolt", Proof.Proven, LATER)));

        assertThat(result.result()).isEqualTo(Verdict.pass);
        assertThat(result.message()).isEqualTo("proven for 2 of 2 tenants");
    }

    @Test
    void one_tenant_in_which_it_failed_fails_it_and_is_named() {
        ReportResult result =
                control("TI-DB", List.of(tenant("acme", Proof.Proven, LATER), tenant("bolt", Proof.Failed, LATER)));

        assertThat(result.result()).isEqualTo(Verdict.fail);
        assertThat(result.message()).isEqualTo("proven for 1 of 2 tenants; Failed: bolt");
        assertThat(result.properties()).containsEntry("proof.Failed", "1").containsEntry("enforcement.Enforced", "2");
    }

    @Test
    void a_proof_past_its_validity_is_stale_though_status_still_says_proven() {
        ReportResult result = control("TI-DB", List.of(tenant("acme", Proof.Proven, EARLIER)));

        assertThat(result.result()).isEqualTo(Verdict.error);
        assertThat(result.message()).contains("Stale: acme");
    }

    @Test
    void what_nobody_has_tried_is_skipped_and_never_green() {
        assertThat(control("TI-NET", List.of(tenant("acme", Proof.Proven, LATER)))
                        .result())
                .isEqualTo(Verdict.skip);
        assertThat(PlatformReportPlanner.plan(List.of(), HALF, List.of(), null, NOW)
                        .getResults())
                .filteredOn(r -> "control".equals(r.category()))
                .hasSize(Control.values().length)
                .allMatch(r -> r.result() == Verdict.skip);
    }

    @Test
    void a_server_that_lets_a_key_out_is_one_result_and_names_no_tenant() {
        List<ReportResult> results = PlatformReportPlanner.plan(
                        List.of(tenant("acme", Proof.Failed, LATER), tenant("bolt", Proof.Failed, LATER)),
                        HALF,
                        List.of(
                                new ServerStanding(
                                        "ObjectStore b", ServerStanding.Standing.Apart, "no key gets out", NOW),
                                new ServerStanding(
                                        "ObjectStore a", ServerStanding.Standing.NotApart, "a key gets out", NOW)),
                        null,
                        NOW)
                .getResults();

        assertThat(results)
                .filteredOn(r -> "server".equals(r.category()))
                .extracting(ReportResult::result, ReportResult::message)
                .containsExactly(
                        tuple(Verdict.fail, "ObjectStore a: a key gets out"),
                        tuple(Verdict.pass, "ObjectStore b: no key gets out"));
    }

    /** However many tenants they reach. */
    @Test
    void accounts_of_the_platform_are_one_result_that_names_whom_they_reach() {
        String calico = "ServiceAccount calico-system/calico-node (network plugin, ops, until 2027-12-31)";
        assertThat(access(new PlatformAccess(List.of(calico), List.of(), List.of(), NOW)))
                .returns(Verdict.pass, ReportResult::result)
                .returns("accepted: " + calico, ReportResult::message);
        assertThat(access(new PlatformAccess(List.of(), List.of("certs"), List.of(), NOW)))
                .returns(Verdict.error, ReportResult::result)
                .satisfies(r -> assertThat(r.message())
                        .startsWith("not yet accepted: certs. accepted: nobody. 'bulkhead trusted'"));
        assertThat(access(new PlatformAccess(List.of(), List.of("certs"), List.of("eve"), NOW)))
                .returns(Verdict.fail, ReportResult::result)
                .satisfies(r -> assertThat(r.message())
                        .startsWith("came later, and nobody answers for it: eve; it reaches 12 tenants: t00, t01,")
                        .contains("and 2 more", "not yet accepted: certs"));
    }

    private static ReportResult access(PlatformAccess access) {
        return PlatformReportPlanner.plan(failed(12), HALF, List.of(), access, NOW).getResults().stream()
                .filter(r -> r.policy().equals("platform-access"))
                .reduce((_, _) -> {
                    throw new AssertionError("more than one");
                })
                .orElseThrow();
    }

    @Test
    void pairs_that_were_not_attacked_yet_are_counted() {
        assertThat(PlatformReportPlanner.plan(List.of(), HALF, List.of(), null, NOW)
                        .getResults())
                .filteredOn(r -> r.policy().equals("pair-coverage"))
                .singleElement()
                .satisfies(r -> {
                    assertThat(r.result()).isEqualTo(Verdict.warn);
                    assertThat(r.message()).startsWith("1 of 2 pairs since 2026-11-20T12:00:00Z");
                });
    }

    @Test
    void with_more_tenants_than_there_is_room_for_the_breached_ones_are_named_and_the_rest_is_counted()
            throws JsonProcessingException {
        List<TenantStanding> many = IntStream.range(0, 1000)
                .mapToObj(i -> new TenantStanding(
                        "tenant-with-a-long-name-%04d".formatted(i),
                        i == 999 ? Isolation.Breached : Isolation.Unknown,
                        List.of(status(Proof.Inconclusive, LATER))))
                .toList();

        ClusterReport report = PlatformReportPlanner.plan(many, HALF, List.of(), null, NOW);

        assertThat(report.getResults()).hasSize(100);
        assertThat(report.getResults())
                .anySatisfy(r -> assertThat(r.message()).startsWith("Tenant tenant-with-a-long-name-0999 is Breached"))
                .anySatisfy(r -> assertThat(r.message()).startsWith("924 tenants found no room here"));
        assertThat(new ObjectMapper().writeValueAsBytes(report)).hasSizeLessThan(256 * 1024);
    }

    /** What the platform's people read, whole. */
    @Test
    void the_report_of_the_platform_is_the_reviewed_one() {
        Coverage whole = new Coverage(6, 6, Instant.parse("2026-11-20T12:00:00.5Z"));
        List<TenantStanding> tenants = List.of(
                new TenantStanding(
                        "bolt",
                        Isolation.Breached,
                        List.of(
                                status("TI-DB", Enforcement.Enforced, Proof.Failed, LATER),
                                status("TI-NET", Enforcement.Enforced, Proof.Proven, LATER),
                                status("TI-OBJ", Enforcement.NotApplicable, Proof.Never, null),
                                status("TI-TLS", Enforcement.Degraded, Proof.Inconclusive, LATER))),
                new TenantStanding("corp", null, List.of()),
                new TenantStanding(
                        "acme",
                        Isolation.Verified,
                        List.of(
                                status("TI-DB", Enforcement.Enforced, Proof.Proven, LATER),
                                status("TI-NET", Enforcement.Enforced, Proof.Proven, LATER))),
                new TenantStanding(
                        "dyne",
                        Isolation.Unknown,
                        List.of(
                                status("TI-DB", Enforcement.Unknown, Proof.Proven, null),
                                status("TI-NET", Enforcement.Enforced, Proof.Proven, "soon"),
                                status("TI-SEC", Enforcement.Enforced, Proof.Proven, NOW.toString()))));

        PlatformAccess access = new PlatformAccess(
                List.of("ServiceAccount calico-system/calico-node (network plugin, ops, until 2027-12-31)"),
                List.of("ClusterRoleBinding certs lets ServiceAccount cert-manager/cert-manager get secrets"
                        + " (ClusterRole certs)"),
                List.of("ClusterRoleBinding eve lets User eve get secrets (ClusterRole read)"),
                NOW);
        Golden.of("evidence")
                .check("platform", List.of(PlatformReportPlanner.plan(tenants, whole, List.of(), access, NOW)));
    }

    @Test
    void up_to_ten_tenants_are_named_and_more_are_counted() {
        assertThat(control("TI-DB", failed(10)).message())
                .isEqualTo("proven for 0 of 10 tenants; Failed: t00, t01, t02, t03, t04, t05, t06, t07, t08, t09");
        assertThat(control("TI-DB", failed(12)).message())
                .endsWith("Failed: t00, t01, t02, t03, t04, t05, t06, t07, t08, t09 and 2 more");
    }

    @Test
    void a_report_is_complete_while_every_tenant_finds_room() {
        int room = 100 - Control.values().length - 2;

        assertThat(last(failed(room)).result()).isEqualTo(Verdict.pass);
        assertThat(last(failed(room)).message()).isEqualTo("every such tenant is named");
        assertThat(last(failed(room + 1)).result()).isEqualTo(Verdict.warn);
        assertThat(last(failed(room + 1)).message()).startsWith("1 tenants found no room here");
    }

    private static List<TenantStanding> failed(int tenants) {
        return IntStream.range(0, tenants)
                .mapToObj(i -> tenant("t%02d".formatted(i), Proof.Failed, LATER))
                .toList();
    }

    private static ReportResult last(List<TenantStanding> tenants) {
        return PlatformReportPlanner.plan(tenants, HALF, List.of(), null, NOW)
                .getResults()
                .getLast();
    }

    private static ReportResult control(String id, List<TenantStanding> tenants) {
        return PlatformReportPlanner.plan(tenants, HALF, List.of(), null, NOW).getResults().stream()
                .filter(r -> r.policy().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static TenantStanding tenant(String name, Proof proof, String validUntil) {
        return new TenantStanding(name, Isolation.Unknown, List.of(status(proof, validUntil)));
    }

    private static ControlStatus status(Proof proof, String validUntil) {
        return status("TI-DB", Enforcement.Enforced, proof, validUntil);
    }

    private static ControlStatus status(
            String control, Enforcement enforcement, Proof proof, @Nullable String validUntil) {
        return new ControlStatus(
                control,
                Demand.Required,
                enforcement,
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
