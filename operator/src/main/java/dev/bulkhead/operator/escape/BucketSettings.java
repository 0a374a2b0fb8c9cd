package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.UnclearException.Why;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What of a bucket can be set and would let somebody in, in its owner's hands: looked at, and put back. */
final class BucketSettings implements EscapeTrial.PutBack {
    private static final List<String> SETTINGS = List.of("policy", "acl", "versioning", "tagging", "cors", "lifecycle");

    private final BucketContents contents;
    private final EscapeSuite.BucketMaking making;
    private @Nullable List<String> asMade;

    BucketSettings(BucketContents contents, EscapeSuite.BucketMaking making) {
        this.contents = contents;
        this.making = making;
    }

    /** One line each. */
    List<String> lines() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        for (String setting : SETTINGS) {
            RawAnswer answer = contents.setting(setting);
            lines.add(setting + " " + (answer.ok() ? Sha256.hex(answer.body()) : answer));
        }
        return lines;
    }

    /**
     * Has them as they were when this was first called, and the bucket with them where it is gone.
     *
     * @throws UnclearException when they stay changed
     */
    @Override
    public void putBack() throws IOException, InterruptedException {
        boolean gone = contents.everything().isEmpty();
        if (!gone && (asMade == null || asMade.equals(lines()))) {
            asMade = asMade == null ? lines() : asMade;
            return;
        }
        making.make();
        List<String> now = lines();
        if (asMade != null && !asMade.equals(now)) {
            throw contents.unclear(Why.NotPutBack, "");
        }
        asMade = now;
    }
}
