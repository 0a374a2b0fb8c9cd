package dev.bulkhead.operator.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.backup.BackupManifest.SavedObjects;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectListTest {
    private static final String MINE = BackupFiles.NAME.id();
    private static final String LINE = "{\"key\":\"invoices/2026/Müller.pdf\",\"versionId\":\"v-17\",\"bytes\":1234,"
            + "\"etag\":\"5d41402abc4b2a76b9719d911017c592\",\"modified\":\"2026-11-28T09:15:00.250Z\","
            + "\"sha256\":\"" + BackupManifestTest.DIGEST + "\",\"in\":\"b-20261126-0200\",\"file\":1,\"at\":65536}";

    @Test
    void a_line_is_written_as_ever_and_stands_so_in_the_page() throws IOException {
        SavedObject object = new SavedObject(
                "invoices/2026/Müller.pdf",
                "v-17",
                1234,
                "5d41402abc4b2a76b9719d911017c592",
                "2026-11-28T09:15:00.250Z",
                BackupManifestTest.DIGEST,
                "b-20261126-0200",
                1,
                65_536);
        assertThat(new String(written(List.of(object)), UTF_8)).isEqualTo(LINE + "\n");
        assertThat(read(LINE + "\n", 1, 1234)).containsExactly(object);
        assertThat(Files.readString(Path.of("../docs/backup-format.md"))).contains("\n" + LINE + "\n");
    }

    @Provide
    static Arbitrary<List<String>> keys() {
        return Arbitraries.oneOf(
                        Arbitraries.strings().ofMinLength(1).ofMaxLength(20),
                        Arbitraries.strings()
                                .withChars("ab/\"\\\n\u0001\u007f\ue000\uffff")
                                .ofMinLength(1)
                                .ofMaxLength(4),
                        Arbitraries.of(" ", "\ud83d\ude00", "\ud83d\ude00a", "\uff5e", "\ufffd"))
                .filter(key -> !key.isEmpty() && new String(key.getBytes(UTF_8), UTF_8).equals(key))
                .set()
                .ofMaxSize(30)
                .map(keys -> keys.stream().sorted(BackupManifest.byBytes()).toList());
    }

    @Property(tries = 300)
    void what_was_written_is_read_and_counted(@ForAll("keys") List<String> keys) throws IOException {
        List<SavedObject> objects = new ArrayList<>();
        long bytes = 0;
        for (String key : keys) {
            objects.add(saved(key, objects.size()));
            bytes += objects.size() - 1;
        }
        assertThat(read(new String(written(objects), UTF_8), objects.size(), bytes))
                .isEqualTo(objects);
    }

    /** Behind U+FFFF in the order of bytes, and before it in that of Java's characters. */
    @Test
    void keys_are_sorted_as_a_store_sorts_them() throws IOException {
        List<SavedObject> objects = List.of(saved("\uff5e", 0), saved("\ud83d\ude00", 0));
        assertThat(read(new String(written(objects), UTF_8), 2, 0)).isEqualTo(objects);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> written(objects.reversed()))
                .withMessageContaining("object 2 of backup b-20261130-0200")
                .withMessageEndingWith(
                        "is not after the one before: objects are listed by the bytes of their keys, each once");
    }

    @Test
    void an_object_stands_once() {
        assertThatIllegalArgumentException().isThrownBy(() -> written(List.of(saved("a", 1), saved("a", 1))));
    }

    @Test
    void the_list_says_which_backups_it_rests_on() throws IOException {
        ObjectListWriter list = new ObjectListWriter(new ByteArrayOutputStream(), BackupFiles.NAME);
        list.write(saved("a", 3, MINE));
        list.write(saved("b", 4, "b-20261129-0200"));
        list.write(saved("c", 5, "b-20261126-0200"));
        assertThat(list.needs()).containsExactly("b-20261126-0200", "b-20261129-0200");
        assertThat(list.count()).isEqualTo(3);
        assertThat(list.bytes()).isEqualTo(12);
    }

    @Test
    void a_key_too_long_for_a_line_is_refused_when_it_is_written() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> written(List.of(saved("\u0001".repeat(3000), 0))))
                .withMessageContaining("needs a line of more than 16 KiB");
    }

    @Test
    void the_longest_key_of_s3_has_a_line_whatever_stands_in_it() throws IOException {
        List<SavedObject> objects = List.of(saved("\u0001".repeat(1024), 0));
        assertThat(read(new String(written(objects), UTF_8), 1, 0)).isEqualTo(objects);
    }

    @Test
    void a_list_that_ends_early_or_goes_on_is_not_the_one_that_was_counted() throws IOException {
        String list = new String(written(List.of(saved("a", 3), saved("b", 4))), UTF_8);
        assertThat(read(list, 2, 7)).hasSize(2);
        String object = "the object list of backup b-20261130-0200 of tenant 0b5f3f0e-6a7c-4f0e-9d5e-1c2d3e4f5a6b has ";
        assertThatThrownBy(() -> read(list, 3, 7))
                .hasMessage(object + "2 objects, and its manifest says 3: use another backup");
        assertThatThrownBy(() -> read(list, 1, 7)).hasMessageContaining("2 objects, and its manifest says 1");
        assertThatThrownBy(() -> read(list, 2, 8))
                .hasMessage(object + "7 bytes of content, and its manifest says 8: use another backup");
        assertThatThrownBy(() -> read("", 2, 7)).hasMessageContaining("has 0 objects");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@\n>",
                "@\n>\r\n",
                "@\n>\n\n",
                "@,\"at\":65536>",
                "@,\"at\":65536>,\"at\":-1",
                "@\"at\":65536>\"at\":65536,\"more\":1",
                "@\"at\":65536>\"at\": 65536",
                "@\"bytes\":1234>\"bytes\":-1234",
                "@\"bytes\":1234>\"bytes\":9223372036854775807",
                "@\"file\":1>\"file\":0",
                "@\"in\":\"b-20261126-0200\",\"file\":1>\"in\":\"b-20261130-0200\",\"file\":3",
                "@\"in\":\"b-20261126-0200\">\"in\":\"b-20261127-0200\"",
                "@\"in\":\"b-20261126-0200\">\"in\":\"..\"",
                "@.250Z>.25Z",
                "@\"etag\":\"5d41402abc4b2a76b9719d911017c592\">\"etag\":null",
                "@invoices/2026/Müller.pdf>",
                "@ü>\\u00fc",
            })
    void a_line_that_nobody_writes_so_is_refused_and_named(String change) {
        String[] parts = change.substring(1).split(">", 2);
        String before = "{\"key\":\"a\"," + LINE.substring(LINE.indexOf("\"versionId\"")) + "\n";
        String changed = (LINE + "\n").replace(parts[0], parts[1]);
        assertThat(changed).isNotEqualTo(LINE + "\n");
        assertThatThrownBy(() -> read(before + changed, 2, 2468))
                .isInstanceOfSatisfying(
                        ManifestRefusedException.class,
                        refusal -> assertThat(refusal.fault()).isEqualTo(ManifestFault.LIST_DAMAGED))
                .hasMessageEndingWith("has a form that nobody writes, in line " + (change.equals("@\n>\n\n") ? 3 : 2)
                        + ": use another backup");
    }

    @Test
    void a_list_in_another_order_is_refused() throws IOException {
        String one = new String(written(List.of(saved("b", 1))), UTF_8);
        String other = new String(written(List.of(saved("a", 1))), UTF_8);
        assertThatThrownBy(() -> read(one + other, 2, 2)).hasMessageContaining("in line 2");
        assertThatThrownBy(() -> read(one + one, 2, 2)).hasMessageContaining("in line 2");
    }

    @Test
    void a_line_without_end_is_not_read_to_the_end() {
        InputStream endless = new InputStream() {
            private int given;

            @Override
            public int read() {
                assertThat(given++).isLessThanOrEqualTo(1 << 14);
                return 'x';
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                throw new AssertionError("it is read byte by byte");
            }
        };
        assertThatThrownBy(() -> reader(endless, 1, 1).next()).hasMessageContaining("in line 1");
    }

    @Test
    void a_backup_without_objects_has_no_list() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ObjectListReader(InputStream.nullInputStream(), BackupManifestTest.full("b-1", null)));
    }

    private static byte[] written(List<SavedObject> objects) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ObjectListWriter list = new ObjectListWriter(out, BackupFiles.NAME);
        for (SavedObject object : objects) {
            list.write(object);
        }
        return out.toByteArray();
    }

    private static List<SavedObject> read(String text, long count, long bytes) throws IOException {
        ObjectListReader reader = reader(new ByteArrayInputStream(text.getBytes(UTF_8)), count, bytes);
        List<SavedObject> read = new ArrayList<>();
        for (SavedObject object = reader.next(); object != null; object = reader.next()) {
            read.add(object);
        }
        return read;
    }

    private static ObjectListReader reader(InputStream in, long count, long bytes) {
        return new ObjectListReader(
                in,
                BackupManifestTest.increment(new SavedObjects(
                        "SeaweedFS 4.07",
                        count,
                        bytes,
                        BackupManifestTest.file("list", 1),
                        List.of(BackupManifestTest.file("objects-1", 1), BackupManifestTest.file("objects-2", 1)))));
    }

    static SavedObject saved(String key, long bytes) {
        return saved(key, bytes, MINE);
    }

    private static SavedObject saved(String key, long bytes, String in) {
        return SavedObject.of(object(key, bytes, null), BackupManifestTest.DIGEST, in, 2, 7);
    }

    static ListedObject object(String key, long bytes, @Nullable String version) {
        return new ListedObject(key, version, bytes, "e-" + bytes, Instant.parse("2026-11-28T09:15:00Z"));
    }
}
