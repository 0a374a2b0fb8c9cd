package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.secret.BackupRoot;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * Writes one backup (TSB1).
 *
 * <pre>
 * "TSB1" | length of the JSON u32 | JSON, see {@link BackupHeader} | commit 32
 * then chunks: ciphertext of 65536 bytes | tag 16, the last one of 0 to 65536 bytes | tag 16
 * </pre>
 *
 * The keys are those of {@link BackupKey}. Content has one form: the last chunk is empty only when there is no content. One
 * chunk is held in memory, whatever the length. Only {@link #finish} makes a whole file of it: what was closed without it is
 * read as unfinished, and after a failed write nothing more is written. For one thread.
 */
public final class BackupWriter extends OutputStream {
    private final OutputStream out;
    private final BackupHeader header;
    private final BackupKey key;
    private final byte[] plain = new byte[BackupHeader.CHUNK_BYTES];
    private final byte[] sealed = new byte[BackupHeader.CHUNK_BYTES + BackupKey.TAG_BYTES];
    private int filled;
    private long chunks;

    private BackupWriter(OutputStream out, BackupHeader header, BackupKey key) {
        this.out = out;
        this.header = header;
        this.key = key;
    }

    /**
     * Begins a file, and writes its header.
     *
     * @param out where it goes; closed with this, and left open when this throws
     * @param serverVersion what the data comes from, see {@link BackupHeader}
     * @param root of the backup that is being made; used here only, for one file of an id
     * @throws IllegalArgumentException when the server's version cannot stand in a header
     * @throws IllegalStateException when a file of that id was begun with it before
     */
    public static BackupWriter begin(
            OutputStream out, BackupName backup, String serverVersion, Instant created, BackupRoot root)
            throws IOException {
        BackupHeader header = BackupHeader.of(backup, serverVersion, root.tenantKeyVersion(), root.salt(), created);
        root.begin(backup.id());
        BackupWriter writer = new BackupWriter(out, header, new BackupKey(root, header));
        writer.writeHeader();
        return writer;
    }

    /** What stands in the file's header. */
    public BackupHeader header() {
        return header;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireUnfinished();
        int written = 0;
        while (written < length) {
            if (filled == plain.length) {
                writeChunk(false); // only now is it known not to be the last
            }
            int more = Math.min(length - written, plain.length - filled);
            System.arraycopy(bytes, offset + written, plain, filled, more);
            filled += more;
            written += more;
        }
    }

    /** Passes on whole chunks only: a chunk that has begun waits for its end. */
    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Writes the end. The file is whole when this and {@link #close} have returned. */
    public void finish() throws IOException {
        requireUnfinished();
        writeChunk(true);
        zero();
        out.flush();
    }

    /** Zeroes key and content, and closes what it wrote to. */
    @Override
    public void close() throws IOException {
        zero();
        out.close();
    }

    private void writeHeader() throws IOException {
        byte[] head = header.bytes();
        writeOrGiveUp(head, head.length);
        writeOrGiveUp(key.commit(), BackupKey.COMMIT_BYTES);
    }

    /** Counts before it writes: an index must not be used again, whatever became of the bytes. */
    private void writeChunk(boolean last) throws IOException {
        int length = key.seal(chunks, last, plain, filled, sealed);
        chunks++;
        filled = 0;
        writeOrGiveUp(sealed, length);
    }

    /** What follows half a chunk could never be read. */
    private void writeOrGiveUp(byte[] bytes, int length) throws IOException {
        try {
            out.write(bytes, 0, length);
        } catch (IOException | RuntimeException e) {
            zero();
            throw e;
        }
    }

    private void requireUnfinished() throws IOException {
        if (key.isClosed()) {
            throw new IOException(header.backup() + " was finished, closed or could not be written: begin another one");
        }
    }

    private void zero() {
        key.close();
        Arrays.fill(plain, (byte) 0);
    }
}
