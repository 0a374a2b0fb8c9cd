package dev.bulkhead.e2e.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.lifecycle.RemovalTimes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
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

/** A tenant can be deleted while its servers are gone; what could not be closed is closed when they are back. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AbsentBackendsIT {
    private static final String NAME = "stranded";
    private static final String BACKEND = "island";

    @TempDir
    private static Path directory;

    private Platform platform;
    private KubernetesClient admin;
    private StackEndpoints endpoints;
    private Platform.RunningOperator operator;
    private Island island;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) {
        admin = client;
        endpoints = stack;
        platform = Platform.install(client, stack, directory);
        island = Island.rise(platform, BACKEND);
        operator = platform.operator(
                new Faults(), Duration.ofSeconds(2), new RemovalTimes(Duration.ofSeconds(3), Duration.ofSeconds(1)));
    }

    @AfterAll
    void stop() {
        operator.close();
        island.close();
    }

    @Test
    void the_tenant_goes_in_bounded_time_and_its_debts_are_paid_later() throws IOException {
        platform.apply(LeavingTenant.on(NAME, BACKEND));
        Tenant tenant = platform.awaitReady(NAME);
        String identity = Objects.requireNonNull(
                Objects.requireNonNull(tenant.getStatus()).identity());
        Delivered database = Delivered.database(platform, NAME + "--app");
        Delivered bucket = Delivered.objectStore(platform, NAME + "--app");
        assertStays(DatabaseServer.class);
        assertStays(ObjectStore.class);
        island.cutOff();

        platform.remove(NAME);

        // A pod that its controller made a moment ago is one, too, until it is gone.
        Awaitility.await("only the servers' are left")
                .atMost(Platform.PATIENCE)
                .until(() -> status(identity).debts().stream()
                        .noneMatch(d -> d.name().equals("workflows")));
        TombstoneStatus stone = status(identity);
        assertThat(stone.phase()).isEqualTo(TombstoneStatus.TombstonePhase.Closing);
        assertThat(stone.debts())
                .extracting(TombstoneStatus.Debt::name)
                .containsExactlyInAnyOrder("database", "objectStore");
        assertThat(stone.openDebts()).isEqualTo("2");
        assertThat(stone.debts())
                .extracting(TombstoneStatus.Debt::message)
                .anyMatch(m -> m.startsWith("ObjectStore " + BACKEND + ": does not answer"))
                .anyMatch(m -> m.contains("no answer") && m.contains("check that the server runs"));
        assertThat(admin.apps().deployments().inNamespace(NAME + "--app").list().getItems())
                .isEmpty();
        assertThat(connects(database)).as("nobody could close it").isTrue();

        island.reachable();

        Awaitility.await("paid")
                .atMost(Platform.PATIENCE)
                .until(() -> status(identity).phase() == TombstoneStatus.TombstonePhase.Retained);
        assertThat(status(identity).debts()).isEmpty();
        assertThat(status(identity).openDebts()).isEqualTo("0");
        assertThat(status(identity).tenant()).isEqualTo(NAME);
        assertThat(connects(database)).isFalse();
        assertThat(opens(bucket)).isFalse();
    }

    private TombstoneStatus status(String identity) {
        return admin.resources(Tombstone.class).withName(identity).require().getStatus();
    }

    private static boolean connects(Delivered database) {
        try {
            database.connect().close();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private static boolean opens(Delivered bucket) {
        try (S3Client s3 = bucket.client()) {
            s3.listObjectsV2(r -> r.bucket(bucket.get("bucket")));
            return true;
        } catch (S3Exception e) {
            return false;
        }
    }

    /** Once its status counts the tenant. Whoever has broken the glass may. */
    private void assertStays(Class<? extends HasMetadata> kind) {
        try (KubernetesClient plain = endpoints.kubernetes().adminClient()) {
            Awaitility.await("refused")
                    .atMost(Platform.PATIENCE)
                    .untilAsserted(() -> assertThatThrownBy(() -> plain.resources(kind)
                                    .withName(BACKEND)
                                    .dryRun()
                                    .delete())
                            .isInstanceOf(KubernetesClientException.class)
                            .hasMessageContaining("'bulkhead-backends'")
                            .hasMessageContaining(
                                    kind.getSimpleName() + " " + BACKEND + " holds the data of tenants ("));
        }
        admin.resources(kind).withName(BACKEND).dryRun().delete();
    }
}
