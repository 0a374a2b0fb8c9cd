package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.network.NetworkPlanner;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL or S3 goes away, or turns the operator down: the tenant says which and why, goes on by itself when it is
 * back, and a tenant elsewhere sees none of it.
 */
@ExtendWith(StackExtension.class)
class BackendTroubleIT {
    @TempDir
    private static Path directory;

    private static Site site;
    private Map<String, String> bystander;

    @BeforeAll
    static void open(KubernetesClient admin, StackEndpoints endpoints) {
        site = Site.open(admin, endpoints, directory, "beside-backends");
    }

    @AfterAll
    static void close() {
        site.close();
    }

    @BeforeEach
    void look() {
        bystander = site.bystanderNow();
    }

    @AfterEach
    void the_tenant_elsewhere_was_not_touched() {
        assertThat(Differences.between(bystander, site.bystanderNow())).isEmpty();
    }

    @Test
    void a_database_that_is_down_at_the_start_is_waited_for() {
        SmallTenant tenant = tenant("db-down-first");
        site.database().cut();

        site.apply(tenant);

        String message = site.await(tenant, "Ready", Status.False, Reason.DatabaseUnavailable);
        assertThat(message).contains("no answer").contains("check that the server runs");
        site.await(tenant, "Reconciling", Status.True, Reason.DatabaseUnavailable);
        site.await(tenant, "Stalled", Status.False, Reason.Idle);
        site.awaitServer(Site.SHAKY, Status.False, Reason.DatabaseUnavailable);
        assertThat(site.compartment().gaps(tenant.name())).isEmpty();
        assertThat(site.compartment().of(tenant.name()))
                .containsKey("NetworkPolicy <tenant>--web/bulkhead-default-deny")
                .containsKey("S3 bucket bh-<suffix> policy")
                .doesNotContainKey("Secret <tenant>--web/bulkhead-database");

        site.database().mend();
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void a_database_that_goes_down_later_holds_back_changes_and_nothing_else() {
        SmallTenant tenant = tenant("db-down-later");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());
        site.database().cut();

        site.apply(tenant.withConnections(7));

        site.await(tenant, "Ready", Status.False, Reason.DatabaseUnavailable);
        assertThat(site.platform().tenant(tenant.name()).getStatus().phase())
                .isEqualTo(TenantStatus.TenantPhase.Degraded);
        assertThat(connectionLimit(tenant)).isEqualTo("24");

        site.database().mend();
        site.platform().awaitReady(tenant.name());
        assertThat(connectionLimit(tenant)).isEqualTo("7");
    }

    private static String connectionLimit(SmallTenant tenant) {
        TenantIdentity identity = TenantIdentity.of(site.platform().tenant(tenant.name()));
        return site.compartment()
                .database()
                .ask("SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + identity.schema() + "_l1'");
    }

    @Test
    void a_password_that_the_database_refuses_is_named_and_its_correction_noticed() {
        SmallTenant tenant = tenant("db-password");
        Secret right = site.adminSecret("databaseserver");
        site.change("databaseserver", "password", "not the password");
        site.awaitServer(Site.SHAKY, Status.False, Reason.DatabaseRefused);

        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.DatabaseRefused))
                .contains("password")
                .contains("correct the admin Secret")
                .doesNotContain("not the password");

        restore(right);
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void an_admin_secret_that_is_not_there_is_named_and_its_coming_noticed() {
        SmallTenant tenant = tenant("db-secret");
        Secret right = site.adminSecret("databaseserver");
        site.platform().admin().resource(right).delete();
        assertThat(site.awaitServer(Site.SHAKY, Status.False, Reason.SecretMissing))
                .contains("bulkhead-keys/databaseserver-shaky");

        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.SecretMissing))
                .contains("DatabaseServer shaky")
                .contains("bulkhead-keys/databaseserver-shaky")
                .contains("create it");

        restore(right);
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void an_object_store_that_is_down_is_waited_for() {
        SmallTenant tenant = tenant("s3-down");
        site.cutStore();

        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.ObjectStoreUnavailable))
                .contains("shaky")
                .contains("does not answer");
        site.awaitStore(Site.SHAKY, Status.False, Reason.ObjectStoreUnavailable);
        assertThat(site.compartment().gaps(tenant.name())).isEmpty();

        site.mendStore();
        site.platform().awaitReady(tenant.name());
    }

    @Test
    void an_operator_that_starts_while_the_object_store_is_down_keeps_everything_else() {
        SmallTenant tenant = tenant("s3-down-restart");
        site.apply(tenant);
        site.platform().awaitReady(tenant.name());

        site.restart(() -> {
            site.cutStore();
            policy(tenant).delete();
        });

        Awaitility.await("the default deny is back")
                .atMost(Platform.PATIENCE)
                .until(() -> policy(tenant).get() != null);
        assertThat(site.await(tenant, "Ready", Status.False, Reason.ObjectStoreUnavailable))
                .contains("shaky");
        assertThat(site.compartment().gaps(tenant.name())).isEmpty();

        site.mendStore();
        site.platform().awaitReady(tenant.name());
    }

    private static Resource<NetworkPolicy> policy(SmallTenant tenant) {
        return site.platform()
                .admin()
                .network()
                .v1()
                .networkPolicies()
                .inNamespace(tenant.namespace())
                .withName(NetworkPlanner.DEFAULT_DENY);
    }

    @Test
    void a_key_that_the_object_store_refuses_is_named_and_its_correction_noticed() {
        SmallTenant tenant = tenant("s3-key");
        Secret right = site.adminSecret("objectstore");
        site.change("objectstore", "secret-access-key", "not-the-key");
        site.awaitStore(Site.SHAKY, Status.False, Reason.ObjectStoreRefused);

        site.apply(tenant);

        assertThat(site.await(tenant, "Ready", Status.False, Reason.ObjectStoreRefused))
                .contains("ObjectStore shaky")
                .contains("Secret of spec.adminSecret")
                .doesNotContain("not-the-key");

        restore(right);
        site.platform().awaitReady(tenant.name());
    }

    private static SmallTenant tenant(String name) {
        return SmallTenant.named(name).onServer(Site.SHAKY).onStore(Site.SHAKY);
    }

    private static void restore(Secret right) {
        site.platform()
                .admin()
                .resource(new SecretBuilder(right)
                        .editMetadata()
                        .withResourceVersion(null)
                        .withUid(null)
                        .endMetadata()
                        .build())
                .createOr(r -> r.update());
    }
}
