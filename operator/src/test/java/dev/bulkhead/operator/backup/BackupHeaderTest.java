package dev.bulkhead.operator.backup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.secret.BackupRoot;
import dev.bulkhead.operator.secret.KnownTenantKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupHeaderTest {
    private static final String SALT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String JSON = "{\"identity\":\"0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b\","
            + "\"backupId\":\"b-20261130-0200\",\"serverVersion\":\"PostgreSQL 18.6\",\"tkVersion\":7,"
            + "\"salt\":\"" + SALT + "\",\"chunkSize\":65536,\"created\":\"2026-11-30T02:00:00Z\"}";
    private static final String OBJECT =
            "the file of backup b-20261130-0200 of tenant 0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b ";

    @Test
    void a_header_has_one_text() {
        byte[] salt = new byte[32];
        for (int i = 0; i < salt.length; i++) {
            salt[i] = (byte) i;
        }
        BackupHeader header = BackupHeader.of(
                BackupFiles.NAME, BackupFiles.SERVER, 7, salt, Instant.parse("2026-11-30T02:00:00.999Z"));
        assertThat(header.bytes()).isEqualTo(head("TSB1", JSON));
        assertThat(header.saltBytes()).isEqualTo(salt);
    }

    @Test
    void another_kind_of_file_is_none_before_any_key_is_asked_for() {
        assertRefused(
                "PGDMP".getBytes(UTF_8),
                BackupFault.NOT_A_BACKUP,
                "does not begin with TSB1 and so is none: give the file that was written as this backup");
        assertRefused(new byte[0], BackupFault.NOT_A_BACKUP, null);
        assertRefused(new byte[] {'T', 'S', 'B', 0}, BackupFault.NOT_A_BACKUP, null);
    }

    @Test
    void a_later_format_is_named_before_any_key_is_asked_for() {
        assertRefused(
                head("TSB2", JSON),
                BackupFault.UNKNOWN_FORMAT,
                "has the format TSB2, and this version reads TSB1: use a version that reads it");
    }

    @Test
    void a_header_of_more_than_4_kib_is_not_even_read() {
        byte[] longest =
                ByteBuffer.allocate(8).put("TSB1".getBytes(UTF_8)).putInt(-1).array();
        assertRefused(
                longest,
                BackupFault.HEADER_TOO_LONG,
                "has a header of 4294967295 bytes, and none is longer than 4096: it was changed; use another copy");
        assertRefused(head("TSB1", JSON + " ".repeat(4097 - JSON.length())), BackupFault.HEADER_TOO_LONG, null);
        assertRefused(head("TSB1", JSON + " ".repeat(4096 - JSON.length())), BackupFault.HEADER_DAMAGED, null);
    }

    @Test
    void a_file_that_ends_within_its_header_is_unfinished() {
        byte[] head = head("TSB1", JSON);
        assertRefused(
                Arrays.copyOf(head, head.length - 1),
                BackupFault.UNFINISHED,
                "ends before its end: it was never finished, or was cut short; use another copy");
        assertRefused(head, BackupFault.UNFINISHED, null); // no commitment
    }

    @Test
    void a_backup_of_another_tenant_is_refused_before_any_key_is_asked_for() {
        assertRefused(
                whole(JSON.replace("0b5f3f0e", "1b5f3f0e")),
                BackupFault.OTHER_TENANT,
                "holds a backup of tenant 1b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b: use the file of this tenant");
    }

    @Test
    void another_backup_of_the_tenant_is_refused_before_any_key_is_asked_for() {
        assertRefused(
                whole(JSON.replace("b-20261130", "b-20261129")),
                BackupFault.OTHER_BACKUP,
                "holds backup b-20261129-0200: use the file of this backup");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65535, 1 << 30})
    void another_size_of_chunks_is_refused_before_any_key_is_asked_for(int size) {
        assertRefused(
                whole(JSON.replace("65536", "" + size)),
                BackupFault.OTHER_CHUNK_SIZE,
                "has chunks of " + size + " bytes, and TSB1 has 65536: it was changed; use another copy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{}",
                "[1]",
                "{\"identity\"",
                "@ ",
                "@{}",
                "@,\"chunkSize\":65536>,\"more\":1,\"chunkSize\":65536",
                "@,\"chunkSize\":65536>,\"chunkSize\":65536,\"chunkSize\":65536",
                "@,\"chunkSize\":65536>",
                "@,\"chunkSize\":65536>,\"chunkSize\":\"65536\"",
                "@,\"chunkSize\":65536>,\"chunkSize\":65536.0",
                "@,\"chunkSize\":65536>, \"chunkSize\":65536",
                "@PostgreSQL 18.6>PostgreSQL\\u002018.6",
                "@PostgreSQL 18.6>PostgreSQL \\\"18\\\"",
                "@PostgreSQL 18.6>Größe",
                "@PostgreSQL 18.6>",
                "@\"PostgreSQL 18.6\">null",
                "@\"tkVersion\":7>\"tkVersion\":0",
                "@\"tkVersion\":7>\"tkVersion\":-7",
                "@\"tkVersion\":7>\"tkVersion\":07",
                "@\"tkVersion\":7>\"tkVersion\":4294967303",
                "@wdHh8=>wdHh8",
                "@Hh8=>Hh9=",
                "@dHh8=>Hh8=",
                "@02:00:00Z>02:00:00.000Z",
                "@02:00:00Z>02:00:00.5Z",
                "@02:00:00Z>02:00:00+00:00",
                "@02:00:00Z>25:00:00Z",
                "@b-20261130-0200>B",
                "@b-20261130-0200>../b",
                "@0b5f3f0e>0B5F3F0E",
                "@0b5f3f0e>",
            })
    void a_header_that_nobody_writes_so_is_refused_before_any_key_is_asked_for(String json) {
        String text = json;
        if (json.startsWith("@")) {
            String[] change = json.substring(1).split(">", 2);
            text = change.length == 1 ? JSON + change[0] : JSON.replace(change[0], change[1]);
        }
        assertThat(text).isNotEqualTo(JSON);
        assertRefused(
                whole(text),
                BackupFault.HEADER_DAMAGED,
                "has a header that nobody wrote so: it was changed; use another copy");
    }

    @Test
    void a_key_that_is_not_there_is_named_and_is_no_fault_of_the_file() {
        assertThatThrownBy(() -> open(BackupFiles.file(new byte[1]), (_, _) -> Optional.empty()))
                .hasMessage(OBJECT + "needs tenant key version 7, which is not there: restore the key ring that had it")
                .isInstanceOfSatisfying(
                        BackupRefusedException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(BackupFault.UNKNOWN_KEY_VERSION));
    }

    @Test
    void another_key_of_that_version_is_told_from_a_damaged_file() {
        byte[] file = BackupFiles.file(new byte[1]);
        assertThatThrownBy(() -> open(file, (_, salt) -> Optional.of(KnownTenantKey.root(7, 0x81, salt))))
                .hasMessage(OBJECT + "was made with another tenant key version 7 than the one there, or its salt or"
                        + " commitment was changed: restore the key ring that it was made with, or use another copy")
                .isInstanceOfSatisfying(
                        BackupRefusedException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(BackupFault.OTHER_KEY));
        file[file.length - 1] ^= 1;
        assertThat(BackupFiles.refused(file, new byte[1]).refusal())
                .hasMessage(OBJECT
                        + "was changed, cut short or put in another order at chunk 0 or before it: use another copy");
    }

    /** Salt and commitment are all that the commitment itself can speak for; every other field shows in the first chunk. */
    @Test
    void a_changed_field_of_the_header_shows_in_the_first_chunk() {
        byte[] file = BackupFiles.file(new byte[1]);
        for (String field : new String[] {"18.6", "02:00:00Z"}) {
            byte[] changed = file.clone();
            int at = new String(file, ISO_8859_1).indexOf(field);
            changed[at + 1] = (byte) (changed[at + 1] == '1' ? '2' : '1');
            assertThat(BackupFiles.refused(changed, new byte[1]).fault())
                    .as(field)
                    .isEqualTo(BackupFault.DAMAGED);
        }
        byte[] changed = file.clone();
        changed[BackupFiles.headBytes(file) - 1] ^= 1;
        assertThat(BackupFiles.refused(changed, new byte[1]).fault()).isEqualTo(BackupFault.OTHER_KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a/b", "a.b", "a b", "ä"})
    void what_is_no_id_of_a_backup_is_refused(String id) {
        TenantIdentity tenant = BackupFiles.NAME.tenant();
        assertThatIllegalArgumentException().isThrownBy(() -> new BackupName(tenant, id));
        assertThatIllegalArgumentException().isThrownBy(() -> new BackupName(tenant, "a".repeat(64)));
        assertThat(new BackupName(tenant, "a".repeat(63)).id()).hasSize(63);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "say \"18\"", "C:\\18", "18\n", "größer"})
    void a_server_that_a_header_cannot_name_is_refused_before_anything_is_written(String server) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupRoot root = BackupFiles.newRoot()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BackupWriter.begin(out, BackupFiles.NAME, server, BackupFiles.CREATED, root));
        }
        assertThat(out.size()).isZero();
    }

    private static void assertRefused(byte[] file, BackupFault fault, @Nullable String text) {
        assertThatThrownBy(() -> open(file, (_, _) -> {
                    throw new AssertionError("a key was asked for");
                }))
                .isInstanceOfSatisfying(BackupRefusedException.class, refusal -> {
                    assertThat(refusal.fault()).isEqualTo(fault);
                    assertThat(refusal).hasMessageStartingWith(OBJECT);
                    if (text != null) {
                        assertThat(refusal).hasMessage(OBJECT + text);
                    }
                });
    }

    private static BackupReader open(byte[] file, BackupReader.Roots roots) throws IOException {
        return BackupReader.open(new ByteArrayInputStream(file), BackupFiles.NAME, roots);
    }

    private static byte[] whole(String json) {
        return BackupFiles.concat(head("TSB1", json), new byte[32], new byte[16]);
    }

    private static byte[] head(String magic, String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .put(magic.getBytes(UTF_8))
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }
}
