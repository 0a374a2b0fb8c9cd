package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Item;
import dev.bulkhead.operator.escape.BucketContents.Upload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The attacker's own bucket, in its own hands: what the same requests do by the front door, and what came in. */
final class OwnBucket {
    private static final String CONTENT = "the attacker's own";

    private final BucketContents contents;

    OwnBucket(BucketContents contents) {
        this.contents = contents;
    }

    String bucket() {
        return contents.bucket();
    }

    /** Has an object of its own there, and an upload of its own, whose id is returned. */
    String stock() throws IOException, InterruptedException {
        if (!contents.get(Cast.KEY, "").body().equals(CONTENT)) {
            contents.put(Cast.KEY, CONTENT);
        }
        for (Upload upload : contents.uploads()) {
            contents.abort(upload);
        }
        return contents.begin(Cast.PARTS).id();
    }

    /** Whether its key still lets in here: of a key that does not, no refusal says anything. */
    boolean letsIn() throws IOException, InterruptedException {
        return gets().open();
    }

    /** What of the victim's is in here now; whatever came in is deleted. */
    List<String> loot(Set<String> secrets) throws IOException, InterruptedException {
        List<String> loot = new ArrayList<>();
        Optional<List<Item>> objects = contents.objects();
        for (Item item : objects.orElse(List.of())) {
            String body = contents.get(item.key(), "").body();
            if (secrets.stream().anyMatch(body::contains)) {
                loot.add("an object of the victim's lies in the attacker's bucket");
            }
            if (!item.key().equals(Cast.KEY) || !body.equals(CONTENT)) {
                contents.delete(item.key(), "");
            }
        }
        return loot;
    }

    /** Whether a request of the kind works here: without that, no refusal of it says anything. */
    FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException {
        return switch (carrier) {
            case KEY_OF_GET, BUCKET_OF_GET -> gets();
            case VERSION_OF_GET -> {
                String version = version(contents.put(Cast.KEY, CONTENT));
                yield FrontDoor.of(contents.get(Cast.KEY, version));
            }
            case VERSION_OF_DELETE -> FrontDoor.of(contents.delete("gone", version(contents.put("gone", CONTENT))));
            case KEY_OF_PUT, BUCKET_OF_PUT -> FrontDoor.of(contents.put(Cast.KEY, CONTENT));
            case BUCKET_OF_POLICY ->
                FrontDoor.of(own(NameCarrier.BUCKET_OF_POLICY.carry(asVictim(), Name.of(bucket()))));
            case KEY_OF_DELETE, BUCKET_OF_DELETE -> deletes();
            case KEY_OF_UPLOAD, UPLOAD_OF_ABORT -> FrontDoor.of(contents.abort(contents.begin(Cast.PARTS)));
            case COPY_SOURCE, COPY_SOURCE_BUCKET -> copies("");
            case VERSION_OF_COPY -> copies("?versionId=" + version(contents.put(Cast.KEY, CONTENT)));
            case KEY_IN_DELETE, VERSION_IN_DELETE -> deletesMany();
            case UPLOAD_OF_PART, UPLOAD_OF_LIST, UPLOAD_OF_PART_COPY, COPY_SOURCE_OF_PART, PART_OF_PUT, PART_MARKER ->
                uploads(carrier == NameCarrier.UPLOAD_OF_PART_COPY || carrier == NameCarrier.COPY_SOURCE_OF_PART);
            case UPLOAD_OF_COMPLETE, UPLOAD_OF_COMPLETE_IN_FOLDER -> completes();
            case PART_OF_GET -> FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "partNumber=1")));
            case PREFIX -> lists("list-type=2&prefix=" + Cast.KEY);
            case PREFIX_OF_FIRST_LISTING -> lists("delimiter=%2F&prefix=" + Cast.KEY);
            case START_AFTER -> lists("list-type=2&start-after=b");
            case MARKER -> lists("marker=b");
            case CONTINUATION, BUCKET_OF_LIST -> lists("list-type=2");
            case PREFIX_OF_VERSIONS, KEY_MARKER, VERSION_MARKER -> lists("prefix=" + Cast.KEY + "&versions=");
            case PREFIX_OF_UPLOADS, KEY_MARKER_OF_UPLOADS, UPLOAD_MARKER -> listsUploads();
            case KEY_OF_FORM -> FrontDoor.of(own(RawRequest.form(bucket(), "form", "file.txt", CONTENT)));
            case FILE_OF_FORM -> FrontDoor.of(own(RawRequest.form(bucket(), "${filename}", "form", CONTENT)));
            case KEY_OF_PRESIGNED_GET ->
                FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "").presigned()));
            case KEY_OF_PRESIGNED_PUT ->
                FrontDoor.of(own(RawRequest.put(path(Cast.KEY), "", CONTENT).presigned()));
            case KEY_OF_PRESIGNED_DELETE -> {
                contents.put("gone", CONTENT);
                yield FrontDoor.of(own(RawRequest.of("DELETE", path("gone"), "").presigned()));
            }
            case UPLOAD_OF_PRESIGNED_PART -> {
                Upload upload = contents.begin(Cast.PARTS);
                yield FrontDoor.of(own(RawRequest.put(path(Cast.PARTS), "partNumber=1&uploadId=" + id(upload), CONTENT)
                        .presigned()));
            }
        };
    }

    private static String version(RawAnswer written) {
        return written.headers().getOrDefault("x-amz-version-id", "null");
    }

    private FrontDoor gets() throws IOException, InterruptedException {
        RawAnswer answer = contents.get(Cast.KEY, "");
        return answer.body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was put there");
    }

    private FrontDoor deletes() throws IOException, InterruptedException {
        contents.put("gone", CONTENT);
        RawAnswer answer = contents.delete("gone", "");
        return isGone(answer);
    }

    private FrontDoor deletesMany() throws IOException, InterruptedException {
        contents.put("gone", CONTENT);
        RawRequest delete = NameCarrier.KEY_IN_DELETE.carry(asVictim(), Name.of("gone"));
        return isGone(own(delete));
    }

    private FrontDoor isGone(RawAnswer answer) throws IOException, InterruptedException {
        return contents.get("gone", "").status() == 404
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was deleted");
    }

    private FrontDoor copies(String version) throws IOException, InterruptedException {
        RawAnswer answer =
                own(RawRequest.put(path("copy"), "", "").with("x-amz-copy-source", path(Cast.KEY) + version));
        return contents.get("copy", "").body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was copied");
    }

    private FrontDoor uploads(boolean copied) throws IOException, InterruptedException {
        Upload upload = contents.begin(Cast.PARTS);
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
        Upload upload = contents.begin("completed");
        RawAnswer part = contents.part(upload, CONTENT);
        RawAnswer answer = own(RawRequest.post(
                path("completed"),
                "uploadId=" + id(upload),
                NameCarrier.complete(
                        "1", Name.of(part.headers().getOrDefault("etag", "")).xml())));
        return contents.get("completed", "").body().equals(CONTENT)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("the object");
    }

    private FrontDoor lists(String query) throws IOException, InterruptedException {
        RawAnswer answer = own(RawRequest.of("GET", "/" + bucket(), query));
        return answer.ok() && answer.body().contains("<Key>" + Cast.KEY + "</Key>")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("its own object");
    }

    private FrontDoor listsUploads() throws IOException, InterruptedException {
        Upload upload = contents.begin(Cast.PARTS);
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
        return "/" + bucket() + "/" + key;
    }

    private static String id(Upload upload) {
        return Name.encoded(upload.id(), true);
    }
}
