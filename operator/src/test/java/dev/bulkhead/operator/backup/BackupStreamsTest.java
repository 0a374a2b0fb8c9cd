package dev.bulkhead.operator.backup;

import static dev.bulkhead.operator.backup.BackupFiles.CHUNK;
import static dev.bulkhead.operator.backup.BackupFiles.SEALED;
import static dev.bulkhead.operator.backup.BackupFiles.content;
import static dev.bulkhead.operator.backup.BackupFiles.file;
import static dev.bulkhead.operator.backup.BackupFiles.headBytes;
import static dev.bulkhead.operator.backup.BackupFiles.open;
import static dev.bulkhead.operator.backup.BackupFiles.refused;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.secret.BackupRoot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupStreamsTest {

    @Provide
    static Arbitrary<Integer> lengths() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 3 * CHUNK + 100),
                Arbitraries.of(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK));
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void what_was_written_is_read_whatever_its_length_and_the_sizes_of_writes_and_reads(
            @ForAll("lengths") int length,
            @ForAll @IntRange(min = 1, max = 2 * CHUNK) int writes,
            @ForAll @IntRange(min = 1, max = 2 * CHUNK) int reads)
            throws IOException {
        byte[] content = content(length);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = BackupFiles.begin(out)) {
            for (int at = 0; at < length; at += writes) {
                writer.write(content, at, Math.min(writes, length - at));
            }
            writer.finish();
        }
        byte[] file = out.toByteArray();
        ByteArrayOutputStream handedOut = new ByteArrayOutputStream();
        try (BackupReader reader = open(new ByteArrayInputStream(file))) {
            byte[] buffer = new byte[reads];
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                handedOut.write(buffer, 0, n);
            }
            assertThat(reader.read()).isEqualTo(-1);
        }
        assertThat(handedOut.toByteArray()).isEqualTo(content);
        int chunks = Math.max(1, (length + CHUNK - 1) / CHUNK);
        assertThat(file).hasSize(headBytes(file) + length + 16 * chunks);
    }

    @Test
    void single_bytes_are_written_and_read_as_well() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = BackupFiles.begin(out)) {
            writer.write(0xff);
            writer.write(0);
            writer.finish();
        }
        try (BackupReader reader = open(new ByteArrayInputStream(out.toByteArray()))) {
            assertThat(reader.read()).isEqualTo(0xff);
            assertThat(reader.read()).isZero();
            assertThat(reader.read()).isEqualTo(-1);
        }
    }

    @Test
    void the_header_says_what_it_is_and_the_content_is_not_in_the_clear() throws IOException {
        byte[] content = content(1000);
        byte[] file = file(content);
        try (BackupReader reader = open(new ByteArrayInputStream(file))) {
            assertThat(reader.header().backup()).isEqualTo(BackupFiles.NAME);
            assertThat(reader.header().serverVersion()).isEqualTo(BackupFiles.SERVER);
            assertThat(reader.header().tkVersion()).isEqualTo(BackupFiles.KEY_VERSION);
            assertThat(reader.header().created()).isEqualTo("2026-11-30T02:00:00Z");
        }
        assertThat(new String(file, ISO_8859_1)).doesNotContain(new String(content, 0, 8, ISO_8859_1));
    }

    @Test
    void two_backups_of_the_same_content_and_name_share_no_key() {
        byte[] content = content(CHUNK + 5);
        byte[] one = file(content);
        byte[] other = file(content);
        assertThat(BackupFiles.chunk(one, 0)).isNotEqualTo(BackupFiles.chunk(other, 0));
        assertThat(BackupFiles.chunk(one, 1)).isNotEqualTo(BackupFiles.chunk(other, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK, CHUNK + 1, 3 * CHUNK})
    void a_writer_that_is_closed_without_a_finish_leaves_a_file_that_is_unfinished(int length) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = BackupFiles.begin(out)) {
            writer.write(content(length));
        }
        assertThat(refused(out.toByteArray(), content(length)).fault()).isEqualTo(BackupFault.UNFINISHED);
    }

    @Test
    void nothing_is_written_after_the_end_or_after_the_close() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupWriter writer = BackupFiles.begin(out);
        writer.finish();
        int length = out.size();
        assertThatThrownBy(() -> writer.write(1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(BackupFiles.NAME + " was finished, closed or could not be written");
        assertThatThrownBy(writer::finish).isInstanceOf(IOException.class);
        writer.close();
        writer.close();
        assertThat(out.size()).isEqualTo(length);
    }

    /** Half a chunk may have been written, and no index is used twice. */
    @ParameterizedTest
    @ValueSource(ints = {3, 4})
    void after_a_failed_write_no_more_is_written(int failing) throws IOException {
        AtomicInteger writes = new AtomicInteger();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BackupWriter writer = BackupFiles.begin(new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("one byte");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (writes.incrementAndGet() == failing) {
                    throw new IOException("disk full");
                }
                out.write(bytes, offset, length);
            }
        });
        assertThatThrownBy(() -> writer.write(content(3 * CHUNK))).hasMessage("disk full");
        assertThatThrownBy(() -> writer.write(content(CHUNK))).hasMessageContaining("begin another one");
        assertThatThrownBy(writer::finish).hasMessageContaining("begin another one");
        writer.close();
        assertThat(writes).hasValue(failing);
        assertThat(refused(out.toByteArray(), content(3 * CHUNK)).fault()).isEqualTo(BackupFault.UNFINISHED);
    }

    @Test
    void a_header_that_could_not_be_written_is_no_beginning() {
        assertThatThrownBy(() -> BackupFiles.begin(new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("disk full");
                    }
                }))
                .hasMessage("disk full");
    }

    @Test
    void a_failure_of_the_source_comes_through_and_the_reader_reads_no_further() throws IOException {
        byte[] file = file(content(3 * CHUNK));
        AtomicInteger left = new AtomicInteger(headBytes(file) + SEALED + 100);
        BackupReader reader = open(new FilterInputStream(new ByteArrayInputStream(file)) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (left.get() == 0) {
                    left.set(Integer.MAX_VALUE);
                    throw new IOException("connection reset");
                }
                int read = super.read(bytes, offset, Math.min(length, left.get()));
                left.addAndGet(-read);
                return read;
            }
        });
        assertThat(reader.readNBytes(CHUNK)).isEqualTo(Arrays.copyOf(content(3 * CHUNK), CHUNK));
        assertThatThrownBy(reader::read).hasMessage("connection reset");
        assertThatThrownBy(reader::read).hasMessageContaining("open it again");
        reader.close();
    }

    @Test
    void a_refusal_is_never_followed_by_an_end_or_by_content() throws IOException {
        byte[] file = file(content(3 * CHUNK));
        file[headBytes(file) + SEALED] ^= 1;
        BackupReader reader = open(new ByteArrayInputStream(file));
        assertThat(reader.readNBytes(CHUNK)).hasSize(CHUNK);
        assertThatThrownBy(reader::read).isInstanceOf(BackupRefusedException.class);
        assertThatThrownBy(reader::read).hasMessageContaining("open it again");
        assertThatThrownBy(() -> reader.read(new byte[10])).hasMessageContaining("open it again");
        reader.close();
    }

    @Test
    void a_closed_reader_hands_out_nothing_not_even_what_it_had() throws IOException {
        BackupReader begun = open(new ByteArrayInputStream(file(content(100))));
        assertThat(begun.read()).isNotNegative();
        begun.close();
        assertThatThrownBy(begun::read).hasMessageStartingWith(BackupFiles.NAME + " was closed");

        BackupReader ended = open(new ByteArrayInputStream(file(content(100))));
        assertThat(ended.readAllBytes()).hasSize(100);
        ended.close();
        assertThatThrownBy(ended::read).hasMessageStartingWith(BackupFiles.NAME + " was closed");
    }

    @Test
    void no_more_than_a_chunk_waits_in_either() throws IOException {
        byte[] content = content(10 * CHUNK);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BackupWriter writer = BackupFiles.begin(out)) {
            for (int i = 0; i < 10; i++) {
                writer.write(content, i * CHUNK, CHUNK);
                assertThat(out.size()).isGreaterThanOrEqualTo(i * SEALED);
            }
            writer.finish();
        }
        InputStream source = new ByteArrayInputStream(out.toByteArray());
        try (BackupReader reader = open(source)) {
            for (int i = 9; i > 0; i--) {
                assertThat(reader.readNBytes(CHUNK)).hasSize(CHUNK);
                assertThat(source.available()).isEqualTo(i * SEALED - 1);
            }
        }
    }

    @Test
    void both_close_what_they_work_on() throws IOException {
        AtomicInteger closed = new AtomicInteger();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
        try (BackupWriter writer = BackupFiles.begin(out)) {
            writer.finish();
            assertThat(closed).hasValue(0);
        }
        assertThat(closed).hasValue(1);
        open(new ByteArrayInputStream(out.toByteArray()) {
                    @Override
                    public void close() {
                        closed.incrementAndGet();
                    }
                })
                .close();
        assertThat(closed).hasValue(2);
    }

    @Test
    void a_key_counts_to_two_to_the_fortieth_and_no_further() throws IOException {
        try (BackupKey key = key()) {
            long last = (1L << 40) - 1;
            byte[] sealed = new byte[SEALED];
            byte[] plain = new byte[CHUNK];
            assertThat(key.seal(last, true, content(10), 10, sealed)).isEqualTo(26);
            assertThat(key.open(last, true, sealed, 26, plain)).isEqualTo(10);
            assertThat(Arrays.copyOf(plain, 10)).isEqualTo(content(10));
            for (long index : new long[] {last + 1, Long.MAX_VALUE, -1}) {
                assertThatThrownBy(() -> key.seal(index, true, plain, 10, sealed))
                        .hasMessage("the file of " + BackupFiles.NAME
                                + " would have more than 2^40 chunks (64 PiB): make several backups of less each");
                assertThatThrownBy(() -> key.open(index, true, sealed, 26, plain))
                        .isInstanceOfSatisfying(
                                BackupRefusedException.class,
                                refusal -> assertThat(refusal.fault()).isEqualTo(BackupFault.TOO_LONG));
            }
        }
    }

    @Test
    void a_chunk_that_does_not_open_leaves_nothing_in_the_clear() throws IOException {
        try (BackupKey key = key()) {
            byte[] sealed = new byte[SEALED];
            byte[] plain = content(CHUNK);
            int length = key.seal(0, true, plain, CHUNK, sealed);
            sealed[length - 1] ^= 1;
            assertThat(key.open(0, true, sealed, length, plain)).isEqualTo(-1);
            assertThat(plain).containsOnly(0);
        }
    }

    @Test
    void a_closed_key_is_zeroed_and_does_nothing() throws IOException {
        BackupKey key = key();
        assertThat(key.commit()).isNotEqualTo(new byte[32]);
        key.close();
        assertThat(key.isClosed()).isTrue();
        assertThat(key.commit()).containsOnly(0);
        assertThatIllegalStateException().isThrownBy(() -> key.seal(0, true, new byte[1], 1, new byte[17]));
        assertThatIllegalStateException().isThrownBy(() -> key.open(0, true, new byte[17], 17, new byte[1]));
    }

    @Test
    void a_closed_root_begins_nothing() {
        BackupRoot root = BackupFiles.newRoot();
        root.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatIllegalStateException().isThrownBy(() -> begin(out, root));
        assertThat(out.size()).isZero();
    }

    @Test
    void one_root_writes_several_files_and_none_of_them_twice() throws IOException {
        try (BackupRoot root = BackupFiles.newRoot()) {
            ByteArrayOutputStream first = new ByteArrayOutputStream();
            try (BackupWriter writer = begin(first, root)) {
                writer.finish();
            }
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            assertThatIllegalStateException()
                    .isThrownBy(() -> begin(again, root))
                    .withMessage("file b-20261130-0200 was begun before with these keys:"
                            + " begin another backup, with new ones");
            assertThat(again.size()).isZero();
            BackupName second = new BackupName(BackupFiles.NAME.tenant(), "b-20261130-0200-list");
            ByteArrayOutputStream other = new ByteArrayOutputStream();
            try (BackupWriter writer =
                    BackupWriter.begin(other, second, BackupFiles.SERVER, BackupFiles.CREATED, root)) {
                assertThat(writer.header().saltBytes()).isEqualTo(root.salt());
                writer.finish();
            }
            byte[] list = other.toByteArray();
            assertThat(BackupFiles.chunk(list, 0)).isNotEqualTo(BackupFiles.chunk(first.toByteArray(), 0));
            BackupReader.open(new ByteArrayInputStream(list), second, BackupFiles::root)
                    .close();
        }
    }

    @Test
    void the_root_of_an_earlier_backup_encrypts_nothing() throws IOException {
        try (BackupReader reader = open(new ByteArrayInputStream(file(content(0))));
                BackupRoot root = root(reader.header())) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertThatIllegalStateException()
                    .isThrownBy(() -> begin(out, root))
                    .withMessageContaining("the keys of an earlier backup, which only open what is there");
            assertThat(out.size()).isZero();
        }
    }

    @Test
    void what_opened_a_file_is_closed_at_once() throws IOException {
        List<BackupRoot> handedOut = new ArrayList<>();
        byte[] file = file(content(5));
        try (BackupReader reader =
                BackupReader.open(new ByteArrayInputStream(file), BackupFiles.NAME, (version, salt) -> {
                    handedOut.add(BackupFiles.root(version, salt).orElseThrow());
                    return Optional.of(handedOut.getFirst());
                })) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> handedOut.getFirst().derive("bulkhead/v1/backup/x", 32));
            assertThat(reader.readAllBytes()).isEqualTo(content(5));
        }
    }

    private static BackupWriter begin(OutputStream out, BackupRoot root) throws IOException {
        return BackupWriter.begin(out, BackupFiles.NAME, BackupFiles.SERVER, BackupFiles.CREATED, root);
    }

    private static BackupRoot root(BackupHeader header) {
        return BackupFiles.root(header.tkVersion(), header.saltBytes()).orElseThrow();
    }

    private static BackupKey key() throws IOException {
        try (BackupReader reader = open(new ByteArrayInputStream(file(content(0))));
                BackupRoot root = root(reader.header())) {
            return new BackupKey(root, reader.header());
        }
    }
}
