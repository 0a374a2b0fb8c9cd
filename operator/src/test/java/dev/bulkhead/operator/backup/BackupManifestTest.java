package dev.bulkhead.operator.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.TenantSpec.Environment;
import dev.bulkhead.operator.backup.BackupManifest.KeyRingCopy;
import dev.bulkhead.operator.backup.BackupManifest.LeftOut;
import dev.bulkhead.operator.backup.BackupManifest.SavedDatabase;
import dev.bulkhead.operator.backup.BackupManifest.SavedKubernetes;
import dev.bulkhead.operator.backup.BackupManifest.SavedObjects;
import dev.bulkhead.operator.backup.BackupManifest.SequenceValue;
import dev.bulkhead.operator.backup.BackupManifest.TableRows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code manifest.json} is how version 1 looks for ever; another look is another version. */
class BackupManifestTest {
    static final String DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private static final String BACKUP =
            "the manifest of backup b-20261130-0200 of tenant 0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b ";

    @Test
    void it_is_written_as_ever_and_read_as_it_was_written() throws IOException {
        assertThat(new String(manifest().bytes(), UTF_8)).isEqualTo(golden());
        assertThat(read(golden())).isEqualTo(manifest());
    }

    @Test
    void the_page_shows_this_very_manifest() throws IOException {
        assertThat(Files.readString(Path.of("../docs/backup-format.md"))).contains("\n" + golden() + "\n");
    }

    @Test
    void a_tenant_with_nothing_has_a_manifest_of_nothing() throws IOException {
        BackupManifest nothing = full("b-20261130-0200", null);
        assertThat(read(new String(nothing.bytes(), UTF_8))).isEqualTo(nothing);
    }

    @Test
    void a_manifest_of_another_tenant_is_refused() {
        assertRefused(
                golden().replace("0b5f3f0e", "1b5f3f0e"),
                ManifestFault.OTHER_TENANT,
                "is of a backup of tenant 1b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b: use the file of this tenant");
    }

    @Test
    void a_manifest_of_another_environment_is_refused_both_ways() {
        assertRefused(
                golden().replace("\"production\"", "\"development\""),
                ManifestFault.OTHER_ENVIRONMENT,
                "is of a tenant in environment development, which this one is not: restore it there");
        assertThatThrownBy(() -> BackupManifest.read(in(golden()), BackupFiles.NAME, Environment.development))
                .hasMessage(
                        BACKUP + "is of a tenant in environment production, which this one is not: restore it there");
    }

    @Test
    void a_manifest_of_another_backup_is_refused() {
        assertRefused(
                golden().replace("b-20261130-0200", "b-20261130-0300"),
                ManifestFault.OTHER_BACKUP,
                "is of backup b-20261130-0300: use the file of this backup");
    }

    @Test
    void another_version_is_named_whatever_else_stands_in_it() {
        assertRefused(
                "{\"version\":2,\"tenant\":{}}",
                ManifestFault.UNKNOWN_VERSION,
                "has version 2, and this version of Bulkhead reads 1: use one that reads it");
        assertRefused(
                golden().replace("\"version\":1,", "\"version\":4294967297,"), ManifestFault.UNKNOWN_VERSION, null);
    }

    @Test
    void a_field_that_is_not_known_is_named_wherever_it_stands() {
        assertRefused(
                golden().replace("\"kind\":", "\"encrypted\":true,\"kind\":"),
                ManifestFault.UNKNOWN_FIELD,
                "has a field encrypted that version 1 has not: use the version of Bulkhead that wrote it");
        assertRefused(
                golden().replace("\"rows\":0", "\"rows\":0,\"bytes\":0"),
                ManifestFault.UNKNOWN_FIELD,
                "has a field database.tables[1].bytes that version 1 has not:"
                        + " use the version of Bulkhead that wrote it");
        assertRefused(
                golden().replace("\"kind\":", "\"a b\\n" + "c".repeat(200) + "\":true,\"kind\":"),
                ManifestFault.UNKNOWN_FIELD,
                "has a field a?b?" + "c".repeat(96)
                        + "… that version 1 has not: use the version of Bulkhead that wrote it");
    }

    @Test
    void a_manifest_without_end_is_not_read_to_the_end() {
        InputStream endless = new InputStream() {
            private long given;

            @Override
            public int read() {
                return read(new byte[1], 0, 1) * ' ';
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                given += length;
                if (given > (16 << 20) + 1) {
                    throw new AssertionError("more was read than the longest one has");
                }
                Arrays.fill(bytes, offset, offset + length, (byte) ' ');
                return length;
            }
        };
        assertThatThrownBy(() -> BackupManifest.read(endless, BackupFiles.NAME, Environment.production))
                .hasMessage(BACKUP + "is longer than 16 MiB: nobody wrote it so; use another backup");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"version\":1}",
                "@ ",
                "@{}",
                "@\"version\":1>\"version\":1.0",
                "@\"version\":1>\"version\":\"1\"",
                "@\"version\":1,>",
                "@{\"version\"> {\"version\"",
                "@\"Increment\">\"Full\"",
                "@\"Increment\">0",
                "@\"Increment\">\"increment\"",
                "@\"production\">0",
                "@\"base\":\"b-20261129-0200\">\"base\":null",
                "@\"base\":\"b-20261129-0200\">\"base\":\"B\"",
                "@\"base\":\"b-20261129-0200\">\"base\":\"b-20261130-0200\"",
                "@[\"b-20261126-0200\",\"b-20261129-0200\"]>[\"b-20261129-0200\",\"b-20261126-0200\"]",
                "@[\"b-20261126-0200\",\"b-20261129-0200\"]>[\"b-20261126-0200\",\"b-20261126-0200\"]",
                "@[\"b-20261126-0200\",\"b-20261129-0200\"]>[\"b-20261130-0200\"]",
                "@[\"b-20261126-0200\",\"b-20261129-0200\"]>[null]",
                "@[\"b-20261126-0200\",\"b-20261129-0200\"]>null",
                "@\"Increment\",\"base\":\"b-20261129-0200\",\"needs\":[\"b-20261126-0200\",\"b-20261129-0200\"]"
                        + ">null,\"base\":\"b-20261129-0200\",\"needs\":[]",
                "@02:00:00Z>02:00:00.5Z",
                "@02:07:41Z>02:07:41+00:00",
                "@PostgreSQL 18.6>",
                "@\"rows\":0>\"rows\":-1",
                "@\"rows\":0>\"rows\":\"0\"",
                "@\"rows\":0>\"rows\":null",
                "@\"rows\":0>\"rows\":9223372036854775808",
                "@,\"rows\":0>",
                "@\"name\":\"orders\">\"name\":\"Ö\"",
                "@\"name\":\"orders\">\"name\":\"\"",
                "@\"called\":true>\"called\":1",
                "@9f86d081>9F86D081",
                "@9f86d081>9f86d08",
                "@\"b-20261130-0200-objects-1\">\"b-20261130-0200-list\"",
                "@\"b-20261130-0200-objects-1\">\"b-20261129-0200-objects-1\"",
                "@\"b-20261130-0200-objects-1\">\"b-20261130-0200\"",
                "@Ärger>\\u00c4rger",
                "@Ärger>\\ud800",
                "@,\"why\":\"only the current one is saved\">",
                "@\"count\":12>\"count\":12,\"count\":12",
            })
    void what_nobody_writes_so_is_refused(String json) {
        String text = json;
        if (json.startsWith("@")) {
            String[] change = json.substring(1).split(">", 2);
            text = change.length == 1 ? golden() + change[0] : golden().replace(change[0], change[1]);
        }
        assertThat(text).isNotEqualTo(golden());
        assertRefused(text, ManifestFault.DAMAGED, "has a form that nobody writes: use another backup");
    }

    @Test
    void a_full_backup_that_needs_another_cannot_be_written() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BackupManifest(
                        1,
                        BackupFiles.NAME.tenant().value(),
                        Environment.production,
                        "b-2",
                        BackupKind.Full,
                        null,
                        List.of("b-1"),
                        "2026-11-30T02:00:00Z",
                        "2026-11-30T02:00:00Z",
                        null,
                        null,
                        null,
                        null,
                        List.of()))
                .withMessage("a full backup needs no other");
    }

    private static BackupManifest read(String text) throws IOException {
        return BackupManifest.read(in(text), BackupFiles.NAME, Environment.production);
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    private static void assertRefused(String text, ManifestFault fault, @Nullable String rest) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOfSatisfying(
                        ManifestRefusedException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(fault))
                .hasMessageStartingWith(BACKUP);
        if (rest != null) {
            assertThatThrownBy(() -> read(text)).hasMessage(BACKUP + rest);
        }
    }

    static BackupManifest full(String id, @Nullable SavedObjects objects) {
        return new BackupManifest(
                1,
                BackupFiles.NAME.tenant().value(),
                Environment.production,
                id,
                BackupKind.Full,
                null,
                List.of(),
                "2026-11-30T02:00:00Z",
                "2026-11-30T02:00:01Z",
                null,
                objects,
                null,
                null,
                List.of());
    }

    static BackupManifest increment(SavedObjects objects) {
        return new BackupManifest(
                1,
                BackupFiles.NAME.tenant().value(),
                Environment.production,
                BackupFiles.NAME.id(),
                BackupKind.Increment,
                "b-20261129-0200",
                List.of("b-20261126-0200", "b-20261129-0200"),
                BackupManifest.time(BackupFiles.CREATED),
                BackupManifest.time(BackupFiles.CREATED.plusMillis(461_999)),
                new SavedDatabase(
                        BackupFiles.SERVER,
                        DIGEST,
                        List.of(new TableRows("orders", 12_345), new TableRows("Ärger \"x\"", 0)),
                        List.of(new SequenceValue("orders_id_seq", 12_400, true)),
                        file("database", 987_654)),
                objects,
                new SavedKubernetes("v1.35.0", 7, file("kubernetes", 4321)),
                new KeyRingCopy("c-1", "rk-1"),
                List.of(new LeftOut("former versions of objects", "only the current one is saved")));
    }

    static BackupFile file(String part, long bytes) {
        return new BackupFile(BackupFiles.NAME.id() + "-" + part, bytes, DIGEST);
    }

    private static BackupManifest manifest() {
        return increment(new SavedObjects(
                "SeaweedFS 4.07",
                12,
                34_567,
                file("list", 2345),
                List.of(file("objects-1", 3456), file("objects-2", 345))));
    }

    private static String golden() {
        try (InputStream file = BackupManifestTest.class.getResourceAsStream("manifest.json")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
