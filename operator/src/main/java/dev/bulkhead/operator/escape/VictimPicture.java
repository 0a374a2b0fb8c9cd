package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.escape.BucketContents.Item;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything of a bucket that its owner can see, as lines that differ where it does.
 *
 * @param lines sorted
 */
@Pure
record VictimPicture(List<String> lines) {
    /** Sorts them. */
    VictimPicture {
        lines = List.copyOf(new TreeSet<>(lines));
    }

    /** Of an object, a version or a delete marker, with what its owner gets of it. */
    static String line(Item item, RawAnswer got) {
        return item + " with " + (got.ok() ? hash(got.body()) : got);
    }

    /** Of the upload that its owner left unfinished there. */
    static String ownUpload(List<String> parts) {
        return "the own upload with parts " + parts;
    }

    /** Whether all of it is there to see: these objects with these contents, and those parts of the own upload. */
    boolean shows(Map<String, String> objects, List<String> parts) {
        return lines.contains(ownUpload(parts))
                && objects.entrySet().stream()
                        .allMatch(object -> lines.stream()
                                .anyMatch(line -> line.contains(" of " + object.getKey() + " (")
                                        && line.endsWith(" with " + hash(object.getValue()))));
    }

    /** What is there that was not, and what is not there any more; empty when nothing happened. */
    List<String> changesTo(VictimPicture now) {
        Set<String> changes = new TreeSet<>();
        lines.stream().filter(line -> !now.lines().contains(line)).forEach(line -> changes.add("gone: " + line));
        now.lines().stream().filter(line -> !lines.contains(line)).forEach(line -> changes.add("new: " + line));
        return List.copyOf(changes);
    }

    private static String hash(String body) {
        return Sha256.hex(body).substring(0, 16);
    }
}
