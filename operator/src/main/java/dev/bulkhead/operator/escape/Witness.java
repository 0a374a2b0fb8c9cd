package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.UnclearException.Why;
import java.io.IOException;
import java.util.List;

/** Looks at a victim more than once: a single look may be of a server that answers before all of it knows. */
final class Witness {
    private static final int MOST_LOOKS = 5;

    private Witness() {}

    /** Takes a picture. */
    interface Picturing {
        VictimPicture take() throws IOException, InterruptedException;
    }

    /**
     * A picture that two looks in a row agree on.
     *
     * @throws UnclearException when there is none: what changes while nobody does anything is no witness
     */
    static VictimPicture still(BucketContents of, Picturing look) throws IOException, InterruptedException {
        VictimPicture picture = look.take();
        for (int again = 0; again < MOST_LOOKS; again++) {
            VictimPicture next = look.take();
            if (next.equals(picture)) {
                return picture;
            }
            picture = next;
        }
        throw of.unclear(Why.Restless, "");
    }

    /** What changed, seen by two looks. */
    static List<String> changes(VictimPicture before, Picturing look) throws IOException, InterruptedException {
        List<String> changes = before.changesTo(look.take());
        if (changes.isEmpty()) {
            return changes;
        }
        List<String> again = before.changesTo(look.take());
        return changes.stream().filter(again::contains).toList();
    }
}
