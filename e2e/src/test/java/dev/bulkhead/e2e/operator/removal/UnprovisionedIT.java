package dev.bulkhead.e2e.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/** A Tenant for which nothing was ever made can be mended, and goes in one step without leaving anything. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnprovisionedIT {
    @TempDir
    private static Path directory;

    private Platform platform;
    private KubernetesClient admin;
    private StackEndpoints endpoints;
    private Platform.RunningOperator operator;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) {
        admin = client;
        endpoints = stack;
        platform = Platform.install(client, stack, directory);
        operator = platform.operator(new Faults());
    }

    @AfterAll
    void stop() {
        operator.close();
    }

    @Test
    void one_with_a_typo_is_deleted_as_it_is() throws SQLException {
        Tenant typo = refused(LeavingTenant.yaml("unmade").replace("digitaltwin", "digitaltwinn"), "UnknownProfile");

        admin.resources(Tenant.class).withName("unmade").delete();

        platform.awaitGone("unmade");
        assertNothingOf(typo);
    }

    @Test
    void suspending_one_that_is_looser_than_its_profile_makes_nothing() throws SQLException {
        Tenant looser =
                refused(LeavingTenant.yaml("unmade-looser").replace("[contact]", "[health]"), "LooserThanProfile");

        platform.suspend("unmade-looser");
        Awaitility.await("the operator has looked again")
                .atMost(Platform.PATIENCE)
                .until(() -> Objects.equals(
                        status("unmade-looser").observedGeneration(),
                        platform.tenant("unmade-looser").getMetadata().getGeneration()));
        assertThat(Objects.requireNonNull(ready("unmade-looser")).reason()).isEqualTo("LooserThanProfile");
        admin.resources(Tenant.class).withName("unmade-looser").delete();

        platform.awaitGone("unmade-looser");
        assertNothingOf(looser);
    }

    @Test
    void one_with_a_typo_is_mended_and_then_its_fields_are_set() {
        String right = LeavingTenant.yaml("mended");
        refused(right.replace("digitaltwin", "digitaltwinn").replace("app", "ap"), "UnknownProfile");

        platform.apply(right);

        Tenant mended = platform.awaitReady("mended");
        assertThat(mended.getStatus().unprovisioned()).isNull();
        assertThat(admin.namespaces().withName("mended--ap").get()).isNull();
        assertThatThrownBy(() -> platform.apply(right.replace("digitaltwin", "portal")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("spec.profile is set once");
        assertThatThrownBy(
                        () -> admin.resources(Tenant.class).withName("mended").delete())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("Tenant mended is live");
        platform.remove("mended");
    }

    @Test
    void one_that_lives_and_becomes_wrong_was_provisioned() {
        String right = LeavingTenant.yaml("wronged");
        platform.apply(right);
        platform.awaitReady("wronged");

        Tenant wrong = refused(right.replace("[contact]", "[health]"), "LooserThanProfile", null);

        assertThatThrownBy(() -> admin.resource(wrong).delete())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("Tenant wronged is live");
        platform.remove("wronged");
    }

    @Test
    void one_that_claims_what_is_anothers_is_deleted_as_it_is_and_the_other_lives() {
        platform.apply(LeavingTenant.yaml("claimed"));
        String identity = Objects.requireNonNull(
                platform.awaitReady("claimed").getStatus().identity());
        refused(LeavingTenant.adopting("claimer", identity), "AdoptionRefused");

        admin.resources(Tenant.class).withName("claimer").delete();

        platform.awaitGone("claimer");
        assertThat(admin.resources(Tombstone.class).withName(identity).get()).isNull();
        assertThat(admin.namespaces().withName("claimer--app").get()).isNull();
        assertThat(platform.awaitReady("claimed").getStatus().phase()).isEqualTo(TenantPhase.Active);
        platform.remove("claimed");
    }

    /** Nothing says that anybody ever had it, so no keys are missing. */
    @Test
    void one_that_claims_what_nobody_had_is_told_so_and_deleted_as_it_is() throws SQLException {
        Tenant dreamer =
                refused(LeavingTenant.adopting("dreamer", "7c0e8b52-51d5-4b1c-8a7e-3f9d2c6b1a40"), "AdoptionRefused");
        assertThat(Objects.requireNonNull(ready("dreamer")).message())
                .contains("there is no Tombstone 7c0e8b52", "keys import");

        admin.resources(Tenant.class).withName("dreamer").delete();

        platform.awaitGone("dreamer");
        assertNothingOf(dreamer);
    }

    private Tenant refused(String yaml, String reason) {
        return refused(yaml, reason, true);
    }

    /** Applies it and waits until the operator refuses it, and says whether anything was made. */
    private Tenant refused(String yaml, String reason, @Nullable Boolean unprovisioned) {
        String name = platform.applyAnew(yaml).getMetadata().getName();
        Awaitility.await(name + " " + reason).atMost(Platform.PATIENCE).until(() -> {
            Condition ready = ready(name);
            return ready != null && ready.reason().equals(reason);
        });
        assertThat(status(name).unprovisioned()).isEqualTo(unprovisioned);
        return platform.tenant(name);
    }

    private @Nullable Condition ready(String name) {
        return Platform.condition(platform.tenant(name), "Ready");
    }

    private TenantStatus status(String name) {
        return platform.tenant(name).getStatus();
    }

    /** No namespace, key ring, Tombstone, schema or bucket. */
    private void assertNothingOf(Tenant tenant) throws SQLException {
        TenantIdentity identity = TenantIdentity.of(tenant);
        assertThat(admin.namespaces()
                        .withLabel("bulkhead.dev/identity", identity.value())
                        .list()
                        .getItems())
                .isEmpty();
        assertThat(admin.secrets()
                        .inNamespace(Bootstrap.KEYS_NAMESPACE)
                        .withName(identity.keyRing())
                        .get())
                .isNull();
        assertThat(admin.resources(Tombstone.class).withName(identity.value()).get())
                .isNull();
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet roles = statement.executeQuery(
                        "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, '" + identity.schema() + "')")) {
            roles.next();
            assertThat(roles.getInt(1)).isZero();
        }
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            assertThat(root.listBuckets().buckets()).noneMatch(b -> b.name().equals(identity.bucket()));
        }
    }
}
