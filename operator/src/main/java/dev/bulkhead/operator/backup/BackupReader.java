package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.secret.BackupRoot;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads one backup, as {@link BackupWriter} wrote it. Nothing is handed out before its chunk was found authentic and in its
 * place, and the end is reported only after the last chunk was read and nothing followed it. So whatever was handed out is
 * the beginning of what was written, and it is all of it when the end was reached: whoever uses it before that must be able
 * to take it back. One chunk is held in memory, whatever the length. For one thread.
 */
public final class BackupReader extends InputStream {
    private static final int SEALED_BYTES = BackupHeader.CHUNK_BYTES + BackupKey.TAG_BYTES;

    private final InputStream in;
    private final BackupHeader header;
    private final BackupKey key;
    /** A chunk, and one byte more to see whether it is the last. */
    private final byte[] sealed = new byte[SEALED_BYTES + 1];

    private final byte[] plain = new byte[BackupHeader.CHUNK_BYTES];
    /** How much of the next chunk was read to see that there is one. */
    private int ahead;

    private long chunks;
    private int position;
    private int limit;
    private boolean ended;

    private BackupReader(InputStream in, BackupHeader header, BackupKey key) {
        this.in = in;
        this.header = header;
        this.key = key;
    }

    /** What opens a tenant's backups, such as his key ring. */
    @FunctionalInterface
    public interface Roots {
        /**
         * What opens the files with a salt; empty when the tenant key is not there. It is closed by whoever asked.
         *
         * @param tkVersion version of the tenant key
         */
        Optional<BackupRoot> root(int tkVersion, byte[] salt);
    }

    /**
     * Opens a backup. Decrypts nothing yet.
     *
     * @param in where it lies; closed with this, and left open when this throws
     * @param wanted no other backup is opened
     * @param roots where the tenant's keys are
     * @throws BackupRefusedException when this is not that backup, or not made with that key
     */
    public static BackupReader open(InputStream in, BackupName wanted, Roots roots) throws IOException {
        BackupHeader header = BackupHeader.read(in, wanted);
        byte[] commit = BackupHeader.exactly(BackupKey.COMMIT_BYTES, in, wanted);
        BackupKey key;
        try (BackupRoot root = roots.root(header.tkVersion(), header.saltBytes())
                .orElseThrow(() ->
                        new BackupRefusedException(wanted, BackupFault.UNKNOWN_KEY_VERSION, header.tkVersion()))) {
            key = new BackupKey(root, header);
        }
        if (!key.isCommittedBy(commit)) {
            key.close();
            throw new BackupRefusedException(wanted, BackupFault.OTHER_KEY, header.tkVersion());
        }
        return new BackupReader(in, header, key);
    }

    /** What stands in the file's header. Authentic once anything was read, or the end was reached. */
    public BackupHeader header() {
        return header;
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? plain[position++] & 0xff : -1;
    }

    /**
     * Reads from one chunk at a time.
     *
     * @throws BackupRefusedException when the file goes on otherwise than it was written
     */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int read = Math.min(length, limit - position);
        System.arraycopy(plain, position, bytes, offset, read);
        position += read;
        return read;
    }

    /** Zeroes key and content, and closes what it read from. */
    @Override
    public void close() throws IOException {
        zero();
        ended = false;
        in.close();
    }

    private boolean hasMore() throws IOException {
        while (position == limit) {
            if (ended) {
                return false;
            }
            if (key.isClosed()) {
                throw new IOException(header.backup() + " was closed, or could not be read before: open it again");
            }
            readChunk();
        }
        return true;
    }

    private void readChunk() throws IOException {
        try {
            int filled = ahead + in.readNBytes(sealed, ahead, sealed.length - ahead);
            boolean last = filled <= SEALED_BYTES;
            limit = opened(Math.min(filled, SEALED_BYTES), last);
            position = 0;
            ended = last;
        } catch (IOException | RuntimeException e) {
            zero();
            throw e;
        }
        sealed[0] = sealed[SEALED_BYTES];
        ahead = 1;
        chunks++;
        if (ended) {
            key.close();
        }
    }

    private int opened(int length, boolean last) throws BackupRefusedException {
        if (length < BackupKey.TAG_BYTES) {
            throw new BackupRefusedException(header.backup(), BackupFault.UNFINISHED);
        }
        boolean needless = length == BackupKey.TAG_BYTES && chunks > 0;
        int opened = needless ? -1 : key.open(chunks, last, sealed, length, plain);
        if (opened < 0) {
            throw key.open(chunks, !last, sealed, length, plain) < 0
                    ? new BackupRefusedException(header.backup(), BackupFault.DAMAGED, chunks)
                    : new BackupRefusedException(
                            header.backup(), last ? BackupFault.UNFINISHED : BackupFault.CONTINUED);
        }
        return opened;
    }

    private void zero() {
        key.close();
        Arrays.fill(plain, (byte) 0);
        position = 0;
        limit = 0;
    }
}
