package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.Purpose;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MintedKeyTest {
    private static final TenantIdentity TENANT = Fixtures.identity(77);
    private static final MintedKey KEY = new MintedKey(
            new StoreKeys.Named("AKIAIOSFODNN7EXAMPLE", "arn:aws:iam::123456789012:user/bulkhead/main/bh-x"),
            new SlotSecret(Slot.Two, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"));

    @TempDir
    private Path directory;

    private FileMasterKeys masterKeys;
    private KeyRing fresh;

    @BeforeEach
    void keys() throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        masterKeys = FileMasterKeys.load(directory);
        fresh = new KeyRings(masterKeys, "bulkhead-system", new SecureRandom(), Clock.systemUTC())
                .create(TENANT.value(), "bulkhead-tenant-x");
    }

    @AfterEach
    void close() {
        fresh.close();
        masterKeys.close();
    }

    @Test
    void a_ring_keeps_id_principal_and_secret_and_knows_the_key_of_that_slot_only() {
        try (KeyRing ring = KEY.into(fresh)) {
            assertThat(MintedKey.named(ring, Slot.Two)).contains(KEY.name());
            assertThat(MintedKey.named(ring, Slot.One)).isEmpty();
            assertThat(ring.credential(Purpose.of(PartId.objectStore, Slot.Two)))
                    .hasValueSatisfying(secret -> assertThat(secret)
                            .asString(StandardCharsets.US_ASCII)
                            .isEqualTo(KEY.secret().secret()));
            assertThat(MintedKey.held(TENANT, Slot.Two, ring)).isEqualTo(KEY.name());
            assertThat(MintedKey.held(TENANT, Slot.One, ring).accessKeyId()).isEqualTo(TENANT.bucket() + "-1");
        }
    }

    @Test
    void a_secret_that_an_exchange_put_in_its_place_is_no_secret_of_the_key() {
        try (KeyRing ring = KEY.into(fresh);
                KeyRing exchanged = ring.withCredential(
                        Purpose.of(PartId.objectStore, Slot.Two),
                        "another-secret-0123456789".getBytes(StandardCharsets.US_ASCII));
                KeyRing forgotten = ring.withoutCredential(Purpose.of(PartId.objectStore, Slot.Two))) {
            assertThat(MintedKey.named(exchanged, Slot.Two)).isEmpty();
            assertThat(MintedKey.named(forgotten, Slot.Two)).isEmpty();
        }
    }

    @Test
    void keys_that_are_still_to_be_made_stand_in_angle_brackets_until_the_ring_knows_them() {
        StoreKeys later = StoreKeys.later(new StoreKeys.Named("<later>", "<later>"));

        try (KeyRing ring = KEY.into(fresh)) {
            assertThat(MintedKey.known(later, ring).of(Slot.Two)).isEqualTo(KEY.name());
            assertThat(MintedKey.known(later, ring).of(Slot.One).isKnown()).isFalse();
        }
    }

    @Test
    void the_secret_is_not_said() {
        assertThat(KEY.toString()).contains("AKIAIOSFODNN7EXAMPLE").doesNotContain("wJalr");
    }
}
