package dev.bulkhead.operator.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes the list of the objects of one backup: a line of JSON for each, sorted by the bytes of the keys. Nothing but the last
 * one is held in memory. For one thread.
 */
public final class ObjectListWriter {
    static final int MAX_LINE_BYTES = 1 << 14;

    private static final JsonMapper JSON = new JsonMapper();

    private final OutputStream out;
    private final BackupName backup;
    private final SortedSet<String> needs = new TreeSet<>();
    private @Nullable String last;
    private long count;
    private long bytes;

    /**
     * Begins a list.
     *
     * @param out where it goes, encrypted by whoever gave it; it is his to finish and close
     */
    public ObjectListWriter(OutputStream out, BackupName backup) {
        this.out = out;
        this.backup = backup;
    }

    /**
     * Writes the next one.
     *
     * @throws IllegalArgumentException when its key is not after the one before, or it cannot stand in a line
     */
    public void write(SavedObject object) throws IOException {
        if (last != null && BackupManifest.byBytes().compare(last, object.key()) >= 0) {
            throw new IllegalArgumentException("object " + (count + 1) + " of " + backup
                    + " is not after the one before: objects are listed by the bytes of their keys, each once");
        }
        byte[] line = line(object);
        if (line.length > MAX_LINE_BYTES) {
            throw new IllegalArgumentException(
                    "object " + (count + 1) + " of " + backup + " needs a line of more than 16 KiB");
        }
        out.write(line);
        out.write('\n');
        last = object.key();
        count++;
        bytes += object.bytes();
        if (!object.in().equals(backup.id())) {
            needs.add(object.in());
        }
    }

    /** How many were written. */
    public long count() {
        return count;
    }

    /** Their contents together. */
    public long bytes() {
        return bytes;
    }

    /** The other backups in whose files some of them lie, for the manifest. */
    public SortedSet<String> needs() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(needs));
    }

    static byte[] line(SavedObject object) {
        try {
            return JSON.writeValueAsBytes(object);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("half a character cannot stand in a list", e);
        }
    }
}
