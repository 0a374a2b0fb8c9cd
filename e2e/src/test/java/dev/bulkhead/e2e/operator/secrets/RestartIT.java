package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.calls.ExternalCalls;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A new process writes nothing about a TenantSecret that is as it was, even before it knows whose namespace that is. */
@ExtendWith(StackExtension.class)
class RestartIT {
    private static final String TENANT = "restarter";
    private static final String APP = "restarter--app";

    @TempDir
    private Path directory;

    @Test
    void a_delivered_secret_stays_as_it_is_while_the_namespaces_are_not_known_yet(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        try (Platform.RunningOperator _ = platform.operator(new Faults())) {
            platform.apply(SecretTenant.plain(TENANT));
            platform.awaitReady(TENANT);
            admin.resource(new Sealer(admin)
                            .seal(Instant.now(), APP, "kept", "Opaque", Map.of("key", "a value that is kept")))
                    .create();
            Awaitility.await("Opened")
                    .atMost(Platform.PATIENCE)
                    .until(() -> kept(admin).getStatus() != null
                            && !kept(admin).getStatus().accepted().isEmpty());
        }
        TenantSecret before = kept(admin);

        SlowNamespaces slow = new SlowNamespaces();
        try (Platform.RunningOperator _ = platform.operator(slow)) {
            platform.awaitReady(TENANT);
            assertThat(slow.writes()).doesNotContain("PATCH tenantsecrets/status");
            platform.remove(TENANT);
        }

        assertThat(slow.wereWaitedFor()).isTrue();
        assertThat(kept(admin).getStatus()).isEqualTo(before.getStatus());
        assertThat(kept(admin).getMetadata().getResourceVersion())
                .isEqualTo(before.getMetadata().getResourceVersion());
    }

    private static TenantSecret kept(KubernetesClient admin) {
        return Objects.requireNonNull(admin.resources(TenantSecret.class)
                .inNamespace(APP)
                .withName("kept")
                .get());
    }

    /** Holds back the first look at the namespaces, until a TenantSecret was written or there was time enough for it. */
    private static final class SlowNamespaces implements ExternalCalls {
        private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

        private final Faults seen = new Faults();
        private final CountDownLatch written = new CountDownLatch(1);
        private volatile boolean waited;

        @Override
        public void before(Backend backend, Verb verb, String what) {
            seen.before(backend, verb, what);
            if (what.startsWith("PATCH tenantsecrets")) {
                written.countDown();
            }
            if (what.equals("GET namespaces") && !waited) {
                try {
                    written.await(LONG_ENOUGH.toSeconds(), TimeUnit.SECONDS); // whether it came is asserted later
                    waited = true;
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void after(Backend backend, Verb verb, String what, String result) {}

        boolean wereWaitedFor() {
            return waited;
        }

        List<String> writes() {
            return seen.writes().stream().map(Faults.Call::what).toList();
        }
    }
}
