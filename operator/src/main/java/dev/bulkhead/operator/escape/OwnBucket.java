package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A bucket of the attacker's that is there for nothing else, in its own hands. */
final class OwnBucket implements AttackersBucket {
    /** What lies in objects of the attacker's own. */
    static final String CONTENT = "the attacker's own";

    private final BucketContents contents;
    private final String home;

    OwnBucket(BucketContents contents) {
        this(contents, "");
    }

    /**
     * Controls there.
     *
     * @param home before the keys of its own objects
     */
    OwnBucket(BucketContents contents, String home) {
        this.contents = contents;
        this.home = home;
    }

    @Override
    public String bucket() {
        return contents.bucket();
    }

    @Override
    public String home() {
        return home;
    }

    @Override
    public String stock() throws IOException, InterruptedException {
        if (!contents.get(key(Cast.KEY), "").body().equals(CONTENT)) {
            contents.put(key(Cast.KEY), CONTENT);
        }
        for (Upload upload : contents.uploads()) {
            contents.abort(upload);
        }
        return contents.begin(key(Cast.PARTS)).id();
    }

    @Override
    public boolean letsIn() throws IOException, InterruptedException {
        return gets().open();
    }

    /** Deletes whatever came in. */
    @Override
    public List<String> loot(Set<String> secrets) throws IOException, InterruptedException {
        List<String> loot = new ArrayList<>();
        Optional<List<Item>> objects = contents.objects();
        for (Item item : objects.orElse(List.of())) {
            String body = contents.get(item.key(), "").body();
            if (secrets.stream().anyMatch(body::contains)) {
                loot.add("an object of the victim's lies in the attacker's bucket");
            }
            if (!item.key().equals(key(Cast.KEY)) || !body.equals(CONTENT)) {
                contents.delete(item.key(), "");
            }
        }
        return loot;
    }

    @Override
    public FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException {
        return switch (carrier) {
            case KEY_OF_GET, BUCKET_OF_GET -> gets();
            case VERSION_OF_GET -> {
                String version = version(contents.put(key(Cast.KEY), CONTENT));
                yield FrontDoor.of(contents.get(key(Cast.KEY), version));
            }
            case VERSION_OF_DELETE ->
                FrontDoor.of(contents.delete(key("gone"), version(contents.put(key("gone"), CONTENT))));
            case KEY_OF_PUT, BUCKET_OF_PUT -> FrontDoor.of(contents.put(key(Cast.KEY), CONTENT));
            case BUCKET_OF_POLICY ->
                FrontDoor.of(own(NameCarrier.BUCKET_OF_POLICY.carry(asVictim(), Name.of(bucket()))));
            case KEY_OF_DELETE, BUCKET_OF_DELETE -> deletes();
            case KEY_OF_UPLOAD, UPLOAD_OF_ABORT -> FrontDoor.of(contents.abort(contents.begin(key(Cast.PARTS))));
            case COPY_SOURCE, COPY_SOURCE_BUCKET -> copies("");
            case VERSION_OF_COPY -> copies("?versionId=" + version(contents.put(key(Cast.KEY), CONTENT)));
            case KEY_IN_DELETE, VERSION_IN_DELETE -> deletesMany();
            case UPLOAD_OF_PART, UPLOAD_OF_LIST, UPLOAD_OF_PART_COPY, COPY_SOURCE_OF_PART, PART_OF_PUT, PART_MARKER ->
                uploads(carrier == NameCarrier.UPLOAD_OF_PART_COPY || carrier == NameCarrier.COPY_SOURCE_OF_PART);
            case UPLOAD_OF_COMPLETE, UPLOAD_OF_COMPLETE_IN_FOLDER -> completes();
            case PART_OF_GET -> FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "partNumber=1")));
            case PREFIX -> lists("list-type=2&prefix=" + encoded(Cast.KEY));
            case PREFIX_OF_FIRST_LISTING -> lists("delimiter=%2F&prefix=" + encoded(Cast.KEY));
            case START_AFTER -> lists("list-type=2&start-after=" + encoded("b"));
            case MARKER -> lists("marker=" + encoded("b"));
            case CONTINUATION, BUCKET_OF_LIST -> lists("list-type=2");
            case PREFIX_OF_VERSIONS, KEY_MARKER, VERSION_MARKER -> lists("prefix=" + encoded(Cast.KEY) + "&versions=");
            case PREFIX_OF_UPLOADS, KEY_MARKER_OF_UPLOADS, UPLOAD_MARKER -> listsUploads();
            case KEY_OF_FORM -> FrontDoor.of(own(RawRequest.form(bucket(), key("form"), "file.txt", CONTENT)));
            case FILE_OF_FORM -> FrontDoor.of(own(RawRequest.form(bucket(), key("${filename}"), "form", CONTENT)));
            case KEY_OF_PRESIGNED_GET ->
                FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "").presigned()));
            case KEY_OF_PRESIGNED_PUT ->
                FrontDoor.of(own(RawRequest.put(path(Cast.KEY), "", CONTENT).presigned()));
            case KEY_OF_PRESIGNED_DELETE -> {
                contents.put(key("gone"), CONTENT);
                yield FrontDoor.of(own(RawRequest.of("DELETE", path("gone"), "").presigned()));
            }
            case UPLOAD_OF_PRESIGNED_PART -> {
                Upload upload = contents.begin(key(Cast.PARTS));
                yield FrontDoor.of(own(RawRequest.put(path(Cast.PARTS), "partNumber=1&uploadId=" + id(upload), CONTENT)
                        .presigned()));
            }
        };
    }

    private static String version(RawAnswer written) {
        return written.headers().getOrDefault("x-amz-version-id", "null");
    }

    private FrontDoor gets() throws IOException, InterruptedException {
        RawAnswer answer = contents.get(key(Cast.KEY), "");
        return answer.body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was put there");
    }

    private FrontDoor deletes() throws IOException, InterruptedException {
        contents.put(key("gone"), CONTENT);
        RawAnswer answer = contents.delete(key("gone"), "");
        return isGone(answer);
    }

    private FrontDoor deletesMany() throws IOException, InterruptedException {
        contents.put(key("gone"), CONTENT);
        RawRequest delete = NameCarrier.KEY_IN_DELETE.carry(asVictim(), Name.of(key("gone")));
        return isGone(own(delete));
    }

    private FrontDoor isGone(RawAnswer answer) throws IOException, InterruptedException {
        return contents.get(key("gone"), "").status() == 404
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was deleted");
    }

    private FrontDoor copies(String version) throws IOException, InterruptedException {
        RawAnswer answer =
                own(RawRequest.put(path("copy"), "", "").with("x-amz-copy-source", path(Cast.KEY) + version));
        return contents.get(key("copy"), "").body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was copied");
    }

    private FrontDoor uploads(boolean copied) throws IOException, InterruptedException {
        Upload upload = contents.begin(key(Cast.PARTS));
        RawRequest part =
                RawRequest.put(path(Cast.PARTS), "partNumber=1&uploadId=" + id(upload), copied ? "" : CONTENT);
        RawAnswer answer = own(copied ? part.with("x-amz-copy-source", path(Cast.KEY)) : part);
        List<String> parts = contents.parts(upload);
        contents.abort(upload);
        return parts.size() == 1 && parts.getFirst().startsWith("1 ")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("the part");
    }

    private FrontDoor completes() throws IOException, InterruptedException {
        Upload upload = contents.begin(key("completed"));
        RawAnswer part = contents.part(upload, CONTENT);
        RawAnswer answer = own(RawRequest.post(
                path("completed"),
                "uploadId=" + id(upload),
                NameCarrier.complete(
                        "1", Name.of(part.headers().getOrDefault("etag", "")).xml())));
        return contents.get(key("completed"), "").body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("the object");
    }

    private FrontDoor lists(String query) throws IOException, InterruptedException {
        RawAnswer answer = own(RawRequest.of("GET", "/" + bucket(), query));
        return answer.ok() && answer.body().contains("<Key>" + key(Cast.KEY) + "</Key>")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("its own object");
    }

    private FrontDoor listsUploads() throws IOException, InterruptedException {
        Upload upload = contents.begin(key(Cast.PARTS));
        boolean listed = contents.uploads().contains(upload);
        RawAnswer answer = contents.abort(upload);
        return listed ? FrontDoor.OPEN : FrontDoor.of(answer).butNot("its own upload");
    }

    private Cast asVictim() {
        return new Cast(bucket(), bucket(), "", "", "");
    }

    private RawAnswer own(RawRequest request) throws IOException, InterruptedException {
        return contents.s3().heard(request);
    }

    private String path(String key) {
        return "/" + bucket() + "/" + key(key);
    }

    private String key(String key) {
        return home + key;
    }

    private String encoded(String key) {
        return Name.encoded(key(key), true);
    }

    private static String id(Upload upload) {
        return Name.encoded(upload.id(), true);
    }
}
