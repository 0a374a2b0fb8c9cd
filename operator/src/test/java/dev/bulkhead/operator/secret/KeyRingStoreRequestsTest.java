package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of the API server for a key ring, where the answer could be taken for a tenant's first day. */
class KeyRingStoreRequestsTest {
    private static final TenantIdentity TENANT = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");

    @TempDir
    private Path directory;

    @Test
    void where_the_namespace_of_keys_is_gone_no_ring_is_made_and_that_is_said() throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        SecureRandom random = new SecureRandom();
        try (ScriptedApi api = new ScriptedApi();
                FileMasterKeys masterKeys = FileMasterKeys.load(directory)) {
            KeyRingStore rings = new KeyRingStore(
                    new OperatorSecrets(api.client(), "bulkhead-keys"),
                    new KeyRings(masterKeys, "bulkhead-system", random, Clock.systemUTC()),
                    random);
            String ring = "GET /api/v1/namespaces/bulkhead-keys/secrets/" + TENANT.keyRing();
            api.refuse(ring, 403, "secrets is forbidden");

            KeyRingStore.FoundRing ready =
                    rings.ready(rings.find(TENANT), TENANT, "acme", Tenants.placed("pg", "db", "s3"), "{}");

            assertThat(ready.obstacles()).extracting(Finding::reason).containsExactly(Reason.KeyUnavailable);
            assertThat(ready.obstacles().getFirst().text()).startsWith("Namespace bulkhead-keys: ");
            assertThat(api.requests()).containsExactly(ring, "GET /api/v1/namespaces/bulkhead-keys");
        }
    }
}
