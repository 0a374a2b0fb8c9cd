package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The master key is exchanged under a running operator, and nothing a tenant has changes. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MasterKeyRotationIT {
    private static final String NAME = "rewrapped";

    @TempDir
    private static Path directory;

    private Platform platform;
    private Platform.RunningOperator operator;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) {
        platform = Platform.install(admin, endpoints, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
        platform.apply(SecretTenant.plain(NAME));
        platform.awaitReady(NAME);
    }

    @AfterAll
    void stop() {
        platform.remove(NAME);
        operator.close();
    }

    @Test
    void a_new_master_key_takes_over_and_the_former_may_go() throws IOException {
        Path keys = directory.resolve("keys");
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        Map<String, String> before = ring();
        Map<String, String> delivered = delivered();

        Files.write(keys.resolve("mk-2"), random);
        awaitKey("mk-2");

        assertThat(changed(before, ring())).allMatch(entry -> entry.startsWith("tk."));
        byte[] former = Files.readAllBytes(keys.resolve("mk-1"));
        Files.delete(keys.resolve("mk-1"));
        operator.close();
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
        platform.apply(SecretTenant.plain(NAME).replace("displayName: Secrets", "displayName: Rewrapped"));
        assertThat(Objects.requireNonNull(platform.awaitReady(NAME).getStatus()).phase())
                .hasToString("Active");
        assertThat(delivered()).isEqualTo(delivered);

        Files.write(keys.resolve("mk-1"), former);
        Files.writeString(keys.resolve("current"), "mk-1", StandardCharsets.US_ASCII);
        awaitKey("mk-1");
        assertThat(delivered()).isEqualTo(delivered);
    }

    private void awaitKey(String id) {
        Awaitility.await("wrapped by " + id).atMost(Platform.PATIENCE).untilAsserted(() -> {
            Tenant tenant = platform.tenant(NAME);
            assertThat(Objects.requireNonNull(tenant.getStatus().keys()).masterKeyId())
                    .isEqualTo(id);
            Condition ready = Objects.requireNonNull(Platform.condition(tenant, "Ready"));
            assertThat(ready.reason()).isEqualTo(Reason.Provisioned.name());
        });
    }

    private Map<String, String> ring() {
        return secret("bulkhead-keys", TenantIdentity.of(platform.tenant(NAME)).keyRing());
    }

    private Map<String, String> delivered() {
        return secret(NAME + "--app", "bulkhead-database");
    }

    private Map<String, String> secret(String namespace, String name) {
        return platform.admin()
                .secrets()
                .inNamespace(namespace)
                .withName(name)
                .require()
                .getData();
    }

    private static Set<String> changed(Map<String, String> before, Map<String, String> now) {
        assertThat(now).containsOnlyKeys(before.keySet());
        Map<String, String> changed = new TreeMap<>(now);
        changed.entrySet().removeAll(before.entrySet());
        assertThat(changed).isNotEmpty();
        return changed.keySet();
    }
}
