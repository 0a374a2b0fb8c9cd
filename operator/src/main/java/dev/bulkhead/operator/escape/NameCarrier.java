package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/** The names that a request to one's own bucket carries. */
@Pure
enum NameCarrier {
    KEY_OF_GET("key in the path of a GET", Route.KEY, (cast, name) -> RawRequest.of("GET", object(cast, name), "")),
    KEY_OF_PUT(
            "key in the path of a PUT",
            Route.KEY,
            (cast, name) -> RawRequest.put(object(cast, name), "", Cast.WRITTEN)),
    KEY_OF_DELETE(
            "key in the path of a DELETE", Route.KEY, (cast, name) -> RawRequest.of("DELETE", object(cast, name), "")),
    KEY_OF_UPLOAD(
            "key in the path of a new upload",
            Route.KEY,
            (cast, name) -> RawRequest.post(object(cast, name), "uploads=", "")),
    COPY_SOURCE(
            "copy source",
            Route.KEY,
            (cast, name) -> RawRequest.put(own(cast, "copy"), "", "")
                    .with("x-amz-copy-source", "/" + cast.own() + "/" + name.url())),
    COPY_SOURCE_OF_PART(
            "copy source of a part",
            Route.KEY,
            (cast, name) -> RawRequest.put(own(cast, Cast.PARTS), "partNumber=1&uploadId=" + Cast.OWN_UPLOAD, "")
                    .with("x-amz-copy-source", "/" + cast.own() + "/" + name.url())),
    COPY_SOURCE_BUCKET(
            "bucket of a copy source",
            Route.BUCKET,
            (cast, name) -> RawRequest.put(own(cast, "copy"), "", "")
                    .with("x-amz-copy-source", name.url() + "/" + cast.folder() + Cast.KEY)),
    KEY_IN_DELETE(
            "key in a DeleteObjects body", Route.KEY, (cast, name) -> delete(cast, "<Key>" + name.xml() + "</Key>")),
    VERSION_IN_DELETE(
            "version id in a DeleteObjects body",
            Route.VERSION,
            (cast, name) ->
                    delete(cast, "<Key>" + cast.ownKey(Cast.KEY) + "</Key><VersionId>" + name.xml() + "</VersionId>")),
    UPLOAD_OF_PART(
            "upload id of UploadPart",
            Route.UPLOAD,
            (cast, name) -> RawRequest.put(
                    own(cast, Cast.PARTS), "partNumber=" + Cast.NUMBER + "&uploadId=" + name.url(), Cast.WRITTEN)),
    UPLOAD_OF_PART_COPY(
            "upload id of UploadPartCopy",
            Route.UPLOAD,
            (cast, name) -> RawRequest.put(
                            own(cast, Cast.PARTS), "partNumber=" + Cast.NUMBER + "&uploadId=" + name.url(), "")
                    .with("x-amz-copy-source", own(cast, Cast.KEY))),
    UPLOAD_OF_LIST(
            "upload id of ListParts",
            Route.UPLOAD,
            (cast, name) -> RawRequest.of("GET", own(cast, Cast.PARTS), "uploadId=" + name.url())),
    UPLOAD_OF_COMPLETE(
            "upload id of CompleteMultipartUpload",
            Route.UPLOAD,
            (cast, name) -> RawRequest.post(
                    own(cast, Cast.PARTS),
                    "uploadId=" + name.url(),
                    complete(Cast.NUMBER, Name.of(cast.tag()).xml()))),
    UPLOAD_OF_COMPLETE_IN_FOLDER(
            "upload id of CompleteMultipartUpload, on a folder",
            Route.UPLOAD_FOLDER,
            (cast, name) -> UPLOAD_OF_COMPLETE.carry(cast, name)),
    UPLOAD_OF_ABORT(
            "upload id of AbortMultipartUpload",
            Route.UPLOAD,
            (cast, name) -> RawRequest.of("DELETE", own(cast, Cast.PARTS), "uploadId=" + name.url())),
    VERSION_OF_GET(
            "version id of a GET",
            Route.VERSION,
            (cast, name) -> RawRequest.of("GET", own(cast, Cast.KEY), "versionId=" + name.url())),
    VERSION_OF_DELETE(
            "version id of a DELETE",
            Route.VERSION,
            (cast, name) -> RawRequest.of("DELETE", own(cast, Cast.KEY), "versionId=" + name.url())),
    VERSION_OF_COPY(
            "version id of a copy source",
            Route.VERSION,
            (cast, name) -> RawRequest.put(own(cast, "copy"), "", "")
                    .with("x-amz-copy-source", own(cast, Cast.KEY) + "?versionId=" + name.url())),
    PART_OF_PUT(
            "part number of UploadPart",
            Route.PART,
            (cast, name) -> RawRequest.put(
                    own(cast, Cast.PARTS), "partNumber=" + name.url() + "&uploadId=" + Cast.OWN_UPLOAD, Cast.WRITTEN)),
    PART_OF_GET(
            "part number of a GET",
            Route.PART,
            (cast, name) -> RawRequest.of("GET", own(cast, Cast.KEY), "partNumber=" + name.url())),
    PART_MARKER(
            "part number marker of ListParts",
            Route.PART,
            (cast, name) -> RawRequest.of(
                    "GET", own(cast, Cast.PARTS), "part-number-marker=" + name.url() + "&uploadId=" + Cast.OWN_UPLOAD)),
    PREFIX("prefix of a listing", Route.FOLDER, (cast, name) -> list(cast, "list-type=2&prefix=" + name.url())),
    PREFIX_OF_FIRST_LISTING(
            "prefix of a listing of version 1, with a delimiter",
            Route.FOLDER,
            (cast, name) -> list(cast, "delimiter=%2F&prefix=" + name.url())),
    PREFIX_OF_VERSIONS(
            "prefix of a listing of versions",
            Route.FOLDER,
            (cast, name) -> list(cast, "prefix=" + name.url() + "&versions=")),
    PREFIX_OF_UPLOADS(
            "prefix of a listing of uploads",
            Route.FOLDER,
            (cast, name) -> list(cast, "prefix=" + name.url() + "&uploads=")),
    MARKER("marker", Route.FOLDER, (cast, name) -> list(cast, "marker=" + name.url())),
    START_AFTER("start-after", Route.FOLDER, (cast, name) -> list(cast, "list-type=2&start-after=" + name.url())),
    CONTINUATION(
            "continuation token",
            Route.FOLDER,
            (cast, name) -> list(cast, "continuation-token=" + name.url() + "&list-type=2")),
    KEY_MARKER(
            "key marker of a listing of versions",
            Route.FOLDER,
            (cast, name) -> list(cast, "key-marker=" + name.url() + "&versions=")),
    VERSION_MARKER(
            "version id marker",
            Route.VERSION,
            (cast, name) -> list(
                    cast,
                    "key-marker=" + encoded(cast.ownKey(Cast.KEY)) + "&version-id-marker=" + name.url()
                            + "&versions=")),
    KEY_MARKER_OF_UPLOADS(
            "key marker of a listing of uploads",
            Route.FOLDER,
            (cast, name) -> list(cast, "key-marker=" + name.url() + "&uploads=")),
    UPLOAD_MARKER(
            "upload id marker",
            Route.UPLOAD,
            (cast, name) -> list(
                    cast,
                    "key-marker=" + encoded(cast.ownKey(Cast.PARTS)) + "&upload-id-marker=" + name.url()
                            + "&uploads=")),
    KEY_OF_FORM(
            "key of a POST form",
            Route.KEY,
            (cast, name) -> RawRequest.form(cast.own(), name.bytes(), "file.txt", Cast.WRITTEN)),
    FILE_OF_FORM(
            "file name of a POST form",
            Route.KEY,
            (cast, name) -> RawRequest.form(cast.own(), "${filename}", name.bytes(), Cast.WRITTEN)),
    KEY_OF_PRESIGNED_GET(
            "key of a presigned GET",
            Route.KEY,
            (cast, name) -> KEY_OF_GET.carry(cast, name).presigned()),
    KEY_OF_PRESIGNED_PUT(
            "key of a presigned PUT",
            Route.KEY,
            (cast, name) -> KEY_OF_PUT.carry(cast, name).presigned()),
    KEY_OF_PRESIGNED_DELETE(
            "key of a presigned DELETE",
            Route.KEY,
            (cast, name) -> KEY_OF_DELETE.carry(cast, name).presigned()),
    UPLOAD_OF_PRESIGNED_PART(
            "upload id of a presigned UploadPart",
            Route.UPLOAD,
            (cast, name) -> UPLOAD_OF_PART.carry(cast, name).presigned()),
    BUCKET_OF_LIST(
            "bucket of a listing",
            Route.BUCKET,
            (cast, name) -> RawRequest.of(
                    "GET",
                    "/" + name.url(),
                    cast.folder().isEmpty() ? "list-type=2" : "list-type=2&prefix=" + encoded(cast.folder()))),
    BUCKET_OF_GET(
            "bucket in the path of a GET",
            Route.BUCKET,
            (cast, name) -> RawRequest.of("GET", "/" + name.url() + "/" + cast.folder() + Cast.KEY, "")),
    BUCKET_OF_PUT(
            "bucket in the path of a PUT",
            Route.BUCKET,
            (cast, name) -> RawRequest.put("/" + name.url() + "/" + cast.folder() + Cast.KEY, "", Cast.WRITTEN)),
    BUCKET_OF_DELETE(
            "bucket in the path of a DELETE",
            Route.BUCKET,
            (cast, name) -> RawRequest.of("DELETE", "/" + name.url() + "/" + cast.folder() + Cast.KEY, "")),
    BUCKET_OF_POLICY(
            "bucket of a policy",
            Route.BUCKET,
            (cast, name) -> RawRequest.put("/" + name.url(), "policy=", policy(cast.victim())));

    private final String text;
    private final Route route;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Carrying carrying;

    NameCarrier(String text, Route route, Carrying carrying) {
        this.text = text;
        this.route = route;
        this.carrying = carrying;
    }

    /** Puts a name into a request. */
    private interface Carrying {
        RawRequest with(Cast cast, Name name);
    }

    /** For people: what carries the name. */
    String text() {
        return text;
    }

    Route route() {
        return route;
    }

    /** The request. */
    RawRequest carry(Cast cast, Name name) {
        return carrying.with(cast, name);
    }

    /**
     * Where a name of some kind would have to lead, and from how deep.
     *
     * <p>How deep nobody knows of a server that is not known; so many levels as servers were seen to have are tried with
     * every spelling, all up to six with the plain one.
     */
    enum Route {
        /** From a key to an object. */
        KEY(1, 1, 3, Cast.INSIDE),
        /** From a key to a folder. */
        FOLDER(1, 1, 3, Cast.INSIDE),
        /** From an upload id, which is a folder somewhere, to a bucket. */
        UPLOAD(2, 4, 6, Cast.INSIDE),
        /** From an upload id to a folder in a bucket: servers keep checksums of objects that are folders. */
        UPLOAD_FOLDER(4, 4, 6, Cast.INSIDE),
        /** From a version id, which is a file somewhere, to an object. */
        VERSION(1, 1, 6, Cast.INSIDE),
        /** From a part number, which is a file in an upload's folder, to an object. */
        PART(1, 1, 6, Cast.INSIDE),
        /** From a bucket to its neighbour. */
        BUCKET(0, 1, 2, "");

        private final int shallow;
        private final int usual;
        private final int deepest;
        private final String inside;

        Route(int shallow, int usual, int deepest, String inside) {
            this.shallow = shallow;
            this.usual = usual;
            this.deepest = deepest;
            this.inside = inside;
        }

        List<Integer> levels(Spelling spelling) {
            return spelling == Spelling.PLAIN
                    ? IntStream.rangeClosed(Math.min(shallow, 1), deepest)
                            .boxed()
                            .toList()
                    : IntStream.of(shallow, usual).distinct().boxed().toList();
        }

        /** The name. */
        Name name(Cast cast, Spelling spelling, int up) {
            if (spelling == Spelling.AS_THE_VICTIM_HAS_IT) {
                return Name.of(this == UPLOAD ? cast.upload() : cast.version());
            }
            String rest = switch (this) {
                case KEY, VERSION, PART -> "/" + Cast.KEY;
                case FOLDER, UPLOAD_FOLDER -> "/" + Cast.FOLDER;
                case UPLOAD, BUCKET -> "";
            };
            String from = inside.isEmpty() ? cast.own() : inside;
            return new Name(
                    spelling.write(from, up, this == BUCKET ? cast.victim() : cast.place(), rest), spelling.verbatim());
        }

        /** Whether the victim has such a name of its own. */
        boolean isId() {
            return this == UPLOAD || this == VERSION;
        }
    }

    private static String own(Cast cast, String key) {
        return "/" + cast.own() + "/" + cast.ownKey(key);
    }

    private static String object(Cast cast, Name name) {
        return "/" + cast.own() + "/" + name.url();
    }

    private static RawRequest list(Cast cast, String query) {
        return RawRequest.of("GET", "/" + cast.own(), query);
    }

    private static String encoded(String key) {
        return Name.encoded(key, true);
    }

    /** One that a server takes and that takes nothing from anybody: untagging is no part of any attempt. */
    private static String policy(String bucket) {
        return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"Written\",\"Effect\":\"Deny\",\"Principal\":\"*\","
                + "\"Action\":\"s3:DeleteObjectTagging\",\"Resource\":\"arn:aws:s3:::" + bucket + "/*\"}]}";
    }

    private static RawRequest delete(Cast cast, String object) {
        return delete("/" + cast.own(), object);
    }

    private static RawRequest delete(String bucket, String object) {
        String body = "<Delete><Object>" + object + "</Object></Delete>";
        return RawRequest.post(bucket, "delete=", body).with("content-md5", md5(body));
    }

    /** A DeleteObjects of one object, only if it has that ETag. */
    static RawRequest deleteIf(String bucket, String key, String tag) {
        return delete(bucket, "<Key>" + key + "</Key><ETag>" + tag + "</ETag>");
    }

    /** The body that makes one object of one part. */
    static String complete(String part, String tag) {
        return "<CompleteMultipartUpload><Part><PartNumber>" + part + "</PartNumber><ETag>" + tag
                + "</ETag></Part></CompleteMultipartUpload>";
    }

    private static String md5(String body) {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("MD5").digest(body.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has MD5", e);
        }
    }
}
