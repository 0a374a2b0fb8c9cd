package dev.bulkhead.operator.backup;

import static dev.bulkhead.operator.backup.BackupFiles.CHUNK;
import static dev.bulkhead.operator.backup.BackupFiles.SEALED;
import static dev.bulkhead.operator.backup.BackupFiles.chunk;
import static dev.bulkhead.operator.backup.BackupFiles.concat;
import static dev.bulkhead.operator.backup.BackupFiles.content;
import static dev.bulkhead.operator.backup.BackupFiles.file;
import static dev.bulkhead.operator.backup.BackupFiles.head;
import static dev.bulkhead.operator.backup.BackupFiles.headBytes;
import static dev.bulkhead.operator.backup.BackupFiles.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.secret.BackupRoot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is done to a file: it is refused, and what was handed out before is the beginning of the truth. */
class BackupTamperingTest {
    private static final int CHUNKS = 4;
    /** Three full chunks and a short one. */
    private static final byte[] CONTENT = content(3 * CHUNK + 1000);

    private static final byte[] FILE = file(CONTENT);
    private static final byte[] SHORT_CONTENT = content(50);
    private static final byte[] SHORT = file(SHORT_CONTENT);

    @Property(tries = 100)
    void any_flipped_bit_is_refused(
            @ForAll @IntRange(max = 3 * SEALED + 1000) int from, @ForAll @IntRange(max = 7) int bit) {
        byte[] changed = FILE.clone();
        changed[from] ^= (byte) (1 << bit);
        BackupFiles.Refused refused = refused(changed, CONTENT);
        if (from >= headBytes(FILE)) {
            int index = (from - headBytes(FILE)) / SEALED;
            assertThat(refused.fault()).isEqualTo(BackupFault.DAMAGED);
            assertThat(refused.refusal()).hasMessageContaining("at chunk " + index);
            assertThat(refused.handedOut()).isEqualTo(index * CHUNK);
        }
    }

    @Test
    void every_flipped_bit_of_a_short_file_is_refused() {
        for (int bit = 0; bit < SHORT.length * Byte.SIZE; bit++) {
            byte[] changed = SHORT.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
            assertThat(refused(changed, SHORT_CONTENT).handedOut())
                    .as("bit %d", bit)
                    .isZero();
        }
    }

    @Property(tries = 100)
    void any_truncation_is_refused(@ForAll @IntRange(max = 3 * SEALED + 1000) int length) {
        refused(Arrays.copyOf(FILE, length), CONTENT);
    }

    @Test
    void every_truncation_of_a_short_file_is_refused() {
        for (int length = 0; length < SHORT.length; length++) {
            BackupFault fault =
                    refused(Arrays.copyOf(SHORT, length), SHORT_CONTENT).fault();
            BackupFault expected = length < 4
                    ? BackupFault.NOT_A_BACKUP
                    : length < headBytes(SHORT) + 16 ? BackupFault.UNFINISHED : BackupFault.DAMAGED;
            assertThat(fault).as("%d bytes", length).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void a_file_that_ends_with_a_whole_chunk_that_is_not_the_last_is_unfinished(int chunks) {
        byte[] cut = Arrays.copyOf(FILE, headBytes(FILE) + chunks * SEALED);
        assertThat(refused(cut, CONTENT).fault()).isEqualTo(BackupFault.UNFINISHED);
    }

    @ParameterizedTest
    @ValueSource(ints = {CHUNK, 2 * CHUNK})
    void whatever_follows_a_full_last_chunk_is_seen_before_that_chunk_is_handed_out(int length) {
        byte[] content = content(length);
        byte[] file = file(content);
        for (int more : new int[] {1, 16, SEALED, 2 * SEALED}) {
            byte[] longer = Arrays.copyOf(file, file.length + more);
            BackupFiles.Refused refused = refused(longer, content);
            assertThat(refused.fault()).isEqualTo(BackupFault.CONTINUED);
            assertThat(refused.handedOut()).isEqualTo(length - CHUNK);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK - 1})
    void whatever_follows_a_short_last_chunk_is_refused_with_it(int length) {
        byte[] content = content(length);
        byte[] file = file(content);
        for (int more : new int[] {1, 16, SEALED, 2 * SEALED}) {
            assertThat(refused(Arrays.copyOf(file, file.length + more), content).fault())
                    .isEqualTo(BackupFault.DAMAGED);
        }
    }

    @Test
    void two_whole_files_one_after_the_other_are_none() {
        byte[] content = content(CHUNK);
        byte[] file = file(content);
        assertThat(refused(concat(file, file), content).fault()).isEqualTo(BackupFault.CONTINUED);
        refused(concat(SHORT, SHORT), SHORT_CONTENT);
    }

    @Property(tries = 50)
    void any_other_order_of_chunks_is_refused(
            @ForAll @IntRange(max = CHUNKS - 1) int one, @ForAll @IntRange(max = CHUNKS - 1) int other) {
        Assume.that(one != other);
        byte[][] chunks = chunks(FILE);
        byte[] kept = chunks[one];
        chunks[one] = chunks[other];
        chunks[other] = kept;
        refused(concat(head(FILE), concat(chunks)), CONTENT);
    }

    @Test
    void a_chunk_twice_or_left_out_or_in_place_of_another_is_refused() {
        for (int i = 0; i < CHUNKS; i++) {
            byte[] before = Arrays.copyOf(FILE, headBytes(FILE) + i * SEALED);
            byte[] from = Arrays.copyOfRange(FILE, before.length, FILE.length);
            byte[] after = Arrays.copyOfRange(FILE, Math.min(FILE.length, before.length + SEALED), FILE.length);
            refused(concat(before, chunk(FILE, i), from), CONTENT);
            refused(concat(before, after), CONTENT);
            for (int j = 0; j < CHUNKS; j++) {
                if (i != j) {
                    refused(concat(before, chunk(FILE, j), after), CONTENT);
                }
            }
        }
    }

    /** The same key, the same name, even the same content: only the salt is another. */
    @Test
    void chunks_of_two_backups_are_never_read_as_one() {
        byte[] other = file(CONTENT);
        for (int i = 0; i < CHUNKS; i++) {
            byte[][] chunks = chunks(FILE);
            chunks[i] = chunk(other, i);
            BackupFiles.Refused refused = refused(concat(head(FILE), concat(chunks)), CONTENT);
            assertThat(refused.fault()).isEqualTo(BackupFault.DAMAGED);
            assertThat(refused.refusal()).hasMessageContaining("at chunk " + i);
        }
        assertThat(refused(concat(head(other), concat(chunks(FILE))), CONTENT).fault())
                .isEqualTo(BackupFault.DAMAGED);
    }

    @Test
    void an_empty_chunk_at_the_end_is_refused_although_the_key_made_it() throws IOException {
        byte[] content = content(CHUNK);
        byte[] file = file(new byte[0]);
        byte[] sealed = new byte[SEALED];
        byte[] end = new byte[16];
        try (BackupReader reader = BackupFiles.open(new ByteArrayInputStream(file));
                BackupRoot root = BackupFiles.root(
                                BackupFiles.KEY_VERSION, reader.header().saltBytes())
                        .orElseThrow();
                BackupKey key = new BackupKey(root, reader.header())) {
            key.seal(0, false, content, CHUNK, sealed);
            key.seal(1, true, content, 0, end);
        }
        assertThat(refused(concat(head(file), sealed, end), content).fault()).isEqualTo(BackupFault.DAMAGED);
    }

    private static byte[][] chunks(byte[] file) {
        byte[][] chunks = new byte[CHUNKS][];
        for (int i = 0; i < CHUNKS; i++) {
            chunks[i] = chunk(file, i);
        }
        return chunks;
    }
}
