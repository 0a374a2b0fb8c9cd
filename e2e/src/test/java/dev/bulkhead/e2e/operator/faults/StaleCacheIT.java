package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.faults.ApiProxy.Fate;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An operator starts at an API server whose watch cache is behind, as one of several may be for a while. */
@ExtendWith(StackExtension.class)
class StaleCacheIT {
    private static final String TENANT = "caught-up";
    private static final String BESIDE = "caught-beside";
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private Path directory;

    @Test
    void what_was_changed_since_the_cache_stopped_is_neither_undone_nor_written_again(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        SmallTenant tenant = SmallTenant.named(TENANT);
        SmallTenant beside = SmallTenant.named(BESIDE);
        String stopped;
        try (Platform.RunningOperator _ = platform.operator(ExternalCalls.unobserved(), NEVER)) {
            platform.apply(tenant.yaml());
            platform.apply(beside.yaml());
            platform.awaitReady(TENANT);
            platform.awaitReady(BESIDE);
            stopped = admin.namespaces().list().getMetadata().getResourceVersion();
            platform.apply(tenant.withConnections(7)
                    .with("    - name: web # becomes", "    - name: jobs\n    - name: web # becomes")
                    .with("    users:\n      - user: aushilfe@", "    users:\n      - user: neue.kraft@")
                    .with("203.0.113.64/26", "203.0.113.128/26")
                    .yaml());
            platform.awaitReady(TENANT);
        }
        ApiProxy api = new ApiProxy(endpoints.kubernetes());
        AtomicLong lastRequest = new AtomicLong();
        AtomicLong passes = new AtomicLong();
        String keyRing = TenantIdentity.of(platform.tenant(TENANT)).keyRing();
        api.decide(request -> {
            if (!request.path().contains("/leases")) {
                lastRequest.set(System.nanoTime());
            }
            if (request.path().endsWith("/secrets/" + keyRing)) {
                passes.incrementAndGet();
            }
            return new Fate.Behind(stopped);
        });
        try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
            Map<String, String> before = world(platform, compartment);
            try (OperatorJvm _ = OperatorJvm.start(platform, directory, "late", Duration.ofSeconds(15), NEVER, api)) {
                Awaitility.await("a pass of the tenant, and quiet after it")
                        .atMost(Platform.PATIENCE)
                        .until(() -> passes.get() > 0
                                && Duration.ofNanos(System.nanoTime() - lastRequest.get())
                                                .toMillis()
                                        > 1_500);
                assertThat(Differences.between(before, world(platform, compartment)))
                        .as("while it is behind")
                        .isEmpty();

                api.mend();
                platform.apply(beside.withConnections(9).yaml());
                platform.awaitReady(BESIDE);

                assertThat(Differences.between(before, world(platform, compartment)))
                        .as("when it caught up")
                        .isEmpty();
                assertThat(api.writes()).filteredOn(r -> r.concerns(TENANT)).isEmpty();
            } finally {
                admin.leases().inNamespace(Bootstrap.NAMESPACE).delete();
                compartment.forget(TENANT);
                compartment.forget(BESIDE);
            }
        }
    }

    private static Map<String, String> world(Platform platform, CompartmentCopy compartment) {
        Map<String, String> world = new TreeMap<>(compartment.of(TENANT));
        world.put("rows", compartment.database().rowVersions(platform.tenant(TENANT)));
        return world;
    }
}
