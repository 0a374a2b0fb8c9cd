package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.KeyRings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that servers made, in key rings in an API server. */
class MintedKeysTest {
    private static final TenantIdentity TENANT = Fixtures.identity(88);

    @TempDir
    private Path directory;

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private KubernetesClient client;
    private FileMasterKeys masterKeys;
    private KeyRingStore rings;
    private MintedKeys minted;

    @BeforeEach
    void start() throws Exception {
        server.init();
        client = server.createClient();
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        masterKeys = FileMasterKeys.load(directory);
        SecureRandom random = new SecureRandom();
        rings = new KeyRingStore(
                new OperatorSecrets(client, "bulkhead-keys"),
                new KeyRings(masterKeys, "bulkhead-system", random, Clock.systemUTC()),
                random);
        minted = MintedKeys.in(rings);
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
        masterKeys.close();
    }

    @Test
    void a_key_of_a_live_slot_is_kept_and_read_again() {
        rings.create(TENANT, "acme", Tenants.placed("pg", "db", "s3"), "{}");

        assertThat(minted.keep(TENANT, key(Slot.One))).isTrue();

        try (KeyRing ring = ((KeyRingStore.FoundRing.Open) rings.find(TENANT)).ring()) {
            assertThat(MintedKey.named(ring, Slot.One)).contains(key(Slot.One).name());
        }
    }

    @Test
    void a_key_of_a_slot_that_was_shut_meanwhile_is_not_kept() {
        rings.create(TENANT, "acme", Tenants.placed("pg", "db", "s3"), "{}");

        assertThat(minted.keep(TENANT, key(Slot.Two))).isFalse();

        try (KeyRing ring = ((KeyRingStore.FoundRing.Open) rings.find(TENANT)).ring()) {
            assertThat(MintedKey.named(ring, Slot.Two)).isEmpty();
        }
    }

    @Test
    void without_a_ring_nothing_is_kept() {
        assertThat(minted.keep(TENANT, key(Slot.One))).isFalse();
    }

    private static MintedKey key(Slot slot) {
        return new MintedKey(
                new StoreKeys.Named("AKIA" + slot.number(), "arn:aws:iam::1:user/x"),
                new SlotSecret(slot, "secret-of-the-server-0123456789"));
    }
}
