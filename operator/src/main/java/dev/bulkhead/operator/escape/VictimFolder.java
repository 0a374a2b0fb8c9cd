package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import dev.bulkhead.operator.escape.UnclearException.Why;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One folder of a bucket that is in use, in the hands of a key that puts and deletes objects there and erases no version. So
 * what lies there stays for whoever attacks next, also in another process, and an object is put again only where it is not
 * as it was.
 */
final class VictimFolder implements Victim {
    private static final int RANDOM_BYTES = 16;

    /** Servers give up uploads that are unfinished for days. */
    private static final Duration UPLOAD_KEPT = Duration.ofDays(1);

    private final BucketContents contents;
    private final String folder;
    private final Memory memory;
    private final Clock clock;

    /** What is known of it from one attacker to the next. */
    static final class Memory {
        private @Nullable Lying lying;
        private @Nullable OwnUpload upload;
    }

    /** What lies there. */
    private record Lying(VictimPicture picture, String version, String tag, Set<String> secrets) {}

    /** What this process has unfinished there. */
    private record OwnUpload(Upload upload, String part, Instant begun) {}

    /**
     * In the hands of whoever the contents are seen by.
     *
     * @param contents of that folder alone
     * @param folder ends in a slash
     */
    VictimFolder(BucketContents contents, String folder, Memory memory, Clock clock) {
        this.contents = contents;
        this.folder = folder;
        this.memory = memory;
        this.clock = clock;
    }

    @Override
    public void stock() throws IOException, InterruptedException {
        OwnUpload upload = upload();
        Lying before = memory.lying;
        if (before != null && before.picture().equals(look())) {
            return;
        }
        memory.lying = null;
        Map<String, String> objects = new LinkedHashMap<>();
        objects.put(folder + Cast.KEY, lying(Cast.KEY, "second"));
        objects.put(folder + Cast.NUMBER, lying(Cast.NUMBER, "number"));
        objects.put(folder + Cast.FOLDER + "/" + Cast.NUMBER, lying(Cast.FOLDER + "/" + Cast.NUMBER, "number below"));
        objects.put(folder + "quiet", lying("quiet", "quiet"));
        if (!contents.get(folder + Cast.FOLDER + "/", "").ok()) {
            contents.putFolder(folder + Cast.FOLDER); // where a server has such objects
        }
        for (Item item : contents.objects().orElse(List.of())) {
            if (!objects.containsKey(item.key()) && !item.key().endsWith("/")) {
                contents.delete(item.key(), "");
            }
        }
        VictimPicture picture = Witness.still(contents, this::look);
        if (!picture.shows(objects, List.of(upload.part()))) {
            throw contents.unclear(Why.NotSeen, "");
        }
        memory.lying = lying(objects, picture, upload);
    }

    /** Content of an object, which is put where it is not there as it should be. */
    private String lying(String name, String what) throws IOException, InterruptedException {
        String there = contents.get(folder + name, "").body();
        if (there.matches(what + " [0-9a-f]{" + 2 * RANDOM_BYTES + "}")) {
            return there;
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        if (name.equals(Cast.KEY)) {
            put(name, "first " + HexFormat.of().formatHex(random));
        }
        String content = what + " " + HexFormat.of().formatHex(random);
        put(name, content);
        return content;
    }

    private void put(String name, String content) throws IOException, InterruptedException {
        RawAnswer answer = contents.put(folder + name, content);
        if (!answer.ok()) {
            throw contents.unclear(Why.NotWritten, answer.toString());
        }
    }

    private Lying lying(Map<String, String> objects, VictimPicture picture, OwnUpload upload)
            throws IOException, InterruptedException {
        List<Item> items = contents.everything().orElse(List.of());
        String version = "null";
        String tag = "";
        for (Item item : items) {
            boolean current = item.latest() || item.kind().equals("Contents");
            if (current
                    && item.key().equals(folder + Cast.KEY)
                    && !item.version().isEmpty()) {
                version = item.version();
            }
            if (current && item.key().equals(folder + Cast.NUMBER)) {
                tag = item.tag();
            }
        }
        Set<String> secrets = secrets(objects, items);
        secrets.add(upload.upload().id());
        return new Lying(picture, version, tag, secrets);
    }

    /**
     * What only the victim's owner knows of its objects: the random contents, and how the server calls their versions. Of
     * another object, such as an empty folder, everybody knows the ETag.
     *
     * @param objects contents that end in what is random, by key
     * @param items all that lies there
     */
    static Set<String> secrets(Map<String, String> objects, List<Item> items) {
        Set<String> secrets = new TreeSet<>();
        objects.values().forEach(content -> secrets.add(content.substring(content.lastIndexOf(' ') + 1)));
        for (Item item : items) {
            if (objects.containsKey(item.key())) {
                secrets.add(item.tag().replace("\"", ""));
                secrets.add(item.version());
            }
        }
        secrets.removeIf(secret -> secret.length() < SHORTEST_SECRET);
        return secrets;
    }

    /** One for each process: which other ones there are is not looked at, so that two do not disturb each other. */
    private OwnUpload upload() throws IOException, InterruptedException {
        Instant now = clock.instant();
        OwnUpload known = memory.upload;
        if (known != null
                && now.isBefore(known.begun().plus(UPLOAD_KEPT))
                && contents.parts(known.upload()).equals(List.of(known.part()))) {
            return known;
        }
        close();
        for (Upload left : contents.uploads(now.minus(UPLOAD_KEPT.multipliedBy(2)))) {
            contents.abort(left);
        }
        Upload begun = contents.begin(folder + Cast.PARTS);
        RawAnswer answer = contents.part(begun, "part");
        if (!answer.ok()) {
            throw contents.unclear(Why.NotWritten, answer.toString());
        }
        OwnUpload upload = new OwnUpload(begun, "1 " + answer.headers().getOrDefault("etag", ""), now);
        memory.upload = upload;
        memory.lying = null; // it is in the picture
        return upload;
    }

    /** Gives up what this process has unfinished there. */
    void close() throws IOException, InterruptedException {
        OwnUpload upload = memory.upload;
        if (upload != null) {
            contents.abort(upload.upload());
            memory.upload = null;
        }
    }

    @Override
    public Cast cast(AttackersBucket own) {
        Lying lying = there();
        return new Cast(
                own.bucket(),
                own.home(),
                contents.bucket(),
                folder,
                lying.version(),
                own().upload().id(),
                lying.tag());
    }

    @Override
    public Set<String> secrets() {
        return there().secrets();
    }

    @Override
    public List<String> changes() throws IOException, InterruptedException {
        return Witness.changes(there().picture(), this::look);
    }

    private Lying there() {
        return Objects.requireNonNull(memory.lying, "a victim has to be there");
    }

    private OwnUpload own() {
        return Objects.requireNonNull(memory.upload, "a victim has to be there");
    }

    /** Old versions are known by their ETags: whoever changes one makes another. */
    private VictimPicture look() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        try {
            Optional<List<Item>> items = contents.everything();
            if (items.isEmpty()) {
                return new VictimPicture(List.of("no bucket"));
            }
            items.get().forEach(item -> lines.add(item.toString()));
            for (Item item : contents.objects().orElse(List.of())) {
                lines.add(VictimPicture.line(item, contents.get(item.key(), "")));
            }
        } catch (UnclearException e) {
            if (e.why() != Why.ListingUnreadable) {
                throw e;
            }
            lines.add("a listing that cannot be read");
        }
        lines.add(VictimPicture.ownUpload(contents.parts(own().upload())));
        for (Upload unfinished : contents.uploads()) {
            if (!unfinished.key().equals(folder + Cast.PARTS)) {
                lines.add("upload of " + Name.readable(unfinished.key()) + " with parts " + contents.parts(unfinished));
            }
        }
        return new VictimPicture(lines);
    }
}
