package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.escape.ListingXml.Listed;
import dev.bulkhead.operator.escape.UnclearException.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import javax.xml.stream.XMLStreamException;

/**
 * What lies in one bucket, as one key sees it. Keys are one character for each byte. Whoever asks gets the whole answer, or
 * an {@link UnclearException}: a listing that is refused, or cut off, is none.
 */
final class BucketContents {
    private static final int MOST_PAGES = 50;
    private static final int MOST_PASSES = 3;
    private static final String EMPTY_CHECKSUM = "AAAAAAAAAAA=";

    private final RawS3 s3;
    private final String bucket;
    private final String prefix;

    BucketContents(RawS3 s3, String bucket) {
        this(s3, bucket, "");
    }

    /**
     * Of one part of a bucket.
     *
     * @param prefix of the keys that are listed
     */
    BucketContents(RawS3 s3, String bucket, String prefix) {
        this.s3 = s3;
        this.bucket = bucket;
        this.prefix = prefix;
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

    /** Where the next page of a listing begins, and what a server has to say for that. */
    private enum Paging {
        VERSIONS("versions=", "NextKeyMarker", "key-marker", "NextVersionIdMarker", "version-id-marker"),
        OBJECTS("list-type=2", "", "", "NextContinuationToken", "continuation-token"),
        UPLOADS("uploads=", "NextKeyMarker", "key-marker", "NextUploadIdMarker", "upload-id-marker");

        private final String query;
        private final String nextKey;
        private final String keyMarker;
        private final String nextId;
        private final String idMarker;

        Paging(String query, String nextKey, String keyMarker, String nextId, String idMarker) {
            this.query = query;
            this.nextKey = nextKey;
            this.keyMarker = keyMarker;
            this.nextId = nextId;
            this.idMarker = idMarker;
        }

        String first() {
            return query;
        }

        /** In the order of the alphabet, as a signature wants it. */
        String after(ListingXml page) {
            List<String> parts = new ArrayList<>(List.of(query));
            if (!nextKey.isEmpty()) {
                parts.add(keyMarker + "=" + Name.encoded(key(page.value(nextKey), page), true));
            }
            if (!page.value(nextId).isEmpty()) {
                parts.add(idMarker + "=" + Name.encoded(page.value(nextId), true));
            }
            return String.join("&", parts.stream().sorted().toList());
        }
    }

    String bucket() {
        return bucket;
    }

    RawS3 s3() {
        return s3;
    }

    /** All versions, or all objects where the server does not list versions to this key; empty where there is no such bucket. */
    Optional<List<Item>> everything() throws IOException, InterruptedException {
        RawAnswer first = list(Paging.VERSIONS.first());
        if (first.noBucket()) {
            return Optional.empty();
        }
        boolean notToUs = first.notImplemented() || first.shutOut();
        return notToUs
                ? objects()
                : Optional.of(items(pages(first, Paging.VERSIONS, Set.of("Version", "DeleteMarker"))));
    }

    /** All objects; empty where there is no such bucket. */
    Optional<List<Item>> objects() throws IOException, InterruptedException {
        RawAnswer first = list(Paging.OBJECTS.first());
        return first.noBucket()
                ? Optional.empty()
                : Optional.of(items(pages(first, Paging.OBJECTS, Set.of("Contents"))));
    }

    /** None also where there is no such bucket, or the server lists none to anybody. */
    List<Upload> uploads() throws IOException, InterruptedException {
        return uploadsWith(_ -> true);
    }

    private List<Upload> uploadsWith(Predicate<Listed> wanted) throws IOException, InterruptedException {
        RawAnswer first = list(Paging.UPLOADS.first());
        if (first.noBucket() || first.notImplemented()) {
            return List.of();
        }
        List<Upload> uploads = new ArrayList<>();
        for (ListingXml page : pages(first, Paging.UPLOADS, Set.of("Upload"))) {
            for (Listed entry : page.entries().stream().filter(wanted).toList()) {
                uploads.add(new Upload(key(entry.value("Key"), page), entry.value("UploadId")));
            }
        }
        return uploads;
    }

    /** Those that were begun before then. */
    List<Upload> uploads(Instant before) throws IOException, InterruptedException {
        return uploadsWith(entry -> begun(entry).isBefore(before));
    }

    /** A server that does not say when has not begun it long ago. */
    private static Instant begun(Listed upload) {
        try {
            return OffsetDateTime.parse(upload.value("Initiated")).toInstant();
        } catch (DateTimeParseException e) {
            return Instant.MAX;
        }
    }

    /** Number and ETag, with its quotes, of each part of an upload; what was answered instead, where there is no such upload. */
    List<String> parts(Upload upload) throws IOException, InterruptedException {
        RawAnswer answer =
                s3.heard(RawRequest.of("GET", path(upload.key()), "uploadId=" + Name.encoded(upload.id(), true)));
        if (!answer.ok()) {
            return List.of(answer.toString());
        }
        ListingXml parts = read(answer, Set.of("Part"));
        if (parts.value("IsTruncated").equals("true")) {
            throw unclear(Why.ListingCut, "parts of an upload");
        }
        return parts.entries().stream()
                .map(part -> part.value("PartNumber") + " " + part.value("ETag"))
                .toList();
    }

    private List<ListingXml> pages(RawAnswer first, Paging paging, Set<String> elements)
            throws IOException, InterruptedException {
        List<ListingXml> pages = new ArrayList<>();
        RawAnswer answer = first;
        String asked = "";
        for (int n = 0; n < MOST_PAGES; n++) {
            if (!answer.ok()) {
                throw unclear(Why.ListingRefused, answer.toString());
            }
            ListingXml page = read(answer, elements);
            pages.add(page);
            if (!page.value("IsTruncated").equals("true")) {
                return pages;
            }
            String next = paging.after(page);
            if (next.equals(asked) || next.equals(paging.first())) {
                break;
            }
            asked = next;
            answer = list(next);
        }
        throw unclear(Why.ListingCut, paging.first());
    }

    RawAnswer get(String key, String version) throws IOException, InterruptedException {
        return s3.heard(
                RawRequest.of("GET", path(key), version.isEmpty() ? "" : "versionId=" + Name.encoded(version, true)));
    }

    /** What a setting of the bucket says, such as {@code policy}. */
    RawAnswer setting(String setting) throws IOException, InterruptedException {
        return s3.heard(RawRequest.of("GET", "/" + bucket, setting + "="));
    }

    RawAnswer put(String key, String content) throws IOException, InterruptedException {
        return s3.heard(RawRequest.put(path(key), "", content));
    }

    /** An object that is a folder, as consoles make them: empty, with a checksum. */
    RawAnswer putFolder(String name) throws IOException, InterruptedException {
        return s3.heard(RawRequest.put(path(name + "/"), "", "").with("x-amz-checksum-crc64nvme", EMPTY_CHECKSUM));
    }

    RawAnswer delete(String key, String version) throws IOException, InterruptedException {
        return s3.ask(RawRequest.of(
                "DELETE", path(key), version.isEmpty() ? "" : "versionId=" + Name.encoded(version, true)));
    }

    /**
     * Begins an upload.
     *
     * @throws UnclearException when the server does not begin one
     */
    Upload begin(String key) throws IOException, InterruptedException {
        RawAnswer answer = s3.heard(RawRequest.post(path(key), "uploads=", ""));
        String id = answer.ok() ? read(answer, Set.of()).value("UploadId") : "";
        if (id.isEmpty()) {
            throw unclear(Why.NotWritten, "no upload begins, " + answer);
        }
        return new Upload(key, id);
    }

    RawAnswer part(Upload upload, String content) throws IOException, InterruptedException {
        return s3.heard(RawRequest.put(
                path(upload.key()), "partNumber=1&uploadId=" + Name.encoded(upload.id(), true), content));
    }

    RawAnswer abort(Upload upload) throws IOException, InterruptedException {
        return s3.ask(RawRequest.of("DELETE", path(upload.key()), "uploadId=" + Name.encoded(upload.id(), true)));
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
        s3.ask(RawRequest.of("DELETE", "/" + bucket, ""));
    }

    UnclearException unclear(Why why, String detail) {
        return new UnclearException(why, "bucket " + bucket, detail);
    }

    private String path(String key) {
        return "/" + bucket + "/" + Name.encoded(key, false);
    }

    private RawAnswer list(String query) throws IOException, InterruptedException {
        String within = prefix.isEmpty() ? "" : "&prefix=" + Name.encoded(prefix, true);
        return s3.heard(RawRequest.of("GET", "/" + bucket, "encoding-type=url&" + query + within));
    }

    private static List<Item> items(List<ListingXml> pages) {
        List<Item> items = new ArrayList<>();
        for (ListingXml page : pages) {
            for (Listed entry : page.entries()) {
                items.add(new Item(
                        entry.element(),
                        key(entry.value("Key"), page),
                        entry.value("VersionId"),
                        entry.value("IsLatest").equals("true"),
                        entry.value("ETag"),
                        entry.value("Size")));
            }
        }
        return items;
    }

    private static String key(String listed, ListingXml page) {
        return page.value("EncodingType").equals("url")
                ? Name.decoded(listed.replace('+', ' '))
                : new String(listed.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** A page that somebody in between answers with 200 is no empty listing. */
    private ListingXml read(RawAnswer answer, Set<String> elements) throws IOException {
        try {
            ListingXml read = ListingXml.read(answer.body(), elements);
            if (read.root().endsWith("Result")) {
                return read;
            }
        } catch (XMLStreamException e) {
            // Said below: what stands in it is the server's.
        }
        throw unclear(Why.ListingUnreadable, "");
    }
}
