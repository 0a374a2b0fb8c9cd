package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.Sabotaged.OPEN;
import static dev.bulkhead.e2e.isolation.Sabotaged.WEAK;
import static dev.bulkhead.e2e.isolation.Sabotaged.control;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Walls taken down by hand, all at once, and put up again. One tenant is opened in every way that a probe looks at; in
 * the other a protection is missing, but no way is open. The story is told in the order of its rounds.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SabotageIT {
    private static final Duration VALID = Duration.ofHours(3);
    private static final Duration REFRESH = Duration.ofHours(1);
    private static final String STRANGER = "stranger@elsewhere.example";

    @TempDir
    private static Path directory;

    private Sabotaged site;
    private Tenant before;
    private Tenant weakBefore;
    private Report broken;
    private Report healed;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) throws InterruptedException {
        site = Sabotaged.start(admin, endpoints, directory);
        round(ExternalCalls.unobserved());
        before = site.awaitStatus(OPEN);
        weakBefore = site.awaitStatus(WEAK);
        broken = site.report(OPEN);
        healed = broken;
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"TI-NS", "TI-POD", "TI-DB", "TI-OBJ", "TI-RBAC", "TI-SEC"})
    @Order(1)
    void before_anything_is_broken_it_is_proven(String id) {
        assertThat(control(before, id).proof())
                .as(control(before, id).proofMessage())
                .isEqualTo(Proof.Proven);
        assertThat(control(weakBefore, id).proof())
                .as(control(weakBefore, id).proofMessage())
                .isEqualTo(Proof.Proven);
        assertThat(site.incidents(OPEN)).isEmpty();
        assertThat(status(before, "IsolationBreach")).isEqualTo(Condition.Status.False);
    }

    @Test
    @Order(2)
    void a_round_over_what_did_not_change_writes_nothing() throws InterruptedException {
        String version = site.report(OPEN).getMetadata().getResourceVersion();
        Faults calls = new Faults();

        round(calls);

        assertThat(calls.writes())
                .as(
                        "questions to the API server, what the canaries exchange and act as, and the first word of a prober that"
                                + " has just started on the platform")
                .allMatch(c -> Stream.of("subjectaccessreviews", "tenantsecrets", "serviceaccounts", "clusterreports")
                        .anyMatch(c.what()::contains));
        assertThat(site.report(OPEN).getMetadata().getResourceVersion()).isEqualTo(version);
    }

    @Test
    @Order(3)
    void what_is_broken_turns_the_verdict_with_the_next_round() throws SQLException, InterruptedException {
        site.openEverything(STRANGER);
        site.superuser("ALTER ROLE " + site.database(WEAK).get("username") + " SET search_path = public");
        site.superuser("CREATE ROLE sabotage_reader LOGIN");
        site.superuser("GRANT " + site.database(OPEN).get("schema") + "_app TO sabotage_reader");

        round(ExternalCalls.unobserved());

        broken = site.report(OPEN);
        Tenant after = site.awaitStatus(OPEN);
        assertThat(after.getStatus().isolation()).isEqualTo(Isolation.Breached);
        assertThat(status(after, "IsolationBreach")).isEqualTo(Condition.Status.True);
        assertThat(status(after, "IsolationVerified")).isEqualTo(Condition.Status.False);
        assertThat(proven(after)).isLessThan(proven(before) - 2);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "TI-DB   | PUBLIC",
                "TI-DB   | sabotage_reader",
                "TI-OBJ  | without a key",
                "TI-RBAC | " + STRANGER,
                "TI-NET  | /hostile lets in everybody"
            })
    @Order(4)
    void each_verdict_names_its_cause_and_each_way_out_is_an_incident(String id, String cause) {
        assertThat(broken.getResults())
                .filteredOn(r -> "control".equals(r.category()) && r.policy().equals(id))
                .singleElement()
                .satisfies(r -> {
                    assertThat(r.result()).isEqualTo(Verdict.fail);
                    assertThat(r.message()).contains(cause);
                });
        assertThat(site.incidents(OPEN))
                .filteredOn(i -> i.getSpec().finding().control().equals(id))
                .allSatisfy(i -> assertThat(i.getSpec().acknowledgement()).isNull())
                .anySatisfy(i -> assertThat(i.getSpec().finding().message()).contains(cause));
        assertThat(control(site.platform().tenant(OPEN), id).proof()).isEqualTo(Proof.Failed);
    }

    @Test
    @Order(5)
    void missing_protection_without_an_open_way_fails_and_is_no_incident() {
        Tenant weak = site.awaitStatus(WEAK);

        assertThat(control(weak, "TI-DB").proof()).isEqualTo(Proof.Failed);
        assertThat(control(weak, "TI-DB").proofMessage())
                .contains("settings that lead the tenant's sessions elsewhere");
        assertThat(site.incidents(WEAK))
                .as("it also reads the other's open bucket, which is one")
                .noneMatch(i -> i.getSpec().finding().control().equals("TI-DB"));
        assertThat(weak.getStatus().isolation()).isNotEqualTo(Isolation.Verified);
    }

    @Test
    @Order(6)
    void another_round_over_a_way_that_stays_open_is_not_another_incident() throws InterruptedException {
        int incidents = site.incidents(OPEN).size();

        round(ExternalCalls.unobserved());

        assertThat(site.incidents(OPEN)).hasSize(incidents);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"TI-DB", "TI-OBJ", "TI-RBAC"})
    @Order(8)
    void healed_is_proven_again(String id) {
        assertThat(healed.getResults())
                .filteredOn(r -> "control".equals(r.category()) && r.policy().equals(id))
                .singleElement()
                .satisfies(r -> assertThat(r.result()).as(r.message()).isEqualTo(Verdict.pass));
        assertThat(control(site.platform().tenant(OPEN), id).proof()).isEqualTo(Proof.Proven);
    }

    @Test
    @Order(7)
    void healing_does_not_erase_the_breach() throws SQLException, InterruptedException {
        site.superuser("DROP ROLE sabotage_reader");
        site.admin()
                .resources(NetworkPolicy.class)
                .inNamespace(Sabotaged.namespace(OPEN))
                .withName("hostile")
                .delete();
        site.admin()
                .resources(RoleBinding.class)
                .inNamespace(Sabotaged.namespace(OPEN))
                .withName("hostile")
                .delete();
        site.restartOperator();
        awaitClosed();

        round(ExternalCalls.unobserved());

        healed = site.report(OPEN);
        Tenant after = site.awaitStatus(OPEN);
        assertThat(after.getStatus().controls())
                .as("what was proven before is again")
                .filteredOn(c -> Sabotaged.control(before, c.id()).proof() == Proof.Proven)
                .allSatisfy(c -> assertThat(c.proof())
                        .as(c.id() + " " + c.proofMessage())
                        .isEqualTo(Proof.Proven));
        assertThat(proven(after)).isEqualTo(proven(before));
        assertThat(after.getStatus().isolation()).isEqualTo(Isolation.Breached);
        assertThat(status(after, "IsolationBreach")).isEqualTo(Condition.Status.True);
        assertThat(site.incidents(OPEN))
                .extracting(i -> i.getSpec().finding().control())
                .contains("TI-DB", "TI-NET", "TI-OBJ", "TI-RBAC");
        assertThat(site.incidents(OPEN))
                .as("a way that stayed open is one incident")
                .extracting(i -> i.getSpec().finding().control() + " "
                        + i.getSpec().finding().way())
                .doesNotHaveDuplicates();
    }

    @Test
    @Order(9)
    void what_was_found_cannot_be_changed() {
        Incident incident = site.incidents(OPEN).getFirst();

        assertThat(HostileAttempt.answer(
                        () -> patch(incident, "{\"spec\":{\"finding\":{\"message\":\"nothing happened\"}}}")))
                .contains("422 ", "spec.finding is evidence and cannot be changed");
    }

    @Test
    @Order(10)
    void an_acknowledgement_needs_a_reference() {
        Incident incident = site.incidents(OPEN).getFirst();

        assertThat(HostileAttempt.answer(() -> patch(incident, acknowledgement(""))))
                .contains("422 ", "reference");
        assertThat(HostileAttempt.answer(() -> patch(
                        incident,
                        "{\"spec\":{\"acknowledgement\":{\"by\":\"admin\",\"at\":\"2026-11-22T14:00:00Z\"}}}")))
                .contains("422 ", "reference");
    }

    @Test
    @Order(11)
    void the_breach_ends_when_every_incident_is_acknowledged() {
        List<Incident> incidents = site.incidents(OPEN);
        incidents.forEach(i -> patch(i, acknowledgement("TICKET-1")));

        Tenant after = site.platform().await(OPEN, "IsolationBreach", Condition.Status.False);
        assertThat(after.getStatus().isolation()).isNotEqualTo(Isolation.Breached);
        assertThat(site.incidents(OPEN)).as("the record stays").hasSameSizeAs(incidents);
        assertThat(HostileAttempt.answer(() -> patch(incidents.getFirst(), "{\"spec\":{\"acknowledgement\":null}}")))
                .contains("422 ", "given once");
    }

    @Test
    @Order(12)
    void proof_of_a_prober_that_stopped_goes_stale() throws InterruptedException {
        site.round(Duration.ofSeconds(1), Duration.ZERO, ExternalCalls.unobserved());

        // Each control from the time at which its oldest probe tried it, so not all in the same second.
        Awaitility.await("stale")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    site.touch(OPEN);
                    Tenant now = site.platform().tenant(OPEN);
                    return status(now, "EvidenceFresh") == Condition.Status.False && proven(now) == 0;
                });
        Tenant stale = site.platform().tenant(OPEN);
        assertThat(control(stale, "TI-DB").proof()).isEqualTo(Proof.Stale);
        assertThat(proven(stale)).isZero();
        assertThat(stale.getStatus().isolation()).isNotEqualTo(Isolation.Verified);
    }

    /** The operator's own sweep closes what an administrator of the backends opened. */
    private void awaitClosed() {
        String bucket = site.objectStore(OPEN).get("bucket");
        try (S3Client nobody = S3Access.anonymous(site.endpoints().objectStore())) {
            Awaitility.await("closed by a sweep")
                    .atMost(Platform.PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> HostileAttempt.answer(() -> nobody.getObjectAsBytes(
                                    r -> r.bucket(bucket).key(".bulkhead/canary")))
                            .equals("403 AccessDenied"));
        }
        Awaitility.await("schema closed by a sweep")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> HostileAttempt.answer(
                                () -> site.superuser("SELECT 1 / (NOT has_schema_privilege('public', '"
                                        + site.database(OPEN).get("schema") + "', 'USAGE'))::int"))
                        .equals(HostileAttempt.WORKED));
    }

    private void round(ExternalCalls calls) throws InterruptedException {
        site.round(VALID, REFRESH, calls);
    }

    private void patch(Incident incident, String merge) {
        site.admin().resource(incident).patch(PatchContext.of(PatchType.JSON_MERGE), merge);
    }

    private static String acknowledgement(String reference) {
        return """
                {"spec":{"acknowledgement":{"by":"break-glass","reference":"%s","at":"%s"}}}""".formatted(reference, Instant.now());
    }

    private static Condition.Status status(Tenant tenant, String type) {
        return Objects.requireNonNull(Platform.condition(tenant, type), type).status();
    }

    private static int proven(Tenant tenant) {
        return Integer.parseInt(
                Objects.requireNonNull(tenant.getStatus().proven()).split("/", 2)[0]);
    }
}
