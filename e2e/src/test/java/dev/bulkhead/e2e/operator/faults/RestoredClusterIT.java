package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.RestorableCluster;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * etcd is put back to what it was, under an operator that goes on. Its watches would hear nothing until the cluster has
 * counted as far as before, and its caches would show what has never been.
 */
@ExtendWith(StackExtension.class)
class RestoredClusterIT {
    /** Longer than the API server is away: who cannot renew it ends, and somebody has to start another. */
    private static final Duration LEASE = Duration.ofMinutes(10);

    private static final String OWN = "past";

    @TempDir
    private Path directory;

    @Test
    void an_operator_goes_on_in_the_restored_world(StackEndpoints servers) {
        SmallTenant kept = SmallTenant.named("past-kept");
        SmallTenant lost = SmallTenant.named("past-lost").onServer(OWN);
        SmallTenant fresh = SmallTenant.named("past-new");
        try (RestorableCluster cluster = RestorableCluster.before(servers);
                KubernetesClient admin = StackExtension.brokeTheGlass(cluster.endpoints())) {
            Platform platform = Platform.install(admin, cluster.endpoints(), directory);
            addServer(platform);
            Tenant never;
            try (CompartmentCopy compartment = new CompartmentCopy(platform);
                    OperatorJvm operator =
                            OperatorJvm.start(platform, directory, "restored", LEASE, Duration.ofSeconds(5))) {
                platform.apply(kept.yaml());
                platform.awaitReady(kept.name());
                cluster.save();
                platform.apply(lost.yaml());
                never = platform.awaitReady(lost.name());
                long before = count(platform);

                cluster.restore();

                assertThat(count(platform)).as("the world went back").isLessThan(before);
                platform.apply(fresh.yaml());
                platform.apply(kept.withConnections(7).yaml());
                platform.awaitReady(fresh.name());
                Awaitility.await("what was changed is seen")
                        .atMost(Platform.PATIENCE)
                        .until(() -> {
                            Tenant now = platform.tenant(kept.name());
                            return Objects.equals(
                                    Objects.requireNonNull(now.getStatus()).observedGeneration(),
                                    now.getMetadata().getGeneration());
                        });
                String schema = TenantIdentity.of(platform.tenant(kept.name())).schema();
                Awaitility.await("and done")
                        .atMost(Platform.PATIENCE)
                        .until(() -> compartment
                                .database()
                                .ask("SELECT rolconnlimit FROM pg_roles WHERE rolname = '" + schema + "_l1'")
                                .equals("7"));
                assertThat(compartment
                                .database()
                                .ask(
                                        never,
                                        "SELECT 1 FROM pg_namespace WHERE nspname = '"
                                                + TenantIdentity.of(never).schema() + "'"))
                        .as("nobody said that its data may go")
                        .isEqualTo("1");
                String left = TenantIdentity.of(never).schema();
                Awaitility.await("what nobody claims is named")
                        .atMost(Platform.PATIENCE)
                        .untilAsserted(() -> assertThat(unclaimed(platform)).containsExactly(left));
                assertThat(operator.log().lines().filter(line -> line.contains("UnclaimedData") && line.contains(left)))
                        .as("told once")
                        .hasSize(1);
                assertThat(operator.ended()).as(operator.log()).isFalse();
                assertThat(operator.log()).contains("the cluster went back to an earlier state");
                assertThat(operator.log().split("the cluster went back", -1))
                        .as("once")
                        .hasSize(2);
            }
            try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
                compartment.forget(kept.name());
                compartment.forget(fresh.name());
                compartment.database().forget(never);
                compartment.store().forget(never);
            }
        }
    }

    /** The same server with a database that nobody else uses: what others left in theirs is nobody's in this cluster. */
    private static void addServer(Platform platform) {
        platform.makeDatabase(OWN);
        GenericKubernetesResource server = platform.admin()
                .genericKubernetesResources("bulkhead.dev/v1beta1", "DatabaseServer")
                .withName("local")
                .require();
        Map<String, Object> spec = new TreeMap<>(server.<Map<String, Object>>get("spec"));
        spec.put("databases", List.of(OWN));
        server.setMetadata(new ObjectMetaBuilder().withName(OWN).build());
        server.setAdditionalProperty("spec", spec);
        server.getAdditionalProperties().remove("status");
        platform.admin().resource(server).create();
    }

    private static List<String> unclaimed(Platform platform) {
        BackendStatus status = platform.admin()
                .resources(DatabaseServer.class)
                .withName(OWN)
                .require()
                .getStatus();
        return status.unclaimed() == null
                ? List.of()
                : status.unclaimed().first().stream()
                        .map(BackendStatus.LeftBehind::name)
                        .toList();
    }

    private static long count(Platform platform) {
        return Long.parseLong(
                platform.admin().resources(Tenant.class).list().getMetadata().getResourceVersion());
    }
}
