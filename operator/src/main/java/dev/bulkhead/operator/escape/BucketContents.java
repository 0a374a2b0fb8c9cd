package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.ListingXml.Listed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLStreamException;

/** What lies in one bucket, as one key sees it. Keys are one character for each byte. */
final class BucketContents {
    private static final int MOST_PAGES = 50;
    private static final int MOST_PASSES = 3;
    private static final String EMPTY_CHECKSUM = "AAAAAAAAAAA=";

    private final RawS3 s3;
    private final String bucket;

    BucketContents(RawS3 s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    /**
     * An object, a version of one, or a delete marker.
     *
     * @param kind {@code Contents}, {@code Version} or {@code DeleteMarker}
     * @param version empty in a list without versions
     * @param tag ETag with its quotes; empty for a delete marker
     */
    record Item(String kind, String key, String version, boolean latest, String tag, String size) {
        /** In one line that differs where the item does. */
        @Override
        public String toString() {
            return kind.toLowerCase(Locale.ROOT) + " of " + Name.readable(key) + " (" + size + " bytes, version "
                    + version + (latest ? ", the latest" : "") + ", " + tag + ")";
        }
    }

    /** An upload that is unfinished. */
    record Upload(String key, String id) {}

    String bucket() {
        return bucket;
    }

    RawS3 s3() {
        return s3;
    }

    /** All versions, or all objects where the server does not list versions to this key; empty where there is no such bucket. */
    Optional<List<Item>> everything() throws IOException, InterruptedException {
        RawAnswer first = list("versions=");
        if (first.status() == 404) {
            return Optional.empty();
        }
        return first.ok() ? Optional.of(versions(first)) : objects();
    }

    private List<Item> versions(RawAnswer first) throws IOException, InterruptedException {
        List<Item> items = new ArrayList<>();
        RawAnswer page = first;
        for (int n = 0; n < MOST_PAGES; n++) {
            for (Listed entry : entries(page, Set.of("Version", "DeleteMarker"))) {
                items.add(item(entry, page));
            }
            if (!first(page, "IsTruncated").equals("true")) {
                break;
            }
            page = listed("key-marker=" + Name.encoded(key(first(page, "NextKeyMarker"), page), true)
                    + "&version-id-marker=" + Name.encoded(first(page, "NextVersionIdMarker"), true) + "&versions=");
        }
        return items;
    }

    /** All objects; empty where there is no such bucket. */
    Optional<List<Item>> objects() throws IOException, InterruptedException {
        List<Item> items = new ArrayList<>();
        RawAnswer page = list("list-type=2");
        if (page.status() == 404) {
            return Optional.empty();
        }
        for (int n = 0; n < MOST_PAGES; n++) {
            for (Listed entry : entries(page, Set.of("Contents"))) {
                items.add(item(entry, page));
            }
            if (!first(page, "IsTruncated").equals("true")) {
                break;
            }
            page = listed(
                    "continuation-token=" + Name.encoded(first(page, "NextContinuationToken"), true) + "&list-type=2");
        }
        return Optional.of(items);
    }

    List<Upload> uploads() throws IOException, InterruptedException {
        RawAnswer answer = list("uploads=");
        if (!answer.ok()) {
            return List.of();
        }
        List<Upload> uploads = new ArrayList<>();
        for (Listed entry : entries(answer, Set.of("Upload"))) {
            uploads.add(new Upload(key(entry.value("Key"), answer), entry.value("UploadId")));
        }
        return uploads;
    }

    /** ETags of the parts of an upload, with their quotes. */
    List<String> parts(Upload upload) throws IOException, InterruptedException {
        RawAnswer answer =
                s3.send(RawRequest.of("GET", path(upload.key()), "uploadId=" + Name.encoded(upload.id(), true)));
        if (!answer.ok()) {
            return List.of(answer.toString());
        }
        return entries(answer, Set.of("Part")).stream()
                .map(part -> part.value("PartNumber") + " " + part.value("ETag"))
                .toList();
    }

    RawAnswer get(String key, String version) throws IOException, InterruptedException {
        return s3.send(
                RawRequest.of("GET", path(key), version.isEmpty() ? "" : "versionId=" + Name.encoded(version, true)));
    }

    /** What a setting of the bucket says, such as {@code policy}. */
    RawAnswer setting(String setting) throws IOException, InterruptedException {
        return s3.send(RawRequest.of("GET", "/" + bucket, setting + "="));
    }

    RawAnswer put(String key, String content) throws IOException, InterruptedException {
        return s3.send(RawRequest.put(path(key), "", content));
    }

    /** An object that is a folder, as consoles make them: empty, with a checksum. */
    RawAnswer putFolder(String name) throws IOException, InterruptedException {
        return s3.send(RawRequest.put(path(name + "/"), "", "").with("x-amz-checksum-crc64nvme", EMPTY_CHECKSUM));
    }

    RawAnswer delete(String key, String version) throws IOException, InterruptedException {
        return s3.send(RawRequest.of(
                "DELETE", path(key), version.isEmpty() ? "" : "versionId=" + Name.encoded(version, true)));
    }

    /**
     * Begins an upload.
     *
     * @throws IOException when the server does not begin one
     */
    Upload begin(String key) throws IOException, InterruptedException {
        RawAnswer answer = s3.send(RawRequest.post(path(key), "uploads=", ""));
        String id = answer.ok() ? first(answer, "UploadId") : "";
        if (id.isEmpty()) {
            throw new IOException("an upload could not be begun: " + answer);
        }
        return new Upload(key, id);
    }

    RawAnswer part(Upload upload, String content) throws IOException, InterruptedException {
        return s3.send(RawRequest.put(
                path(upload.key()), "partNumber=1&uploadId=" + Name.encoded(upload.id(), true), content));
    }

    RawAnswer abort(Upload upload) throws IOException, InterruptedException {
        return s3.send(RawRequest.of("DELETE", path(upload.key()), "uploadId=" + Name.encoded(upload.id(), true)));
    }

    /**
     * Deletes every version and aborts every upload, as far as this key may. What a delete brings to light is deleted, too.
     *
     * @return what is left
     */
    List<Item> empty() throws IOException, InterruptedException {
        for (Upload upload : uploads()) {
            abort(upload);
        }
        List<Item> left = everything().orElse(List.of());
        for (int again = 0; again < MOST_PASSES && !left.isEmpty(); again++) {
            for (Item item : left) {
                delete(item.key(), item.version());
            }
            left = everything().orElse(List.of());
        }
        return left;
    }

    /** Removes the bucket; a server does that only to an empty one. */
    void remove() throws IOException, InterruptedException {
        s3.send(RawRequest.of("DELETE", "/" + bucket, ""));
    }

    private String path(String key) {
        return "/" + bucket + "/" + Name.encoded(key, false);
    }

    private RawAnswer list(String query) throws IOException, InterruptedException {
        RawAnswer answer = s3.send(RawRequest.of("GET", "/" + bucket, "encoding-type=url&" + query));
        if (answer.status() == 0) {
            throw new IOException("the server gives no answer to a listing");
        }
        return answer;
    }

    private RawAnswer listed(String query) throws IOException, InterruptedException {
        RawAnswer answer = list(query);
        if (!answer.ok()) {
            throw new IOException("a listing cannot be read to its end: " + answer);
        }
        return answer;
    }

    private static Item item(Listed entry, RawAnswer answer) throws IOException {
        return new Item(
                entry.element(),
                key(entry.value("Key"), answer),
                entry.value("VersionId"),
                entry.value("IsLatest").equals("true"),
                entry.value("ETag"),
                entry.value("Size"));
    }

    private static String key(String listed, RawAnswer answer) throws IOException {
        return first(answer, "EncodingType").equals("url")
                ? Name.decoded(listed.replace('+', ' '))
                : new String(listed.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static List<Listed> entries(RawAnswer answer, Set<String> elements) throws IOException {
        try {
            return ListingXml.entries(answer.body(), elements);
        } catch (XMLStreamException e) {
            throw new UnreadableListingException();
        }
    }

    private static String first(RawAnswer answer, String element) throws IOException {
        try {
            return ListingXml.first(answer.body(), element).orElse("");
        } catch (XMLStreamException e) {
            throw new UnreadableListingException();
        }
    }
}
