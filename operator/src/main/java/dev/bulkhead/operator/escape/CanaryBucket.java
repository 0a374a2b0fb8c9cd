package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A canary's bucket as the attacker's own, with its own key: nobody's data is in it, so that controls may write, which leaves
 * versions. Of what lies there only that is deleted which attempts and controls put.
 */
final class CanaryBucket implements AttackersBucket {
    private static final String HOME = ".bulkhead/probe/";

    /** Longer objects are none of ours. */
    private static final int LONGEST = 200;

    private final BucketContents contents;
    private final OwnBucket controls;

    /** Sends nothing yet. */
    CanaryBucket(BucketContents contents) {
        this.contents = contents;
        this.controls = new OwnBucket(contents, HOME);
    }

    @Override
    public String bucket() {
        return contents.bucket();
    }

    @Override
    public String home() {
        return HOME;
    }

    @Override
    public String stock() throws IOException, InterruptedException {
        if (!contents.get(HOME + Cast.KEY, "").body().equals(OwnBucket.CONTENT)) {
            contents.put(HOME + Cast.KEY, OwnBucket.CONTENT);
        }
        for (Upload upload : contents.uploads()) {
            if (!isKept(upload.key()) || upload.key().startsWith(HOME)) {
                contents.abort(upload);
            }
        }
        return contents.begin(HOME + Cast.PARTS).id();
    }

    @Override
    public boolean letsIn() throws IOException, InterruptedException {
        return controls.letsIn();
    }

    @Override
    public List<String> loot(Set<String> secrets) throws IOException, InterruptedException {
        List<String> loot = new ArrayList<>();
        Optional<List<Item>> objects = contents.objects();
        for (Item item : objects.orElse(List.of())) {
            if (isKept(item.key())
                    || item.size().length() > String.valueOf(LONGEST).length()) {
                continue;
            }
            String body = contents.get(item.key(), "").body();
            boolean came = secrets.stream().anyMatch(body::contains);
            if (came) {
                loot.add("an object of the victim's lies in the attacker's bucket");
            }
            if (came || body.equals(Cast.WRITTEN) || body.equals(OwnBucket.CONTENT)) {
                contents.delete(item.key(), "");
            }
        }
        return loot;
    }

    @Override
    public FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException {
        return controls.frontDoor(carrier);
    }

    /** What the prober has in the bucket of every tenant, and in a canary's as a victim. */
    private static boolean isKept(String key) {
        return key.startsWith(LentBucket.HOME) || key.startsWith(EscapeTarget.FOLDERS);
    }
}
