package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyRingTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String IDENTITY = "7c1e2f9a-0000-4000-8000-00000000000a";
    private static final String SECRET = "bulkhead-tenant-abcdefghijklmnop";
    private static final byte[] PASSWORD = "correct horse".getBytes(UTF_8);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-10-01T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path directory;

    private FileMasterKeys masterKeys;
    private KeyRings rings;

    @BeforeEach
    void load_master_key() throws Exception {
        addMasterKey("mk-1");
        masterKeys = FileMasterKeys.load(directory);
        rings = new KeyRings(masterKeys, "bulkhead", RANDOM, CLOCK);
    }

    @AfterEach
    void close() {
        masterKeys.close();
    }

    @Test
    void a_new_ring_has_one_tenant_key_one_sealing_key_and_no_credentials() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        assertThat(ring.data()).containsOnlyKeys("tk.1", "seal.1");
        assertThat(ring.tenantKeyVersion()).isEqualTo(1);
        assertThat(ring.sealingKeyVersions()).containsExactly(1);
        assertThat(ring.masterKeyIds()).containsExactly("mk-1");
        assertThat(ring.purposes()).isEmpty();
        assertThat(ring.credential(Purpose.of(PartId.database, Slot.One))).isEmpty();
    }

    @Test
    void two_new_rings_share_nothing() {
        assertThat(rings.create(IDENTITY, SECRET).sealPublicKey())
                .isNotEqualTo(rings.create(IDENTITY, SECRET).sealPublicKey());
    }

    @Test
    void a_ring_survives_its_secret_byte_by_byte() {
        KeyRing ring = rings.create(IDENTITY, SECRET)
                .withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD)
                .withCredential(Purpose.BACKUP, "other".getBytes(UTF_8));
        KeyRing loaded = loaded(ring.data());
        assertSame(loaded.data(), ring.data());
        assertThat(loaded.purposes()).containsExactly(Purpose.BACKUP, Purpose.of(PartId.database, Slot.One));
        assertThat(loaded.credential(Purpose.of(PartId.database, Slot.One))).hasValue(PASSWORD);
        assertThat(loaded.sealPublicKey()).isEqualTo(ring.sealPublicKey());
        assertThat(loaded.fingerprint(PASSWORD)).isEqualTo(ring.fingerprint(PASSWORD));
    }

    @Test
    void every_value_in_the_secret_is_wrapped_or_sealed_and_none_is_plain() {
        KeyRing ring =
                rings.create(IDENTITY, SECRET).withCredential(Purpose.of(PartId.objectStore, Slot.One), PASSWORD);
        ring.data().forEach((key, value) -> {
            String expected = key.startsWith("tk.") ? "TSK1" : "TSE1";
            assertThat(new String(value, 0, 4, UTF_8)).as(key).isEqualTo(expected);
            assertThat(new String(value, UTF_8)).doesNotContain("horse");
        });
    }

    @Test
    void storing_the_same_credential_again_changes_no_byte() {
        KeyRing ring = rings.create(IDENTITY, SECRET).withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD);
        assertSame(
                ring.withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD.clone())
                        .data(),
                ring.data());
    }

    @Test
    void storing_or_removing_a_credential_touches_no_other_entry() {
        KeyRing before = rings.create(IDENTITY, SECRET).withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD);
        KeyRing after = before.withCredential(Purpose.of(PartId.database, Slot.Two), "new".getBytes(UTF_8));
        assertThat(after.data()).containsOnlyKeys("tk.1", "seal.1", "database.l1", "database.l2");
        assertSame(
                after.withoutCredential(Purpose.of(PartId.database, Slot.Two)).data(), before.data());
        assertThat(before.purposes()).containsExactly(Purpose.of(PartId.database, Slot.One));
    }

    @Test
    void data_handed_out_is_a_copy() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        ring.data().values().forEach(value -> Arrays.fill(value, (byte) 0));
        ring.data().clear();
        assertThat(rings.load(IDENTITY, SECRET, ring.data())).isInstanceOf(KeyRingLoad.Loaded.class);
    }

    @Test
    void without_the_master_key_nothing_is_loaded() throws Exception {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET).data();
        addMasterKey("mk-2");
        Files.delete(directory.resolve("mk-1"));
        masterKeys.reload();
        assertThat(rings.load(IDENTITY, SECRET, data)).isEqualTo(new KeyRingLoad.MasterKeyMissing("mk-1"));
    }

    @Test
    void with_another_master_key_of_that_id_nothing_is_loaded() throws Exception {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET).data();
        addMasterKey("mk-1");
        try (FileMasterKeys other = FileMasterKeys.load(directory)) {
            KeyRings elsewhere = new KeyRings(other, "bulkhead", RANDOM, CLOCK);
            assertThat(elsewhere.load(IDENTITY, SECRET, data))
                    .isEqualTo(new KeyRingLoad.OtherMasterKey("tk.1", "mk-1"));
        }
    }

    @Test
    void a_ring_does_not_load_for_another_tenant_secret_or_namespace() {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET).data();
        assertThat(rings.load("another", SECRET, data))
                .isEqualTo(new KeyRingLoad.Corrupt("tk.1", Refusal.NOT_AUTHENTIC));
        assertThat(rings.load(IDENTITY, "bulkhead-tenant-other", data))
                .isEqualTo(new KeyRingLoad.Corrupt("seal.1", Refusal.NOT_AUTHENTIC));
        assertThat(new KeyRings(masterKeys, "default", RANDOM, CLOCK).load(IDENTITY, SECRET, data))
                .isEqualTo(new KeyRingLoad.Corrupt("seal.1", Refusal.NOT_AUTHENTIC));
    }

    @Test
    void credentials_cannot_change_places_within_the_secret() {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET)
                .withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD)
                .data();
        data.put("objectstore.1", value(data, "database.l1"));
        assertThat(rings.load(IDENTITY, SECRET, data))
                .isEqualTo(new KeyRingLoad.Corrupt("objectstore.1", Refusal.NOT_AUTHENTIC));
    }

    @Test
    void every_damaged_byte_of_every_entry_is_found_when_loading() {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET)
                .withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD)
                .data();
        data.forEach((key, value) -> {
            for (int at = 0; at < value.length; at++) {
                SortedMap<String, byte[]> damaged = new TreeMap<>(data);
                byte[] copy = value.clone();
                copy[at] ^= 1;
                damaged.put(key, copy);
                assertThat(rings.load(IDENTITY, SECRET, damaged))
                        .as("%s, byte %d", key, at)
                        .isNotInstanceOf(KeyRingLoad.Loaded.class);
            }
        });
    }

    @Test
    void a_missing_tenant_key_or_sealing_key_is_found_when_loading() {
        SortedMap<String, byte[]> noTenantKey = rings.create(IDENTITY, SECRET).data();
        noTenantKey.remove("tk.1");
        assertThat(rings.load(IDENTITY, SECRET, noTenantKey))
                .isEqualTo(new KeyRingLoad.Corrupt("tk.1", Refusal.MISSING));
        SortedMap<String, byte[]> noSealingKey = rings.create(IDENTITY, SECRET).data();
        noSealingKey.remove("seal.1");
        assertThat(rings.load(IDENTITY, SECRET, noSealingKey))
                .isEqualTo(new KeyRingLoad.Corrupt("seal.1", Refusal.MISSING));
        assertThat(rings.load(IDENTITY, SECRET, Map.of())).isEqualTo(new KeyRingLoad.Corrupt("tk.1", Refusal.MISSING));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tk.01", "tk.0", "tk.x", "seal.x", "seal", "tk", "Database.l1", "a..b", "-", ".hidden"})
    void an_entry_with_a_name_we_never_write_is_found_when_loading(String key) {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET).data();
        data.put(key, "plain".getBytes(UTF_8));
        assertThat(rings.load(IDENTITY, SECRET, data)).isEqualTo(new KeyRingLoad.Corrupt(key, Refusal.MALFORMED));
    }

    @Test
    void a_tenant_key_under_another_version_is_found_when_loading() {
        SortedMap<String, byte[]> data = rings.create(IDENTITY, SECRET).data();
        data.put("tk.2", value(data, "tk.1"));
        assertThat(rings.load(IDENTITY, SECRET, data)).isEqualTo(new KeyRingLoad.Corrupt("tk.2", Refusal.MALFORMED));
    }

    @Test
    void a_value_whose_tenant_key_is_gone_is_found_when_loading() {
        SortedMap<String, byte[]> rotated =
                rings.create(IDENTITY, SECRET).withNewTenantKey().data();
        rotated.remove("tk.2");
        assertThat(rings.load(IDENTITY, SECRET, rotated))
                .isEqualTo(new KeyRingLoad.Corrupt("seal.1", Refusal.UNKNOWN_KEY_VERSION));
    }

    @Test
    void a_credential_that_a_newer_version_stored_is_kept() {
        Purpose future = new Purpose("queue.1");
        SortedMap<String, byte[]> data =
                rings.create(IDENTITY, SECRET).withCredential(future, PASSWORD).data();
        KeyRing loaded = loaded(data).withCredential(Purpose.BACKUP, PASSWORD);
        assertThat(loaded.data()).containsEntry("queue.1", value(data, "queue.1"));
        assertThat(loaded.credential(future)).hasValue(PASSWORD);
    }

    @Test
    void a_new_master_key_wraps_the_tenant_keys_again_and_touches_no_message() throws Exception {
        KeyRing ring = rings.create(IDENTITY, SECRET)
                .withNewTenantKey()
                .withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD);
        assertThat(ring.needsRewrap()).isFalse();
        assertSame(ring.rewrapped().data(), ring.data());

        addMasterKey("mk-2");
        masterKeys.reload();
        assertThat(ring.needsRewrap()).isTrue();
        KeyRing rewrapped = ring.rewrapped();
        assertThat(rewrapped.needsRewrap()).isFalse();
        assertThat(rewrapped.masterKeyIds()).containsExactly("mk-2");
        for (String untouched : new String[] {"seal.1", "database.l1"}) {
            assertThat(value(rewrapped.data(), untouched)).isEqualTo(value(ring.data(), untouched));
        }

        Files.delete(directory.resolve("mk-1"));
        masterKeys.reload();
        assertThat(loaded(rewrapped.data()).credential(Purpose.of(PartId.database, Slot.One)))
                .hasValue(PASSWORD);
        assertThat(rings.load(IDENTITY, SECRET, ring.data())).isEqualTo(new KeyRingLoad.MasterKeyMissing("mk-1"));
    }

    @Test
    void a_new_tenant_key_seals_everything_again_and_keeps_the_former() {
        KeyRing ring = rings.create(IDENTITY, SECRET).withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD);
        KeyRing rotated = ring.withNewTenantKey();
        assertThat(rotated.data()).containsOnlyKeys("tk.1", "tk.2", "seal.1", "database.l1");
        assertThat(rotated.tenantKeyVersion()).isEqualTo(2);
        assertThat(value(rotated.data(), "database.l1")[8]).isEqualTo((byte) 2);
        KeyRing loaded = loaded(rotated.data());
        assertThat(loaded.credential(Purpose.of(PartId.database, Slot.One))).hasValue(PASSWORD);
        assertThat(loaded.sealPublicKey()).isEqualTo(ring.sealPublicKey());
        assertThat(loaded.fingerprint(PASSWORD)).isNotEqualTo(ring.fingerprint(PASSWORD));
    }

    @Test
    void a_tenant_key_that_seals_nothing_any_more_goes_and_one_that_does_stays() {
        KeyRing ring = rings.create(IDENTITY, SECRET).withCredential(Purpose.BACKUP, PASSWORD);
        assertThat(ring.withoutUnusedTenantKeys(Set.of()).data()).containsOnlyKeys("tk.1", "seal.1", "backup");

        KeyRing exchanged = ring.withNewTenantKey().withoutUnusedTenantKeys(Set.of());

        assertThat(exchanged.data()).containsOnlyKeys("tk.2", "seal.1", "backup");
        assertThat(exchanged.credential(Purpose.BACKUP)).hasValue(PASSWORD);
        assertThat(rings.load(IDENTITY, SECRET, exchanged.data())).isInstanceOf(KeyRingLoad.Loaded.class);

        Map<String, byte[]> mixed = ring.withNewTenantKey().data();
        mixed.put("backup", ring.data().get("backup"));
        KeyRing half = ((KeyRingLoad.Loaded) rings.load(IDENTITY, SECRET, mixed)).ring();
        assertThat(half.withoutUnusedTenantKeys(Set.of()).data()).containsKeys("tk.1", "tk.2");
    }

    @Test
    void a_tenant_key_that_a_backup_needs_stays_until_none_does() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        byte[] salt;
        byte[] derived;
        try (BackupRoot root = ring.newBackupRoot()) {
            salt = root.salt();
            derived = root.derive("label", 32);
        }
        KeyRing third = ring.withNewTenantKey().withNewTenantKey();

        KeyRing kept = third.withoutUnusedTenantKeys(Set.of(1, 9));

        assertThat(kept.data()).containsOnlyKeys("tk.1", "tk.3", "seal.1");
        try (BackupRoot root = loaded(kept.data()).backupRoot(1, salt).orElseThrow()) {
            assertThat(root.derive("label", 32)).isEqualTo(derived);
        }
        KeyRing without = kept.withoutUnusedTenantKeys(Set.of(3));
        assertThat(without.data()).containsOnlyKeys("tk.3", "seal.1");
        assertThat(without.backupRoot(1, salt)).isEmpty();
    }

    @Test
    void the_root_of_a_backup_is_of_the_key_in_use_and_of_this_backup_alone() {
        KeyRing ring = rings.create(IDENTITY, SECRET).withNewTenantKey();
        try (BackupRoot one = ring.newBackupRoot();
                BackupRoot other = ring.newBackupRoot();
                BackupRoot former = ring.backupRoot(1, one.salt()).orElseThrow();
                BackupRoot another = rings.create(IDENTITY, SECRET)
                        .withNewTenantKey()
                        .backupRoot(2, one.salt())
                        .orElseThrow()) {
            assertThat(one.tenantKeyVersion()).isEqualTo(2);
            assertThat(former.tenantKeyVersion()).isEqualTo(1);
            assertThat(other.salt()).hasSize(32).isNotEqualTo(one.salt());
            for (BackupRoot differs : new BackupRoot[] {other, former, another}) {
                assertThat(differs.derive("label", 32)).isNotEqualTo(one.derive("label", 32));
            }
            assertThat(one.derive("label", 32)).isNotEqualTo(one.derive("lable", 32));
            assertThat(one.toString()).isEqualTo("BackupRoot[tenantKeyVersion=2]");
        }
    }

    /** HKDF as the JDK does it in one go, so that files of the first version open for ever. */
    @Test
    void the_root_is_hkdf_of_salt_and_tenant_key() throws Exception {
        byte[] salt = new byte[32];
        RANDOM.nextBytes(salt);
        TenantKey key = KnownTenantKey.counting(3, 0x10);
        try (BackupRoot root = new BackupRoot(key, salt, false)) {
            byte[] expected = KDF.getInstance("HKDF-SHA256")
                    .deriveData(HKDFParameterSpec.ofExtract()
                            .addIKM(key.material())
                            .addSalt(salt)
                            .thenExpand("label".getBytes(UTF_8), 32));
            assertThat(root.derive("label", 32)).isEqualTo(expected);
            Arrays.fill(salt, (byte) 0);
            assertThat(root.salt()).isNotEqualTo(salt);
            key.close();
            assertThat(root.derive("label", 32)).isEqualTo(expected);
            assertThatIllegalStateException().isThrownBy(() -> new BackupRoot(key, salt, false));
        }
    }

    @Test
    void a_closed_root_derives_nothing_and_a_short_salt_is_none() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        BackupRoot root = ring.newBackupRoot();
        root.close();
        assertThatIllegalStateException().isThrownBy(() -> root.derive("label", 32));
        assertThatIllegalStateException().isThrownBy(() -> root.begin("b-1"));
        assertThatIllegalArgumentException().isThrownBy(() -> ring.backupRoot(1, new byte[31]));
        ring.close();
        assertThatIllegalStateException().isThrownBy(ring::newBackupRoot);
        assertThatIllegalStateException().isThrownBy(() -> ring.backupRoot(1, new byte[32]));
    }

    @Test
    void sealed_values_open_with_the_time_they_were_sealed_also_after_rotations() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        String text = SealedValue.seal(
                ring.sealPublicKey(), new SealedValue.SealTarget("acme--app", "llm", "token"), 42, PASSWORD, RANDOM);
        KeyRing rotated = loaded(ring.withNewTenantKey().withNewSealingKey().data());
        assertThat(rotated.sealPublicKey().version()).isEqualTo(2);
        assertThat(rotated.sealPublicKey().publicKey())
                .isNotEqualTo(ring.sealPublicKey().publicKey());
        assertThat(rotated.openSealed("acme--app", "llm", "token", text))
                .isInstanceOfSatisfying(MessageOpening.Opened.class, opened -> {
                    assertThat(opened.plaintext()).isEqualTo(PASSWORD);
                    assertThat(opened.keyVersion()).isEqualTo(1);
                    assertThat(opened.epochMillis()).isEqualTo(42);
                });
        assertThat(rotated.openSealed("acme--other", "llm", "token", text))
                .isEqualTo(new MessageOpening.Refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void a_value_sealed_for_another_ring_is_refused() {
        KeyRing other = rings.create(IDENTITY, SECRET).withNewSealingKey();
        String text = SealedValue.seal(
                other.sealPublicKey(), new SealedValue.SealTarget("acme--app", "llm", "token"), 42, PASSWORD, RANDOM);
        KeyRing ring = rings.create(IDENTITY, SECRET);
        assertThat(ring.openSealed("acme--app", "llm", "token", text))
                .isEqualTo(new MessageOpening.Refused(Refusal.UNKNOWN_KEY_VERSION));
        assertThat(ring.withNewSealingKey().openSealed("acme--app", "llm", "token", text))
                .isEqualTo(new MessageOpening.Refused(Refusal.NOT_AUTHENTIC));
    }

    @Test
    void fingerprints_change_with_the_bytes_and_differ_between_tenants() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        assertThat(ring.fingerprint(PASSWORD)).matches("[0-9a-f]{16}").isEqualTo(ring.fingerprint(PASSWORD));
        assertThat(ring.fingerprint("correct horsf".getBytes(UTF_8))).isNotEqualTo(ring.fingerprint(PASSWORD));
        assertThat(rings.create("another", SECRET).fingerprint(PASSWORD)).isNotEqualTo(ring.fingerprint(PASSWORD));
    }

    @Test
    void a_closed_ring_has_forgotten_its_keys_and_the_others_have_not() {
        KeyRing ring = rings.create(IDENTITY, SECRET);
        KeyRing derived = ring.withCredential(Purpose.of(PartId.database, Slot.One), PASSWORD);
        ring.close();
        assertThatIllegalStateException().isThrownBy(ring::sealPublicKey);
        assertThatIllegalStateException().isThrownBy(() -> ring.fingerprint(PASSWORD));
        assertThat(derived.credential(Purpose.of(PartId.database, Slot.One))).hasValue(PASSWORD);
    }

    @Test
    void a_ring_prints_names_only() {
        assertThat(rings.create(IDENTITY, SECRET).toString())
                .isEqualTo("KeyRing[identity=" + IDENTITY + ", entries=[seal.1, tk.1]]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tk.1", "seal.1", "tk", "seal", "Upper", "a_b", "a.", ".a", "a/b", "tk-x"})
    void names_that_would_clash_with_keys_are_no_purposes(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Purpose(id));
    }

    private KeyRing loaded(Map<String, byte[]> data) {
        assertThat(rings.load(IDENTITY, SECRET, data)).isInstanceOf(KeyRingLoad.Loaded.class);
        return ((KeyRingLoad.Loaded) rings.load(IDENTITY, SECRET, data)).ring();
    }

    private void addMasterKey(String id) throws IOException {
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        Files.write(directory.resolve(id), key);
    }

    private static byte[] value(Map<String, byte[]> data, String key) {
        return data.getOrDefault(key, new byte[0]);
    }

    private static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((key, bytes) -> assertThat(bytes).as(key).isEqualTo(value(expected, key)));
    }
}
