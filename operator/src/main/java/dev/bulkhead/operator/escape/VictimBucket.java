package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A bucket that is there to be attacked, in its owner's hands: filled, looked at, put back. It holds nothing but what is
 * made here, and everything in it is deleted by that.
 */
final class VictimBucket {
    /** What of a bucket can be set and would let somebody in. */
    private static final List<String> SETTINGS = List.of("policy", "acl", "versioning", "tagging", "cors", "lifecycle");

    /** Shorter texts would be met by chance. */
    private static final int SHORTEST_SECRET = 12;

    private static final int MOST_LOOKS = 5;

    private final BucketContents contents;
    private final Runnable remake;
    private @Nullable Stocked stocked;

    /** What was put there. */
    private record Stocked(VictimPicture picture, String version, String upload, String tag, Set<String> secrets) {}

    /**
     * In the hands of whoever the contents are seen by.
     *
     * @param remake makes the bucket anew with all its settings, where it is gone
     */
    VictimBucket(BucketContents contents, Runnable remake) {
        this.contents = contents;
        this.remake = remake;
    }

    /**
     * Empties it, makes it where it is gone, and puts there what can be attacked.
     *
     * @throws IOException when the owner itself cannot
     */
    void stock() throws IOException, InterruptedException {
        if (contents.everything().isEmpty()) {
            remake.run();
        }
        contents.empty();
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        Set<String> secrets = new TreeSet<>(Set.of(token));
        written(contents.put(Cast.KEY, "first " + token), secrets);
        String version = written(contents.put(Cast.KEY, "second " + token), secrets)
                .headers()
                .getOrDefault("x-amz-version-id", "null");
        String tag = written(contents.put(Cast.NUMBER, "number " + token), secrets)
                .headers()
                .getOrDefault("etag", "");
        contents.putFolder(Cast.FOLDER); // where a server has such objects
        written(contents.put(Cast.FOLDER + "/" + Cast.NUMBER, "number " + token), secrets);
        written(contents.put("quiet-" + token, "quiet " + token), secrets);
        Upload upload = contents.begin(Cast.PARTS);
        written(contents.part(upload, "part " + token), secrets);
        secrets.add(upload.id());
        secrets.removeIf(secret -> secret.length() < SHORTEST_SECRET);
        stocked = new Stocked(still(), version, upload.id(), tag, secrets);
    }

    /** A picture that changes while nobody does anything is no witness. */
    private VictimPicture still() throws IOException, InterruptedException {
        VictimPicture picture = look();
        for (int again = 0; again < MOST_LOOKS; again++) {
            VictimPicture next = look();
            if (next.equals(picture)) {
                return picture;
            }
            picture = next;
        }
        throw new IOException("a bucket does not hold still while nobody writes to it");
    }

    String bucket() {
        return contents.bucket();
    }

    void empty() throws IOException, InterruptedException {
        contents.empty();
    }

    void remove() throws IOException, InterruptedException {
        contents.remove();
    }

    /** Who plays which part, with an attacker who has that bucket. */
    Cast cast(String own) {
        Stocked there = there();
        return new Cast(own, contents.bucket(), there.version(), there.upload(), there.tag());
    }

    /** What nobody but its owner can know, so that whoever says it has been told. */
    Set<String> secrets() {
        return there().secrets();
    }

    /** What changed since it was filled. */
    List<String> changes() throws IOException, InterruptedException {
        return there().picture().changesTo(look());
    }

    private Stocked there() {
        return Objects.requireNonNull(stocked, "a victim has to be there");
    }

    private VictimPicture look() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        try {
            Optional<List<Item>> items = contents.everything();
            if (items.isEmpty()) {
                return new VictimPicture(List.of("no bucket"));
            }
            for (Item item : items.get()) {
                lines.add(item + " with " + hash(contents.get(item.key(), item.version())));
            }
            for (Item item : contents.objects().orElse(List.of())) {
                lines.add(item + " with " + hash(contents.get(item.key(), "")));
            }
        } catch (UnreadableListingException e) {
            lines.add("a listing that cannot be read");
        }
        for (Upload upload : contents.uploads()) {
            lines.add("upload of " + upload.key() + " with parts " + contents.parts(upload));
        }
        for (String setting : SETTINGS) {
            RawAnswer answer = contents.setting(setting);
            lines.add(setting + " " + (answer.ok() ? hash(answer) : answer));
        }
        return new VictimPicture(lines);
    }

    private static String hash(RawAnswer answer) {
        if (!answer.ok()) {
            return answer.toString();
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(answer.body().getBytes(StandardCharsets.ISO_8859_1));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** What the answer says of what was written only its owner can know. */
    private static RawAnswer written(RawAnswer answer, Set<String> secrets) throws IOException {
        if (!answer.ok()) {
            throw new IOException("its owner cannot write to a bucket: " + answer);
        }
        secrets.add(answer.headers().getOrDefault("etag", "").replace("\"", ""));
        secrets.add(answer.headers().getOrDefault("x-amz-version-id", ""));
        return answer;
    }
}
