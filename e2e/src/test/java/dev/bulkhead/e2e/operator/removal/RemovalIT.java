package dev.bulkhead.e2e.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.KeptData;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.lifecycle.RemovalTimes;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A tenant goes in two steps, its data stays, and nobody gets at it but who is entitled to. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemovalIT {
    @TempDir
    private static Path directory;

    private final Faults calls = new Faults();
    private Platform platform;
    private KubernetesClient admin;
    private StackEndpoints endpoints;
    private Platform.RunningOperator operator;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) {
        admin = client;
        endpoints = stack;
        platform = Platform.install(client, stack, directory);
        operator = platform.operator(
                calls, Duration.ofSeconds(5), new RemovalTimes(Duration.ofSeconds(60), Duration.ofSeconds(2)));
    }

    @AfterAll
    void stop() {
        operator.close();
    }

    @Test
    void a_live_tenant_is_not_deleted_and_the_refusal_says_what_to_do() {
        platform.apply(LeavingTenant.yaml("staying"));
        Tenant tenant = platform.awaitReady("staying");

        assertThatThrownBy(
                        () -> admin.resources(Tenant.class).withName("staying").delete())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("Tenant staying is live")
                .hasMessageContaining("kubectl patch tenant staying")
                .hasMessageContaining("\"suspend\":true");

        assertThat(platform.tenant("staying").getMetadata().getDeletionTimestamp())
                .isNull();
        assertThat(tombstone(identity(tenant))).isNull();
        platform.remove("staying");
    }

    @Test
    void a_tenant_goes_leaves_its_data_and_takes_it_over_again() throws SQLException {
        platform.apply(LeavingTenant.yaml("leaver"));
        Tenant first = platform.awaitReady("leaver");
        String identity = identity(first);
        Delivered database = Delivered.database(platform, "leaver--app");
        Delivered bucket = Delivered.objectStore(platform, "leaver--app");
        new KeptData(database, bucket).write();

        suspended("leaver", database, bucket);
        admin.resources(Tenant.class).withName("leaver").delete();
        platform.awaitGone("leaver");

        TombstoneStatus stone = Objects.requireNonNull(tombstone(identity)).getStatus();
        assertThat(stone.tenant()).isEqualTo("leaver");
        assertThat(stone.phase()).isEqualTo(TombstoneStatus.TombstonePhase.Retained);
        assertThat(stone.namespaces()).containsExactly("leaver--app");
        assertThat(Objects.requireNonNull(stone.database()).schema()).isEqualTo(database.get("schema"));
        assertThat(Objects.requireNonNull(stone.database()).server()).isEqualTo("local");
        assertThat(Objects.requireNonNull(stone.objectStore()).bucket()).isEqualTo(bucket.get("bucket"));
        assertThat(stone.debts()).isEmpty();
        new KeptData(database, bucket).assertThere(endpoints);

        anotherOfThatNameIsAConflict(identity);
        nobodyElseAdopts(identity);
        new KeptData(database, bucket).assertThere(endpoints);

        platform.apply(LeavingTenant.adopting("leaver", identity));
        Tenant again = platform.awaitReady("leaver");

        assertThat(Objects.requireNonNull(again.getStatus()).phase()).isEqualTo(TenantPhase.Active);
        assertThat(identity(again)).isEqualTo(identity);
        assertThat(again.getMetadata().getUid()).isNotEqualTo(identity);
        KeptData.of(platform, "leaver--app").assertRead();
        awaitPhase(identity, TombstoneStatus.TombstonePhase.Adopted);

        platform.remove("leaver");
        awaitPhase(identity, TombstoneStatus.TombstonePhase.Retained);
    }

    @Test
    void whoever_claims_a_live_tenants_identity_gets_nothing_and_takes_nothing_down() throws SQLException {
        platform.apply(LeavingTenant.yaml("holder"));
        String identity = identity(platform.awaitReady("holder"));
        Delivered database = Delivered.database(platform, "holder--app");
        Delivered bucket = Delivered.objectStore(platform, "holder--app");

        platform.apply(LeavingTenant.adopting("claimer", identity));

        Condition refused = awaitReason("claimer", "AdoptionRefused");
        assertThat(refused.message()).contains("live Tenant holder");
        assertThat(admin.namespaces().withName("claimer--app").get()).isNull();

        platform.remove("claimer");

        assertThat(tombstone(identity)).isNull();
        Tenant holder = platform.awaitReady("holder");
        assertThat(Objects.requireNonNull(holder.getStatus()).phase()).isEqualTo(TenantPhase.Active);
        assertThat(worker("holder").getSpec().getReplicas()).isEqualTo(2);
        assertThat(bindings("holder")).contains("bulkhead-tenant-admins", "bulkhead-tenant-users");
        new KeptData(database, bucket).write();
        platform.remove("holder");
    }

    @Test
    void a_quota_whose_status_keeps_changing_is_closed_all_the_same() throws InterruptedException {
        platform.apply(LeavingTenant.yaml("counted"));
        Tenant tenant = platform.awaitReady("counted");
        AtomicBoolean counting = new AtomicBoolean(true);
        Thread counter = Thread.ofVirtual().start(() -> {
            for (int i = 0; counting.get(); i++) {
                count(i);
            }
        });

        platform.suspend("counted");
        Awaitility.await("the quota allows no pods")
                .atMost(Platform.PATIENCE)
                .until(() ->
                        new Quantity("0").equals(quota().getSpec().getHard().get("pods")));

        counting.set(false);
        counter.join();
        String uid = tenant.getMetadata().getUid();
        assertThat(admin.events().v1().events().inNamespace("default").list().getItems())
                .filteredOn(event -> uid.equals(event.getRegarding().getUid()))
                .as("nobody is blamed")
                .noneMatch(event -> event.getType().equals("Warning"));
        platform.remove("counted");
    }

    private ResourceQuota quota() {
        return admin.resourceQuotas()
                .inNamespace("counted--app")
                .withName("bulkhead-quota")
                .require();
    }

    /** As the quota controller does with every object that comes or goes, only faster. */
    private void count(int used) {
        admin.resourceQuotas()
                .inNamespace("counted--app")
                .withName("bulkhead-quota")
                .subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"used\":{\"count/jobs.batch\":\"" + used + "\"}}}");
    }

    /** Suspended: no pods, no people, no login, no key. */
    private void suspended(String name, Delivered database, Delivered bucket) {
        assertThat(bindings(name)).contains("bulkhead-tenant-admins", "bulkhead-tenant-users");
        assertThat(worker(name).getSpec().getReplicas()).isEqualTo(2);

        platform.suspend(name);
        Awaitility.await("Suspended")
                .atMost(Platform.PATIENCE)
                .until(() -> Objects.requireNonNull(platform.tenant(name).getStatus())
                                .phase()
                        == TenantPhase.Suspended);

        assertThat(worker(name).getSpec().getReplicas()).isZero();
        assertThat(bindings(name)).doesNotContain("bulkhead-tenant-admins", "bulkhead-tenant-users");
        assertThatThrownBy(() -> database.connect().close()).isInstanceOf(SQLException.class);
        try (S3Client s3 = bucket.client()) {
            assertThatThrownBy(() -> s3.getObjectAsBytes(
                            r -> r.bucket(bucket.get("bucket")).key("kept")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
    }

    private void anotherOfThatNameIsAConflict(String identity) {
        calls.forget();
        platform.apply(LeavingTenant.yaml("leaver"));

        Condition ready = awaitReason("leaver", "FormerIdentity");
        assertThat(ready.message()).contains(identity).contains("spec.adopt");
        assertThat(Objects.requireNonNull(platform.tenant("leaver").getStatus()).phase())
                .isEqualTo(TenantPhase.Conflict);
        assertThat(writes()).allMatch(w -> w.contains("tenants") || w.contains("events"));
        platform.remove("leaver");
        assertThat(writes()).allMatch(w -> w.contains("tenants") || w.contains("events"));
        assertThat(Objects.requireNonNull(tombstone(identity)).getStatus().tenant())
                .isEqualTo("leaver");
    }

    private void nobodyElseAdopts(String identity) {
        platform.apply(LeavingTenant.adopting("thief", identity));

        Condition refused = awaitReason("thief", "AdoptionRefused");
        assertThat(refused.message()).contains("belonged to Tenant").contains("leaver");
        assertThat(admin.namespaces().withName("thief--app").get()).isNull();
        platform.remove("thief");
        TombstoneStatus stone = Objects.requireNonNull(tombstone(identity)).getStatus();
        assertThat(stone.tenant()).as("a refused claim leaves no trace").isEqualTo("leaver");
        assertThat(stone.phase()).isEqualTo(TombstoneStatus.TombstonePhase.Retained);
    }

    /** What left towards the API server, PostgreSQL and S3, but for what a sweep of the servers themselves writes. */
    private List<String> writes() {
        return calls.writes().stream()
                .filter(c ->
                        c.backend() != Backend.kubernetes || !c.what().matches(".*(databaseservers|objectstores).*"))
                .map(c -> c.backend() + " " + c.what())
                .toList();
    }

    private Deployment worker(String tenant) {
        return admin.apps()
                .deployments()
                .inNamespace(tenant + "--app")
                .withName("workflow-worker")
                .require();
    }

    private List<String> bindings(String tenant) {
        return admin.rbac().roleBindings().inNamespace(tenant + "--app").list().getItems().stream()
                .map(b -> b.getMetadata().getName())
                .toList();
    }

    private @Nullable Tombstone tombstone(String identity) {
        return admin.resources(Tombstone.class).withName(identity).get();
    }

    private static String identity(Tenant tenant) {
        return Objects.requireNonNull(Objects.requireNonNull(tenant.getStatus()).identity());
    }

    private Condition awaitReason(String name, String reason) {
        Awaitility.await(name + " " + reason)
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    Condition ready = Platform.condition(platform.tenant(name), "Ready");
                    return ready != null && ready.reason().equals(reason);
                });
        return Objects.requireNonNull(Platform.condition(platform.tenant(name), "Ready"));
    }

    private void awaitPhase(String identity, TombstoneStatus.TombstonePhase phase) {
        Awaitility.await("Tombstone " + phase).atMost(Platform.PATIENCE).until(() -> {
            Tombstone stone = tombstone(identity);
            return stone != null && stone.getStatus().phase() == phase;
        });
    }
}
