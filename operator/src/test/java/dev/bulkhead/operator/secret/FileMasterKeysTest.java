package dev.bulkhead.operator.secret;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileMasterKeysTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String IDENTITY = "id-a";

    @TempDir
    Path directory;

    @Test
    void the_highest_number_is_current_and_not_the_last_in_the_alphabet() throws Exception {
        write("mk-2", random());
        write("mk-10", random());
        write("mk-9", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            assertThat(keys.currentId()).isEqualTo("mk-10");
            assertThat(keys.ids()).containsExactlyInAnyOrder("mk-2", "mk-9", "mk-10");
        }
    }

    @Test
    void the_file_current_names_another_one() throws Exception {
        write("mk-1", random());
        write("mk-2", random());
        write("current", "mk-1\n".getBytes(US_ASCII));
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            assertThat(keys.currentId()).isEqualTo("mk-1");
        }
    }

    /** Also base64 as openssl writes it, with a line break. */
    @Test
    void raw_bytes_and_base64_are_the_same_key() throws Exception {
        byte[] key = random();
        byte[] wrapped;
        write("mk-1", key);
        TenantKey tenantKey = TenantKey.generate(1, RANDOM);
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            wrapped = keys.wrap(tenantKey, IDENTITY, RANDOM);
            assertThat(keys.masterKeyId(wrapped)).hasValue("mk-1");
        }
        for (String end : List.of("", "\n", "\r\n")) {
            write("mk-1", (Base64.getEncoder().encodeToString(key) + end).getBytes(US_ASCII));
            try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
                assertThat(keys.unwrap(wrapped, IDENTITY))
                        .isInstanceOfSatisfying(
                                Unwrapping.Unwrapped.class,
                                unwrapped ->
                                        assertThat(unwrapped.key().material()).isEqualTo(tenantKey.material()));
            }
        }
    }

    @Test
    void a_secret_mounted_by_kubernetes_is_read_through_its_links() throws Exception {
        Path data = Files.createDirectory(directory.resolve("..2026_01_01"));
        Files.write(data.resolve("mk-1"), random());
        Files.createSymbolicLink(directory.resolve("..data"), data);
        Files.createSymbolicLink(directory.resolve("mk-1"), Path.of("..data", "mk-1"));
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            assertThat(keys.ids()).containsExactly("mk-1");
        }
    }

    @Test
    void a_missing_directory_is_named_with_what_to_do() {
        assertUnusable(directory.resolve("nowhere"), "nowhere does not exist. Mount it");
    }

    @Test
    void an_empty_directory_is_named_with_what_to_do() {
        assertUnusable(directory, "holds no key. Put at least one file there");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 33, 43, 45, 46, 64, 128, 129, 100_000})
    void a_file_of_another_length_is_refused(int length) throws IOException {
        byte[] content = new byte[length];
        RANDOM.nextBytes(content);
        write("mk-1", content);
        assertUnusable(directory, "must hold exactly 32 raw bytes, or 44 characters of base64");
    }

    @Test
    void what_only_looks_like_base64_is_refused_without_showing_it() throws IOException {
        write("mk-1", "!".repeat(44).getBytes(US_ASCII));
        assertUnusable(directory, "must hold exactly 32 raw bytes");
        byte[] shorter = new byte[31];
        RANDOM.nextBytes(shorter);
        String text = Base64.getEncoder().encodeToString(shorter);
        write("mk-1", text.getBytes(US_ASCII));
        assertUnusable(directory, "must hold exactly 32 raw bytes");
        assertThatThrownBy(() -> FileMasterKeys.load(directory))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain(text));
    }

    @Test
    void a_key_of_zeroes_is_refused() throws IOException {
        write("mk-1", new byte[32]);
        assertUnusable(directory, "holds only zeroes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MK-1", "mk_1", "mk-0", "mk-01", "master.key", "mk-1.bak"})
    void a_file_that_is_no_key_is_an_error_rather_than_ignored(String name) throws IOException {
        write("mk-1", random());
        write(name, random());
        assertUnusable(directory, name + " has a name that is no key id");
    }

    @Test
    void a_directory_among_the_keys_is_an_error() throws IOException {
        Files.createDirectory(directory.resolve("mk-1"));
        assertUnusable(directory, "is not a file");
    }

    @Test
    void current_has_to_name_a_key_that_is_there() throws IOException {
        write("mk-1", random());
        write("current", "mk-2".getBytes(US_ASCII));
        assertUnusable(directory, "names a master key that is not in the directory, which holds [mk-1]");
    }

    @Test
    void two_keys_with_the_highest_number_need_the_file_current() throws IOException {
        write("mk-1", random());
        write("kek-1", random());
        assertUnusable(directory, "[kek-1, mk-1]");
    }

    @Test
    void an_unchanged_directory_changes_nothing() throws Exception {
        write("mk-1", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            assertThat(keys.reload()).isEqualTo(new FileMasterKeys.Reload.Unchanged());
        }
    }

    @Test
    void a_new_key_is_taken_over_and_the_former_still_unwraps() throws Exception {
        write("mk-1", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            byte[] wrapped = keys.wrap(TenantKey.generate(1, RANDOM), IDENTITY, RANDOM);
            write("mk-2", random());
            assertThat(keys.reload())
                    .isEqualTo(
                            new FileMasterKeys.Reload.Changed("mk-2", new TreeSet<>(List.of("mk-2")), new TreeSet<>()));
            assertThat(keys.currentId()).isEqualTo("mk-2");
            assertThat(keys.unwrap(wrapped, IDENTITY)).isInstanceOf(Unwrapping.Unwrapped.class);
        }
    }

    @Test
    void a_key_that_was_taken_away_opens_nothing_any_more() throws Exception {
        write("mk-1", random());
        write("mk-2", random());
        write("current", "mk-1".getBytes(US_ASCII));
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            byte[] wrapped = keys.wrap(TenantKey.generate(1, RANDOM), IDENTITY, RANDOM);
            Files.delete(directory.resolve("current"));
            Files.delete(directory.resolve("mk-1"));
            assertThat(keys.reload())
                    .isEqualTo(
                            new FileMasterKeys.Reload.Changed("mk-2", new TreeSet<>(), new TreeSet<>(List.of("mk-1"))));
            assertThat(keys.unwrap(wrapped, IDENTITY)).isEqualTo(new Unwrapping.MasterKeyMissing("mk-1"));
        }
    }

    @Test
    void another_content_under_a_known_id_is_refused_and_the_former_key_stays() throws Exception {
        write("mk-1", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            byte[] wrapped = keys.wrap(TenantKey.generate(1, RANDOM), IDENTITY, RANDOM);
            write("mk-1", random());
            assertThat(keys.reload())
                    .isInstanceOfSatisfying(
                            FileMasterKeys.Reload.Refused.class,
                            refused -> assertThat(refused.message()).contains("mk-1 has another content than before"));
            assertThat(keys.unwrap(wrapped, IDENTITY)).isInstanceOf(Unwrapping.Unwrapped.class);
        }
    }

    @Test
    void a_directory_that_became_unusable_is_told_and_the_keys_stay() throws Exception {
        write("mk-1", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            byte[] wrapped = keys.wrap(TenantKey.generate(1, RANDOM), IDENTITY, RANDOM);
            Files.delete(directory.resolve("mk-1"));
            assertThat(keys.reload())
                    .isInstanceOfSatisfying(
                            FileMasterKeys.Reload.Refused.class,
                            refused -> assertThat(refused.message()).contains("holds no key"));
            assertThat(keys.unwrap(wrapped, IDENTITY)).isInstanceOf(Unwrapping.Unwrapped.class);
        }
    }

    @Test
    void a_rotation_is_noticed_without_a_restart_and_a_mistake_in_between_does_no_harm() throws Exception {
        write("mk-1", random());
        try (FileMasterKeys keys = FileMasterKeys.load(directory)) {
            AtomicInteger told = new AtomicInteger();
            MasterKeyRefresh refresh = new MasterKeyRefresh(keys, told::incrementAndGet);
            write("mk 2", random());
            refresh.run();
            refresh.run();
            assertThat(keys.currentId()).isEqualTo("mk-1");
            assertThat(told).hasValue(0);

            Files.move(directory.resolve("mk 2"), directory.resolve("mk-2"));
            refresh.run();
            refresh.run();

            assertThat(told).hasValue(1);
            assertThat(keys.currentId()).isEqualTo("mk-2");
            assertThat(keys.ids()).containsExactly("mk-1", "mk-2");
        }
    }

    @Test
    void closed_keys_wrap_and_unwrap_nothing() throws Exception {
        write("mk-1", random());
        FileMasterKeys keys = FileMasterKeys.load(directory);
        TenantKey tenantKey = TenantKey.generate(1, RANDOM);
        byte[] wrapped = keys.wrap(tenantKey, IDENTITY, RANDOM);
        keys.close();
        assertThatIllegalStateException().isThrownBy(() -> keys.wrap(tenantKey, IDENTITY, RANDOM));
        assertThatIllegalStateException().isThrownBy(() -> keys.unwrap(wrapped, IDENTITY));
        assertThatIllegalStateException().isThrownBy(keys::currentId);
        assertThatIllegalStateException().isThrownBy(keys::reload);
    }

    @Test
    void contents_that_are_thrown_away_are_zeroed_and_never_printed() throws Exception {
        byte[] key = random();
        write("mk-1", key);
        MasterKeyDirectory.MountedKeys contents = MasterKeyDirectory.read(directory);
        assertThat(contents.toString()).isEqualTo("Contents[keys=[mk-1], currentId=mk-1]");
        assertThat(contents.keys().values()).singleElement().isEqualTo(key);
        contents.zero();
        assertThat(contents.keys().values()).singleElement().isEqualTo(new byte[32]);
    }

    private void assertUnusable(Path path, String message) {
        assertThatThrownBy(() -> FileMasterKeys.load(path))
                .isInstanceOf(MasterKeysUnusableException.class)
                .hasMessageContaining(message)
                .hasMessageContaining(directory.toString());
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(directory.resolve(name), content);
    }

    private static byte[] random() {
        byte[] key = new byte[32];
        RANDOM.nextBytes(key);
        return key;
    }
}
