package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.evidence.ReportPlanner;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceListBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which reports are taken away, and what finding them costs. */
class FormerReportsTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(1));
    private static final TenantIdentity HERE = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity GONE = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final String NAMESPACES = "GET /api/v1/namespaces?labelSelector=bulkhead.dev%2Fowned%3Dtrue";
    private static final String TENANT = "GET /apis/bulkhead.dev/v1beta1/tenants/former";
    private static final String REPORT = " /apis/openreports.io/v1alpha1/namespaces/former--web/reports/bulkhead";

    private final ScriptedApi api = new ScriptedApi();
    private final FormerReports reports = new FormerReports(api.client());

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void the_report_of_a_tenant_that_is_gone_goes_and_no_other() {
        answerNamespaces();
        api.answer("GET" + REPORT, 200, report(GONE));
        api.answer("DELETE" + REPORT, 200, report(GONE));

        reports.clear(List.of(here()), NOW);

        assertThat(api.requests()).containsExactly(NAMESPACES, TENANT, "GET" + REPORT, "DELETE" + REPORT);
    }

    @Test
    void nobody_is_asked_while_no_tenant_goes() {
        answerNamespaces();
        reports.clear(List.of(here()), NOW);
        int asked = api.requests().size();

        reports.clear(List.of(here()), LATER);
        reports.clear(List.of(here(), former()), LATER);

        assertThat(api.requests()).hasSize(asked);
    }

    @Test
    void a_tenant_that_came_back_and_went_again_is_cleared_up_after_again() {
        answerNamespaces();
        reports.clear(List.of(here()), NOW);
        reports.clear(List.of(here(), former()), NOW);
        int asked = api.requests().size();
        answerNamespaces();
        api.answer("GET" + REPORT, 200, report(GONE));
        api.answer("DELETE" + REPORT, 200, report(GONE));

        reports.clear(List.of(here()), LATER);

        assertThat(api.requests().subList(asked, api.requests().size()))
                .containsExactly(NAMESPACES, TENANT, "GET" + REPORT, "DELETE" + REPORT);
    }

    @Test
    void a_tenant_that_is_only_not_known_yet_keeps_its_report() {
        answerNamespaces();
        api.answer(TENANT, 200, former());

        reports.clear(List.of(here()), NOW);

        assertThat(api.requests()).containsExactly(NAMESPACES, TENANT);
    }

    @Test
    void what_does_not_carry_the_mark_of_the_tenant_that_is_gone_stays() {
        answerNamespaces();
        api.answer("GET" + REPORT, 200, report(HERE));

        reports.clear(List.of(here()), NOW);

        assertThat(api.requests()).containsExactly(NAMESPACES, TENANT, "GET" + REPORT);
    }

    @Test
    void what_fails_is_tried_again_a_minute_later() {
        answerNamespaces();
        api.refuse(TENANT, 403, "not yet");
        reports.clear(List.of(here()), NOW);
        reports.clear(List.of(here()), NOW.plusSeconds(59));
        assertThat(api.requests()).containsExactly(NAMESPACES, TENANT);
        answerNamespaces();
        api.answer("GET" + REPORT, 200, report(GONE));
        api.answer("DELETE" + REPORT, 200, report(GONE));

        reports.clear(List.of(here()), LATER);

        assertThat(api.requests()).endsWith("DELETE" + REPORT);
    }

    private void answerNamespaces() {
        api.answer(
                NAMESPACES,
                200,
                new NamespaceListBuilder()
                        .withItems(namespace("here--web", "here", HERE), namespace("former--web", "former", GONE))
                        .build());
    }

    private static Namespace namespace(String name, String tenant, TenantIdentity identity) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Marks.of(tenant, identity))
                .endMetadata()
                .build();
    }

    private static Report report(TenantIdentity identity) {
        return ReportPlanner.plan(
                new ReportPlanner.About("former", identity, "former--web"), List.of(), List.of(), List.of(), NOW);
    }

    private static Tenant here() {
        return tenant("here", HERE);
    }

    private static Tenant former() {
        return tenant("former", GONE);
    }

    private static Tenant tenant(String name, TenantIdentity identity) {
        Tenant tenant = new Tenant();
        tenant.setMetadata(
                new ObjectMetaBuilder().withName(name).withUid(identity.value()).build());
        tenant.setSpec(Tenants.plainSpec());
        return tenant;
    }
}
