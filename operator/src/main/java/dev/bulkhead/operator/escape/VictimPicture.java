package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.util.List;
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

    /** What is there that was not, and what is not there any more; empty when nothing happened. */
    List<String> changesTo(VictimPicture now) {
        Set<String> changes = new TreeSet<>();
        lines.stream().filter(line -> !now.lines().contains(line)).forEach(line -> changes.add("gone: " + line));
        now.lines().stream().filter(line -> !lines.contains(line)).forEach(line -> changes.add("new: " + line));
        return List.copyOf(changes);
    }
}
