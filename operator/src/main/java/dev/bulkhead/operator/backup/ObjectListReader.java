package dev.bulkhead.operator.backup;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.operator.backup.BackupManifest.SavedObjects;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the list of the objects of one backup, as {@link ObjectListWriter} wrote it and as its manifest counts it. One line is
 * held in memory. Whatever was handed out is the beginning of the list, and it is all of it when the end was reached. For one
 * thread.
 */
public final class ObjectListReader implements ObjectSource<SavedObject> {
    private static final JsonMapper JSON = new JsonMapper();

    private final InputStream in;
    private final BackupManifest manifest;
    private final SavedObjects expected;
    private final byte[] line = new byte[ObjectListWriter.MAX_LINE_BYTES];
    private @Nullable String last;
    private long count;
    private long bytes;

    /**
     * Begins to read.
     *
     * @param in what the list's file holds, decrypted; read byte by byte, and his to close who gave it
     * @param manifest of that backup
     * @throws IllegalArgumentException when that backup has no objects
     */
    public ObjectListReader(InputStream in, BackupManifest manifest) {
        if (manifest.objects() == null) {
            throw new IllegalArgumentException(manifest.backup() + " is of a tenant without a bucket");
        }
        this.in = in;
        this.manifest = manifest;
        this.expected = manifest.objects();
    }

    /**
     * The next object.
     *
     * @throws ManifestRefusedException when this is no such list, or not the one that the manifest counts
     */
    @Override
    public @Nullable SavedObject next() throws IOException {
        int length = readLine();
        if (length < 0) {
            requireCounted("objects", count, expected.count());
            requireCounted("bytes of content", bytes, expected.bytes());
            return null;
        }
        SavedObject object = parse(Arrays.copyOf(line, length)).orElseThrow(this::damaged);
        if ((last != null && BackupManifest.byBytes().compare(last, object.key()) >= 0) || !isThere(object)) {
            throw damaged();
        }
        last = object.key();
        count++;
        bytes += object.bytes();
        return object;
    }

    /** Whether the manifest knows the file in which it says it lies. */
    private boolean isThere(SavedObject object) {
        return object.in().equals(manifest.backupId())
                ? object.file() <= expected.contents().size()
                : manifest.needs().contains(object.in());
    }

    private int readLine() throws IOException {
        int length = 0;
        int next = in.read();
        if (next < 0) {
            return -1;
        }
        while (next != '\n') {
            if (next < 0 || length == line.length) {
                throw damaged();
            }
            line[length++] = (byte) next;
            next = in.read();
        }
        return length;
    }

    private static Optional<SavedObject> parse(byte[] line) {
        try {
            SavedObject object = JSON.readValue(line, SavedObject.class);
            return Arrays.equals(ObjectListWriter.line(object), line) ? Optional.of(object) : Optional.empty();
        } catch (IOException | RuntimeException _) {
            return Optional.empty();
        }
    }

    private void requireCounted(String what, long found, long expectedCount) throws ManifestRefusedException {
        if (found != expectedCount) {
            throw new ManifestRefusedException(
                    manifest.backup(), ManifestFault.LIST_DIFFERS, found + " " + what, expectedCount);
        }
    }

    private ManifestRefusedException damaged() {
        return new ManifestRefusedException(manifest.backup(), ManifestFault.LIST_DAMAGED, count + 1);
    }
}
