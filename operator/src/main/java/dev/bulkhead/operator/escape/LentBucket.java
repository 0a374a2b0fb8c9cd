package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.BucketContents.Upload;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A tenant's bucket, which is in use: seen is what lies below {@link #HOME}, and controls leave nothing there, for their
 * holder cannot erase a version. What would write carries a reason not to: a server that lets it through says so.
 */
final class LentBucket implements AttackersBucket {
    /** Where the prober's permanent object is. */
    static final String HOME = ".bulkhead/";

    private static final String CONTENT = "bulkhead canary\n";
    /** An ETag that no object has. */
    static final String ANOTHER_TAG = "\"00000000000000000000000000000000\"";

    private static final int PRECONDITION_FAILED = 412;

    private final BucketContents contents;
    private String content = "";
    private String upload = "";

    /**
     * Sends nothing yet.
     *
     * @param contents below {@link #HOME} alone
     */
    LentBucket(BucketContents contents) {
        this.contents = contents;
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
        RawAnswer there = contents.get(HOME + Cast.KEY, "");
        content = there.ok() ? there.body() : CONTENT;
        if (there.status() == 404) {
            contents.put(HOME + Cast.KEY, CONTENT);
        }
        close();
        upload = contents.begin(HOME + Cast.PARTS).id();
        return upload;
    }

    /** Gives up what kills left unfinished here before then. */
    void giveUp(Instant before) throws IOException, InterruptedException {
        for (Upload left : contents.uploads(before)) {
            if (left.key().equals(HOME + Cast.PARTS)) {
                contents.abort(left);
            }
        }
    }

    /** Gives up the upload. */
    void close() throws IOException, InterruptedException {
        if (!upload.isEmpty()) {
            contents.abort(new Upload(HOME + Cast.PARTS, upload));
            upload = "";
        }
    }

    @Override
    public boolean letsIn() throws IOException, InterruptedException {
        return gets().open();
    }

    /** Attempts name no other objects of its own to write to. */
    @Override
    public List<String> loot(Set<String> secrets) throws IOException, InterruptedException {
        List<String> loot = new ArrayList<>();
        RawAnswer came = contents.get(HOME + Cast.PARTS, "");
        if (came.ok()) {
            if (secrets.stream().anyMatch(came.body()::contains)) {
                loot.add("an object of the victim's lies in the attacker's bucket");
            }
            contents.delete(HOME + Cast.PARTS, "");
        }
        return loot;
    }

    @Override
    public FrontDoor frontDoor(NameCarrier carrier) throws IOException, InterruptedException {
        return switch (carrier) {
            case KEY_OF_GET, BUCKET_OF_GET -> gets();
            case KEY_OF_PRESIGNED_GET ->
                FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "").presigned()));
            case VERSION_OF_GET ->
                FrontDoor.of(contents.get(
                        HOME + Cast.KEY,
                        contents.get(HOME + Cast.KEY, "").headers().getOrDefault("x-amz-version-id", "null")));
            case PART_OF_GET -> FrontDoor.of(own(RawRequest.of("GET", path(Cast.KEY), "partNumber=1")));
            case BUCKET_OF_PUT ->
                conditional(RawRequest.put(path(Cast.KEY), "", content).with("if-none-match", "*"));
            case BUCKET_OF_DELETE ->
                conditional(RawRequest.of("DELETE", path(Cast.KEY), "").with("if-match", ANOTHER_TAG));
            case KEY_IN_DELETE -> deletesMany();
            case UPLOAD_OF_PART, UPLOAD_OF_LIST, UPLOAD_OF_ABORT, PART_OF_PUT -> uploads(false, false);
            case UPLOAD_OF_PART_COPY, COPY_SOURCE_OF_PART -> uploads(true, false);
            case UPLOAD_OF_PRESIGNED_PART -> uploads(false, true);
            case UPLOAD_OF_COMPLETE, UPLOAD_OF_COMPLETE_IN_FOLDER -> completes();
            case PREFIX, BUCKET_OF_LIST -> lists("list-type=2&prefix=");
            case PREFIX_OF_FIRST_LISTING -> lists("delimiter=%2F&prefix=");
            case PREFIX_OF_VERSIONS -> lists("versions=&prefix=");
            case PREFIX_OF_UPLOADS -> listsUploads();
            case KEY_OF_PUT,
                    KEY_OF_DELETE,
                    KEY_OF_UPLOAD,
                    COPY_SOURCE,
                    COPY_SOURCE_BUCKET,
                    VERSION_IN_DELETE,
                    VERSION_OF_DELETE,
                    VERSION_OF_COPY,
                    PART_MARKER,
                    MARKER,
                    START_AFTER,
                    CONTINUATION,
                    KEY_MARKER,
                    VERSION_MARKER,
                    KEY_MARKER_OF_UPLOADS,
                    UPLOAD_MARKER,
                    KEY_OF_FORM,
                    FILE_OF_FORM,
                    KEY_OF_PRESIGNED_PUT,
                    KEY_OF_PRESIGNED_DELETE,
                    BUCKET_OF_POLICY ->
                throw new IllegalArgumentException("no control of it leaves nothing: " + carrier.text());
        };
    }

    private FrontDoor gets() throws IOException, InterruptedException {
        RawAnswer answer = contents.get(HOME + Cast.KEY, "");
        return answer.ok() && answer.body().equals(content)
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("what was put there");
    }

    private FrontDoor conditional(RawRequest request) throws IOException, InterruptedException {
        RawAnswer answer = own(request);
        return answer.status() == PRECONDITION_FAILED ? FrontDoor.OPEN : FrontDoor.of(answer);
    }

    /** Of an object that is not there, and only if it were another: servers that go by that leave no delete marker. */
    private FrontDoor deletesMany() throws IOException, InterruptedException {
        RawAnswer answer = own(NameCarrier.deleteIf(
                "/" + bucket(),
                Name.of(HOME + "gone").xml(),
                Name.of(ANOTHER_TAG).xml()));
        return answer.ok() && answer.body().contains("AccessDenied")
                ? FrontDoor.of(answer).butNot("the right to it")
                : FrontDoor.of(answer);
    }

    private FrontDoor uploads(boolean copied, boolean presigned) throws IOException, InterruptedException {
        Upload begun = contents.begin(HOME + Cast.PARTS);
        RawRequest part = RawRequest.put(path(Cast.PARTS), "partNumber=1&uploadId=" + id(begun), copied ? "" : content);
        if (copied) {
            part = part.with("x-amz-copy-source", path(Cast.KEY));
        }
        RawAnswer answer = own(presigned ? part.presigned() : part);
        List<String> parts = contents.parts(begun);
        RawAnswer aborted = contents.abort(begun);
        if (!aborted.ok()) {
            return FrontDoor.of(aborted);
        }
        return parts.size() == 1 && parts.getFirst().startsWith("1 ")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("the part");
    }

    /** Of a part that was never sent, beside one that was: a server that finds the upload misses it. */
    private FrontDoor completes() throws IOException, InterruptedException {
        Upload begun = contents.begin(HOME + Cast.PARTS);
        contents.part(begun, content);
        RawAnswer answer = own(RawRequest.post(
                path(Cast.PARTS),
                "uploadId=" + id(begun),
                NameCarrier.complete("2", Name.of(ANOTHER_TAG).xml())));
        contents.abort(begun);
        return answer.code().equals("InvalidPart")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("the upload");
    }

    private FrontDoor lists(String query) throws IOException, InterruptedException {
        RawAnswer answer = own(RawRequest.of("GET", "/" + bucket(), query + Name.encoded(HOME + Cast.KEY, true)));
        return answer.ok() && answer.body().contains("<Key>" + HOME + Cast.KEY + "</Key>")
                ? FrontDoor.OPEN
                : FrontDoor.of(answer).butNot("its own object");
    }

    private FrontDoor listsUploads() throws IOException, InterruptedException {
        Upload begun = contents.begin(HOME + Cast.PARTS);
        boolean listed = contents.uploads().contains(begun);
        RawAnswer answer = contents.abort(begun);
        return listed ? FrontDoor.OPEN : FrontDoor.of(answer).butNot("its own upload");
    }

    private RawAnswer own(RawRequest request) throws IOException, InterruptedException {
        return contents.s3().heard(request);
    }

    private String path(String key) {
        return "/" + bucket() + "/" + HOME + key;
    }

    private static String id(Upload upload) {
        return Name.encoded(upload.id(), true);
    }
}
