package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an increment has to do for each object: the last backup's list beside the bucket's, both once and side by side, one
 * object of each in memory. For one thread.
 */
@Pure
public final class ObjectChanges implements ObjectSource<ObjectChanges.ObjectChange> {
    private final Sorted<SavedObject> last;
    private final Sorted<ListedObject> now;

    private ObjectChanges(Sorted<SavedObject> last, Sorted<ListedObject> now) {
        this.last = last;
        this.now = now;
    }

    /** What is to be done for one object. */
    public sealed interface ObjectChange {
        /** It is as it was: the line is taken over, and no byte is moved. */
        record Unchanged(SavedObject saved) implements ObjectChange {}

        /**
         * It has to be saved.
         *
         * @param isNew whether there was none of that key in the last backup
         */
        record Upload(ListedObject object, boolean isNew) implements ObjectChange {}

        /** It is not there any more, and does not stand in the new list. */
        record Gone(SavedObject saved) implements ObjectChange {}
    }

    /**
     * Compares.
     *
     * @param last the list of the backup to build upon; an empty one for a full backup
     * @param now what lies in the bucket
     */
    public static ObjectChanges between(ObjectSource<SavedObject> last, ObjectSource<ListedObject> now) {
        return new ObjectChanges(
                new Sorted<>("the list of the last backup", last, SavedObject::key),
                new Sorted<>("the listing of the bucket", now, ListedObject::key));
    }

    /**
     * What is to be done for the next object, by the bytes of the keys; null when there is none left.
     *
     * @throws IOException when one of both cannot be read, or is not sorted: a key that is passed over would count as gone
     */
    @Override
    public @Nullable ObjectChange next() throws IOException {
        SavedObject saved = last.peek();
        ListedObject object = now.peek();
        if (object == null) {
            last.pass();
            return saved == null ? null : new ObjectChange.Gone(saved);
        }
        int order = saved == null ? 1 : BackupManifest.byBytes().compare(saved.key(), object.key());
        if (saved == null || order > 0) {
            now.pass();
            return new ObjectChange.Upload(object, true);
        }
        last.pass();
        if (order < 0) {
            return new ObjectChange.Gone(saved);
        }
        now.pass();
        return object.isUnchanged(saved.object())
                ? new ObjectChange.Unchanged(saved)
                : new ObjectChange.Upload(object, false);
    }

    /** One of both, with a look at what comes. */
    private static final class Sorted<T> {
        private final String what;
        private final ObjectSource<T> source;
        private final Function<T, String> key;
        private @Nullable T head;
        private @Nullable String before;
        private long count;
        private boolean ended;

        private Sorted(String what, ObjectSource<T> source, Function<T, String> key) {
            this.what = what;
            this.source = source;
            this.key = key;
        }

        @Nullable
        T peek() throws IOException {
            if (head != null || ended) {
                return head;
            }
            T next = source.next();
            if (next == null) {
                ended = true;
                return null;
            }
            count++;
            if (before != null && BackupManifest.byBytes().compare(before, key.apply(next)) >= 0) {
                throw new IOException(what + " is not sorted by the bytes of its keys at object " + count
                        + ": a backup of it would leave out what it seems to have passed");
            }
            before = key.apply(next);
            head = next;
            return next;
        }

        void pass() {
            head = null;
        }
    }
}
