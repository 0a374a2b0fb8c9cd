package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.faults.ApiProxy.Fate;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A second watch of a kind is a second copy of every object of it, in the operator and on the wire. */
@ExtendWith(StackExtension.class)
class WatchedOnceIT {
    @TempDir
    private Path directory;

    @Test
    void the_operator_opens_one_watch_for_each_kind(KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        SmallTenant tenant = SmallTenant.named("watched-once");
        ApiProxy api = new ApiProxy(endpoints.kubernetes());
        Map<String, Integer> watches = new ConcurrentHashMap<>();
        api.decide(request -> {
            if (request.query().contains("watch=true")) {
                watches.merge(request.path(), 1, Integer::sum);
            }
            return new Fate.Passed();
        });
        try (CompartmentCopy compartment = new CompartmentCopy(platform)) {
            try (OperatorJvm _ = OperatorJvm.start(
                    platform, directory, "watching", Duration.ofSeconds(15), Duration.ofSeconds(5), api)) {
                platform.apply(tenant.yaml());
                platform.awaitReady(tenant.name());

                assertThat(watches)
                        .containsKeys(
                                "/apis/bulkhead.dev/v1beta1/tenants",
                                "/apis/bulkhead.dev/v1beta1/tenantsecrets",
                                "/apis/bulkhead.dev/v1beta1/databaseservers",
                                "/apis/bulkhead.dev/v1beta1/objectstores",
                                "/apis/bulkhead.dev/v1beta1/tombstones")
                        .allSatisfy((path, count) -> assertThat(count).as(path).isOne());
            } finally {
                admin.leases().inNamespace(Bootstrap.NAMESPACE).delete();
                compartment.forget(tenant.name());
            }
        }
    }
}
