package dev.bulkhead.operator.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.backup.ObjectChanges.ObjectChange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectChangesTest {
    private static final Instant THEN = Instant.parse("2026-11-28T09:15:00Z");
    private static final ListedObject OBJECT = new ListedObject("a", "v-1", 10, "e-1", THEN);

    /** All that may differ while the key stays: version, versions switched off, length, ETag, time. */
    static List<ListedObject> different() {
        return List.of(
                new ListedObject("a", "v-2", 10, "e-1", THEN),
                new ListedObject("a", null, 10, "e-1", THEN),
                new ListedObject("a", "v-1", 11, "e-1", THEN),
                new ListedObject("a", "v-1", 10, "e-2", THEN),
                new ListedObject("a", "v-1", 10, "e-1", THEN.plusMillis(1)));
    }

    @ParameterizedTest
    @MethodSource("different")
    void whatever_differs_is_uploaded(ListedObject now) throws IOException {
        assertThat(changes(List.of(saved(OBJECT)), List.of(now))).containsExactly(new ObjectChange.Upload(now, false));
    }

    @Test
    void what_is_as_it_was_keeps_its_line_with_the_backup_in_which_it_lies() throws IOException {
        assertThat(changes(List.of(saved(OBJECT)), List.of(OBJECT)))
                .containsExactly(new ObjectChange.Unchanged(saved(OBJECT)));
        ListedObject unversioned = new ListedObject("a", null, 0, "e-1", THEN);
        assertThat(changes(List.of(saved(unversioned)), List.of(unversioned)))
                .containsExactly(new ObjectChange.Unchanged(saved(unversioned)));
    }

    @Test
    void a_store_that_says_no_etag_is_not_believed_that_nothing_changed() throws IOException {
        ListedObject unnamed = new ListedObject("a", "v-1", 10, "", THEN);
        assertThat(changes(List.of(saved(unnamed)), List.of(unnamed)))
                .containsExactly(new ObjectChange.Upload(unnamed, false));
    }

    @Test
    void a_full_backup_uploads_all_and_an_empty_bucket_keeps_nothing() throws IOException {
        assertThat(changes(List.of(), List.of(OBJECT))).containsExactly(new ObjectChange.Upload(OBJECT, true));
        assertThat(changes(List.of(saved(OBJECT)), List.of())).containsExactly(new ObjectChange.Gone(saved(OBJECT)));
        assertThat(changes(List.of(), List.of())).isEmpty();
    }

    @Test
    void after_the_end_there_is_still_nothing() throws IOException {
        ObjectChanges changes =
                ObjectChanges.between(() -> null, source(List.of(OBJECT).iterator()));
        assertThat(changes.next()).isNotNull();
        assertThat(changes.next()).isNull();
        assertThat(changes.next()).isNull();
    }

    @Test
    void a_listing_that_is_not_sorted_is_no_listing() {
        List<ListedObject> unsorted = List.of(ObjectListTest.object("b", 1, null), ObjectListTest.object("a", 1, null));
        assertThatThrownBy(() -> changes(List.of(), unsorted))
                .isInstanceOf(IOException.class)
                .hasMessage("the listing of the bucket is not sorted by the bytes of its keys at object 2:"
                        + " a backup of it would leave out what it seems to have passed");
        assertThatThrownBy(() -> changes(List.of(saved(OBJECT), saved(OBJECT)), List.of()))
                .hasMessageStartingWith("the list of the last backup is not sorted");
    }

    @Provide
    static Arbitrary<Map<String, Integer>> buckets() {
        return Arbitraries.maps(
                        Arbitraries.of("a", "a/", "a/b", "aa", "b", "\uff5e", "\ud83d\ude00", "\ufffd", "z"),
                        Arbitraries.integers().between(1, 2))
                .ofMaxSize(9);
    }

    @Property(tries = 1000)
    void it_says_of_each_key_what_two_maps_say(
            @ForAll("buckets") Map<String, Integer> before, @ForAll("buckets") Map<String, Integer> after)
            throws IOException {
        Map<String, ObjectChange> expected = new TreeMap<>(BackupManifest.byBytes());
        before.forEach((key, bytes) ->
                expected.put(key, new ObjectChange.Gone(saved(ObjectListTest.object(key, bytes, null)))));
        after.forEach((key, bytes) -> {
            ListedObject object = ObjectListTest.object(key, bytes, null);
            Integer earlier = before.get(key);
            expected.put(
                    key,
                    earlier == null
                            ? new ObjectChange.Upload(object, true)
                            : earlier.equals(bytes)
                                    ? new ObjectChange.Unchanged(saved(object))
                                    : new ObjectChange.Upload(object, false));
        });
        assertThat(changes(sorted(before).stream().map(ObjectChangesTest::saved).toList(), sorted(after)))
                .containsExactlyElementsOf(expected.values());
    }

    /** 100,000 objects, every tenth new, every tenth gone: of neither list more than one is read ahead. */
    @Test
    void neither_list_is_held() throws IOException {
        AtomicInteger listed = new AtomicInteger();
        AtomicInteger found = new AtomicInteger();
        ObjectChanges changes = ObjectChanges.between(
                () -> {
                    ListedObject object = numbered(listed, 0);
                    return object == null ? null : saved(object);
                },
                () -> numbered(found, 5));
        int keys = 0;
        for (ObjectChange change = changes.next(); change != null; change = changes.next()) {
            keys++;
            int seen = keys;
            assertThat(listed).hasValueLessThanOrEqualTo(seen + 2);
            assertThat(found).hasValueLessThanOrEqualTo(seen + 2);
        }
        assertThat(keys).isEqualTo(100_000);
    }

    /** The next of 100,000 whose number does not end with the given digit. */
    private static @Nullable ListedObject numbered(AtomicInteger given, int without) {
        int number = given.getAndIncrement();
        number = number % 10 == without ? given.getAndIncrement() : number;
        return number < 100_000 ? ObjectListTest.object("%06d".formatted(number), 1, null) : null;
    }

    private static List<ListedObject> sorted(Map<String, Integer> bucket) {
        return bucket.keySet().stream()
                .sorted(BackupManifest.byBytes())
                .map(key -> ObjectListTest.object(key, bucket.getOrDefault(key, 0), null))
                .toList();
    }

    private static List<ObjectChange> changes(List<SavedObject> last, List<ListedObject> now) throws IOException {
        ObjectChanges changes = ObjectChanges.between(source(last.iterator()), source(now.iterator()));
        List<ObjectChange> all = new ArrayList<>();
        for (ObjectChange change = changes.next(); change != null; change = changes.next()) {
            all.add(change);
        }
        return all;
    }

    private static <T> ObjectSource<T> source(Iterator<T> objects) {
        return () -> objects.hasNext() ? objects.next() : null;
    }

    private static SavedObject saved(ListedObject object) {
        return SavedObject.of(object, BackupManifestTest.DIGEST, "b-20261126-0200", 1, 0);
    }
}
