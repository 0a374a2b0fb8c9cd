package dev.bulkhead.e2e.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.RotationSpec.Trigger;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Credentials and keys are exchanged on a running stack, under a client that connects all the time. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotationIT {
    @TempDir
    private static Path directory;

    private Platform platform;
    private Faults wire;
    private Platform.RunningOperator operator;
    private RotatedTenant tenant;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) {
        platform = Platform.install(admin, endpoints, directory);
        wire = new Faults();
        operator = platform.operator(wire, Duration.ofSeconds(30));
        tenant = RotatedTenant.make(platform, "rotated", 10);
    }

    @AfterAll
    void stop() {
        tenant.close();
        operator.close();
    }

    @Test
    void a_client_that_reads_its_secret_again_meets_no_failure_and_the_old_credentials_are_refused_afterwards()
            throws SQLException {
        Delivered oldLogin = Delivered.database(platform, tenant.namespace());
        Delivered oldKey = Delivered.objectStore(platform, tenant.namespace());
        TenantStatus.KeyStatus oldKeys =
                Objects.requireNonNull(platform.tenant("rotated").getStatus().keys());
        JobStatus status;
        RestlessClient client = new RestlessClient(platform, tenant.namespace());
        try (client;
                Connection session = oldLogin.connect()) {
            status = tenant.awaitEnd(tenant.rotate());
            assertThat(session.isValid(2))
                    .as("a session of the old login does not outlive it")
                    .isFalse();
            int then = client.connections();
            Awaitility.await("it goes on with the new ones").until(() -> client.connections() > then + 3);
        }
        assertThat(client.failures()).isEmpty();
        assertThat(client.connections()).isGreaterThan(20);
        assertThat(client.requests()).isGreaterThan(20);

        assertThat(status.phase()).as(status.message()).isEqualTo(JobPhase.Succeeded);
        assertThat(status.progress()).isEqualTo("12/12");
        assertThat(status.steps()).allMatch(step -> step.state() == StepState.Done);
        assertThatThrownBy(oldLogin::connect).isInstanceOf(SQLException.class);
        try (S3Client s3 = oldKey.client()) {
            assertThatThrownBy(() -> s3.listObjectsV2(r -> r.bucket(oldKey.get("bucket"))))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
        Delivered login = Delivered.database(platform, tenant.namespace());
        assertThat(login.get("username")).isNotEqualTo(oldLogin.get("username"));
        assertThat(login.get("password")).isNotEqualTo(oldLogin.get("password"));
        Tenant now = platform.awaitReady("rotated");
        TenantStatus.KeyStatus keys = Objects.requireNonNull(now.getStatus().keys());
        assertThat(keys.tenantKeyVersion()).isEqualTo(oldKeys.tenantKeyVersion() + 1);
        assertThat(keys.sealKeyVersion()).isEqualTo(oldKeys.sealKeyVersion() + 1);
        Awaitility.await("the Tenant says so").untilAsserted(() -> {
            TenantStatus.RotationStatus rotation = Objects.requireNonNull(
                    platform.tenant("rotated").getStatus().rotation());
            assertThat(rotation.last()).extracting(TenantStatus.Rotated::name).contains(Rotatable.values());
            assertThat(rotation.running()).isNull();
            assertThat(rotation.oldUntil()).isNull();
        });
        assertThat(platform.admin()
                        .secrets()
                        .inNamespace("bulkhead-keys")
                        .withName(TenantIdentity.of(now).keyRing())
                        .require()
                        .getData()
                        .keySet())
                .as("no old tenant key and no old credential is left; old sealing keys are")
                .contains("tk." + keys.tenantKeyVersion(), "seal.1", "seal." + keys.sealKeyVersion())
                .satisfiesOnlyOnce(key -> assertThat(key).startsWith("tk."))
                .satisfiesOnlyOnce(key -> assertThat(key).startsWith("database."))
                .satisfiesOnlyOnce(key -> assertThat(key).startsWith("objectstore."));
        quiet();
    }

    @Test
    void an_annotation_has_it_done_once() {
        annotate("database@first");
        Awaitility.await("made")
                .atMost(Platform.PATIENCE)
                .until(() -> tenant.rotations(Trigger.Annotation).size() == 1);
        JobStatus status = tenant.awaitEnd(
                tenant.rotations(Trigger.Annotation).getFirst().getMetadata().getName());

        assertThat(status.phase()).as(status.message()).isEqualTo(JobPhase.Succeeded);
        assertThat(status.progress()).isEqualTo("4/4");
        quiet();
        assertThat(tenant.rotations(Trigger.Annotation)).hasSize(1);
    }

    @Test
    void after_a_breach_everything_is_exchanged_at_once_and_once() {
        Delivered old = Delivered.database(platform, tenant.namespace());
        Incident incident = incident(platform.tenant("rotated"));
        try {
            Awaitility.await("made")
                    .atMost(Platform.PATIENCE)
                    .until(() -> tenant.rotations(Trigger.Breach).size() == 1);
            JobStatus status = tenant.awaitEnd(
                    tenant.rotations(Trigger.Breach).getFirst().getMetadata().getName());

            assertThat(status.phase()).as(status.message()).isEqualTo(JobPhase.Succeeded);
            assertThatThrownBy(old::connect).isInstanceOf(SQLException.class);
            quiet();
            assertThat(tenant.rotations(Trigger.Breach)).hasSize(1);
        } finally {
            platform.admin().resource(incident).delete();
        }
    }

    @Test
    void a_rotation_of_nobody_fails_and_says_so() {
        String name = new RotatedTenant(platform, "nobody-at-all").rotate(Rotatable.Database);
        try {
            JobStatus status = tenant.awaitEnd(name);
            assertThat(status.phase()).isEqualTo(JobPhase.Failed);
            assertThat(status.message()).contains("there is no Tenant nobody-at-all");
        } finally {
            platform.admin()
                    .resources(dev.bulkhead.api.v1beta1.Rotation.class)
                    .withName(name)
                    .delete();
        }
    }

    /** Nothing is written once all is done. */
    private void quiet() {
        Awaitility.await("the last writes").pollDelay(Duration.ofSeconds(2)).until(() -> true);
        wire.forget();
        Awaitility.await("a while").pollDelay(Duration.ofSeconds(4)).until(() -> true);
        assertThat(wire.writes()).isEmpty();
    }

    private void annotate(String value) {
        Tenant now = platform.tenant("rotated");
        platform.admin()
                .resources(Tenant.class)
                .withName(now.getMetadata().getName())
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"bulkhead.dev/rotate\":\"" + value + "\"}}}");
    }

    private Incident incident(Tenant victim) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Incident incident = new Incident();
        incident.setMetadata(new ObjectMetaBuilder()
                .withName("rotated-breach-" + System.nanoTime())
                .build());
        incident.setSpec(new IncidentSpec(
                new IncidentSpec.IncidentFinding(
                        "rotated",
                        TenantIdentity.of(victim).value(),
                        "TI-DB",
                        null,
                        "a test got through",
                        now,
                        now,
                        now,
                        now),
                null));
        return platform.admin().resource(incident).create();
    }
}
