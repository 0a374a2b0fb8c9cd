package dev.bulkhead.operator.objectstore.copy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/**
 * A version of an object, or the mark of its deletion.
 *
 * @param id the server's name for it
 * @param etag without quotes; empty for a mark
 * @param size in bytes; 0 for a mark
 * @param marker whether it says that the object was deleted
 * @param latest whether it is the newest of its key
 */
record StoredVersion(String key, String id, String etag, long size, boolean marker, boolean latest, Instant modified) {
    private static final String PARTS = "-";

    /** Whether this may be the copy of another: ETags of uploads in parts differ with the parts. */
    boolean like(StoredVersion other) {
        return marker == other.marker
                && size == other.size
                && (etag.equals(other.etag) || etag.contains(PARTS) || other.etag.contains(PARTS));
    }

    /**
     * All of a bucket by key, the oldest first. What was written and deleted within the precision of the server's clock
     * counts as written first; the newest is always the newest.
     */
    static Map<String, List<StoredVersion>> all(S3Client s3, String bucket) {
        Map<String, List<StoredVersion>> found = new TreeMap<>();
        for (ListObjectVersionsResponse page :
                s3.listObjectVersionsPaginator(r -> r.bucket(bucket).encodingType(EncodingType.URL))) {
            page.versions()
                    .forEach(v -> add(
                            found,
                            new StoredVersion(
                                    v.key(),
                                    v.versionId(),
                                    v.eTag().replace("\"", ""),
                                    v.size(),
                                    false,
                                    Boolean.TRUE.equals(v.isLatest()),
                                    v.lastModified())));
            page.deleteMarkers()
                    .forEach(m -> add(
                            found,
                            new StoredVersion(
                                    m.key(),
                                    m.versionId(),
                                    "",
                                    0,
                                    true,
                                    Boolean.TRUE.equals(m.isLatest()),
                                    m.lastModified())));
        }
        found.values().forEach(StoredVersion::oldestFirst);
        return found;
    }

    private static void add(Map<String, List<StoredVersion>> found, StoredVersion version) {
        found.computeIfAbsent(version.key(), _ -> new ArrayList<>()).addFirst(version);
    }

    private static void oldestFirst(List<StoredVersion> versions) {
        versions.sort(Comparator.comparing(StoredVersion::latest)
                .thenComparing(StoredVersion::modified)
                .thenComparing(StoredVersion::marker));
    }
}
