package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import dev.bulkhead.operator.escape.UnclearException.Why;
import java.io.IOException;
import java.security.SecureRandom;
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
 * A bucket that is there to be attacked, in its owner's hands: filled, looked at, put back. It holds nothing but what is
 * made here, and everything in it is deleted by that.
 */
final class VictimBucket implements Victim {
    private final BucketContents contents;
    private final BucketSettings settings;
    private @Nullable Stocked stocked;

    /** What was put there. */
    private record Stocked(VictimPicture picture, String version, Upload upload, String tag, Set<String> secrets) {}

    /** In the hands of whoever the contents are seen by. */
    VictimBucket(BucketContents contents, BucketSettings settings) {
        this.contents = contents;
        this.settings = settings;
    }

    /** Makes it as it was, empties it, puts there what can be attacked, and sees that it sees all of that. */
    @Override
    public void stock() throws IOException, InterruptedException {
        settings.putBack();
        contents.empty();
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String token = HexFormat.of().formatHex(random);
        Map<String, String> objects = new LinkedHashMap<>();
        objects.put(Cast.KEY, "second " + token);
        objects.put(Cast.NUMBER, "number " + token);
        objects.put(Cast.FOLDER + "/" + Cast.NUMBER, "number below " + token);
        objects.put("quiet-" + token, "quiet " + token);
        Set<String> secrets = new TreeSet<>(Set.of(token));
        written(contents.put(Cast.KEY, "first " + token), secrets);
        contents.putFolder(Cast.FOLDER); // where a server has such objects
        Map<String, RawAnswer> answers = new LinkedHashMap<>();
        for (Map.Entry<String, String> object : objects.entrySet()) {
            answers.put(object.getKey(), written(contents.put(object.getKey(), object.getValue()), secrets));
        }
        Upload upload = contents.begin(Cast.PARTS);
        String part = header(written(contents.part(upload, "part " + token), secrets), "etag");
        secrets.add(upload.id());
        secrets.removeIf(secret -> secret.length() < Victim.SHORTEST_SECRET);
        VictimPicture picture = Witness.still(contents, () -> look(upload));
        if (!picture.shows(objects, List.of("1 " + part))) {
            throw contents.unclear(Why.NotSeen, "");
        }
        stocked = new Stocked(
                picture,
                version(Objects.requireNonNull(answers.get(Cast.KEY))),
                upload,
                header(Objects.requireNonNull(answers.get(Cast.NUMBER)), "etag"),
                secrets);
    }

    @Override
    public Cast cast(AttackersBucket own) {
        Stocked there = there();
        return new Cast(
                own.bucket(), contents.bucket(), there.version(), there.upload().id(), there.tag());
    }

    @Override
    public Set<String> secrets() {
        return there().secrets();
    }

    @Override
    public List<String> changes() throws IOException, InterruptedException {
        return Witness.changes(there().picture(), () -> look(there().upload()));
    }

    private Stocked there() {
        return Objects.requireNonNull(stocked, "a victim has to be there");
    }

    private VictimPicture look(Upload upload) throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>();
        try {
            Optional<List<Item>> items = contents.everything();
            if (items.isEmpty()) {
                return new VictimPicture(List.of("no bucket"));
            }
            for (Item item : items.get()) {
                lines.add(VictimPicture.line(item, contents.get(item.key(), item.version())));
            }
            for (Item item : contents.objects().orElse(List.of())) {
                lines.add(VictimPicture.line(item, contents.get(item.key(), "")));
            }
        } catch (UnclearException e) {
            if (e.why() != Why.ListingUnreadable) {
                throw e;
            }
            lines.add("a listing that cannot be read");
        }
        lines.add(VictimPicture.ownUpload(contents.parts(upload)));
        for (Upload unfinished : contents.uploads()) {
            lines.add("upload of " + Name.readable(unfinished.key()) + " with parts " + contents.parts(unfinished));
        }
        lines.addAll(settings.lines());
        return new VictimPicture(lines);
    }

    /** What the answer says of what was written only its owner can know. */
    private RawAnswer written(RawAnswer answer, Set<String> secrets) throws UnclearException {
        if (!answer.ok()) {
            throw contents.unclear(Why.NotWritten, answer.toString());
        }
        secrets.add(header(answer, "etag").replace("\"", ""));
        secrets.add(header(answer, "x-amz-version-id"));
        return answer;
    }

    private static String version(RawAnswer answer) {
        return answer.headers().getOrDefault("x-amz-version-id", "null");
    }

    private static String header(RawAnswer answer, String name) {
        return answer.headers().getOrDefault(name, "");
    }
}
