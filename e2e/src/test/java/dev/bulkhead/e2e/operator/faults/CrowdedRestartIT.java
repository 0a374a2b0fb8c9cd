package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.network.NetworkPlanner;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** More tenants than are worked on at once, an object store that is down, and an operator that starts. */
@ExtendWith(StackExtension.class)
class CrowdedRestartIT {
    /** Half as many again as are worked on at once; {@code -Dbulkhead.crowd=200} for the measure by hand. */
    private static final int CROWD = Integer.getInteger("bulkhead.crowd", 24);

    /** From when the operator has started, on a busy machine: less than two batches that wait for a look at the store. */
    private static final Duration SECONDS = Duration.ofSeconds(25);

    @TempDir
    private Path directory;

    @Test
    void policies_and_access_are_repaired_from_the_first_second(KubernetesClient admin, StackEndpoints endpoints) {
        try (Site site = Site.open(admin, endpoints, directory, "beside-crowd")) {
            List<SmallTenant> crowd = IntStream.range(0, CROWD)
                    .mapToObj(i -> SmallTenant.named(String.format(Locale.ROOT, "crowd-%03d", i))
                            .onServer(Site.SOLID)
                            .onStore(Site.SHAKY))
                    .toList();
            crowd.forEach(site::apply);
            crowd.forEach(t -> site.platform().awaitReady(t.name()));
            List<SmallTenant> harmed = List.of(crowd.getFirst(), crowd.get(CROWD / 2), crowd.getLast());
            List<RoleBinding> bindings =
                    harmed.stream().map(t -> people(admin, t)).toList();

            site.restart(() -> {
                site.cutStore();
                harmed.forEach(t -> policy(admin, t).delete());
                bindings.forEach(b -> admin.resource(b).delete());
            });

            long started = System.nanoTime();
            Awaitility.await("walls and access are back")
                    .atMost(SECONDS)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> harmed.stream().allMatch(t -> policy(admin, t).get() != null)
                            && bindings.stream().allMatch(b -> admin.resource(b).get() != null));
            System.out.printf(
                    Locale.ROOT,
                    "%d tenants: repaired %d ms after the start%n",
                    CROWD,
                    Duration.ofNanos(System.nanoTime() - started).toMillis());
            for (SmallTenant tenant : harmed) {
                assertThat(site.await(tenant, "Ready", Status.False, Reason.ObjectStoreUnavailable))
                        .contains("shaky");
                assertThat(site.compartment().gaps(tenant.name())).isEmpty();
            }
            site.mendStore();
        }
    }

    private static Resource<NetworkPolicy> policy(KubernetesClient admin, SmallTenant tenant) {
        return admin.network()
                .v1()
                .networkPolicies()
                .inNamespace(tenant.namespace())
                .withName(NetworkPlanner.DEFAULT_DENY);
    }

    private static RoleBinding people(KubernetesClient admin, SmallTenant tenant) {
        return admin.rbac().roleBindings().inNamespace(tenant.namespace()).list().getItems().stream()
                .filter(Walls::letsPeopleIn)
                .findFirst()
                .orElseThrow();
    }
}
