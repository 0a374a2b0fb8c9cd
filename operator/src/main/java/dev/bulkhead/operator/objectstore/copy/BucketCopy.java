package dev.bulkhead.operator.objectstore.copy;

import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.objectstore.S3Buckets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/**
 * Copies a bucket with all versions, delete markers, metadata and tags, the oldest of each key first, and compares both
 * afterwards. Repeatable: what is there already is not copied again. It changes nothing in the source, and nothing in the
 * target but to add what is missing. Policy, keys and settings are not copied: the operator sets them.
 */
final class BucketCopy {
    private static final int PART = 16 << 20;
    private static final int MOST_PARTS = 10_000;
    private static final HexFormat HEX = HexFormat.of();

    private final S3Buckets source;
    private final S3Buckets target;
    private final S3Client from;
    private final S3Client to;
    private final Consumer<String> progress;

    /**
     * From one server to another.
     *
     * @param progress is told after each key what was done
     */
    BucketCopy(StoreSide source, StoreSide target, Consumer<String> progress) {
        this.source = source.buckets();
        this.target = target.buckets();
        this.from = source.s3();
        this.to = target.s3();
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param versions in the source, delete markers among them
     * @param bytes of all versions
     * @param copied versions that were not in the target before
     */
    record CopyResult(String bucket, int keys, int versions, int markers, long bytes, int copied) {}

    /** The target cannot become what the source is; the message says why, and what to do. */
    static final class UncopiedException extends Exception {
        private static final long serialVersionUID = 1;

        UncopiedException(String message) {
            super(message);
        }
    }

    CopyResult copy(String bucket) throws UncopiedException {
        prepare(bucket);
        Map<String, List<StoredVersion>> wanted = StoredVersion.all(from, bucket);
        Map<String, List<StoredVersion>> there = StoredVersion.all(to, bucket);
        int copied = 0;
        int keys = 0;
        for (Map.Entry<String, List<StoredVersion>> key : wanted.entrySet()) {
            copied += copy(bucket, key.getValue(), there.getOrDefault(key.getKey(), List.of()));
            keys++;
            progress.accept(bucket + ": " + keys + " of " + wanted.size() + " keys");
        }
        compare(bucket, StoredVersion.all(from, bucket), StoredVersion.all(to, bucket));
        List<StoredVersion> all = wanted.values().stream().flatMap(List::stream).toList();
        return new CopyResult(
                bucket,
                wanted.size(),
                all.size(),
                (int) all.stream().filter(StoredVersion::marker).count(),
                all.stream().mapToLong(StoredVersion::size).sum(),
                copied);
    }

    /** The bucket is there, carries the same tags, the operator's mark among them, and keeps versions. */
    private void prepare(String bucket) throws UncopiedException {
        Map<String, String> tags = source.tags(bucket);
        if (!tags.containsKey(ObjectStorePlanner.MARK)) {
            throw new UncopiedException("bucket " + bucket + " carries no mark of the operator in the source (tag "
                    + ObjectStorePlanner.MARK + "): it is no tenant's. Nothing was copied of it");
        }
        if (!target.names().contains(bucket)) {
            target.create(bucket, source.objectLock(bucket).isPresent(), null, Map.of());
            target.setTags(bucket, tags);
        } else if (!target.tags(bucket).entrySet().containsAll(tags.entrySet())) {
            throw new UncopiedException(
                    "bucket " + bucket + " is there already and carries other tags: it is not a copy that"
                            + " was begun. Nothing was written to it; remove it, or tag it as the source is");
        }
        if (!target.versioning(bucket)) {
            target.enableVersioning(bucket);
        }
    }

    private int copy(String bucket, List<StoredVersion> wanted, List<StoredVersion> there) throws UncopiedException {
        String key = wanted.getFirst().key();
        for (int i = 0; i < there.size(); i++) {
            if (i >= wanted.size() || !there.get(i).like(wanted.get(i))) {
                throw new UncopiedException("object " + key + " of bucket " + bucket
                        + " has versions in the target that the source has not: somebody wrote there. Suspend the tenant"
                        + " first, and begin with an empty bucket");
            }
        }
        for (StoredVersion version : wanted.subList(there.size(), wanted.size())) {
            if (version.marker()) {
                to.deleteObject(r -> r.bucket(bucket).key(key));
            } else if (version.size() <= PART) {
                whole(bucket, version);
            } else {
                inParts(bucket, version);
            }
        }
        return wanted.size() - there.size();
    }

    private void whole(String bucket, StoredVersion version) throws UncopiedException {
        byte[] bytes = from.getObjectAsBytes(
                        r -> r.bucket(bucket).key(version.key()).versionId(version.id()))
                .asByteArrayUnsafe();
        HeadObjectResponse head = head(bucket, version);
        List<Tag> tags = objectTags(bucket, version);
        PutObjectRequest.Builder request = PutObjectRequest.builder()
                .bucket(bucket)
                .key(version.key())
                .metadata(head.metadata())
                .contentType(head.contentType())
                .contentEncoding(head.contentEncoding())
                .contentDisposition(head.contentDisposition())
                .contentLanguage(head.contentLanguage())
                .cacheControl(head.cacheControl());
        if (!tags.isEmpty()) {
            request.tagging(Tagging.builder().tagSet(tags).build());
        }
        String written =
                to.putObject(request.build(), RequestBody.fromBytes(bytes)).eTag();
        check(bucket, version, HEX.formatHex(md5(bytes)), written);
    }

    private void inParts(String bucket, StoredVersion version) throws UncopiedException {
        HeadObjectResponse head = head(bucket, version);
        List<Tag> tags = objectTags(bucket, version);
        CreateMultipartUploadRequest.Builder request = CreateMultipartUploadRequest.builder()
                .bucket(bucket)
                .key(version.key())
                .metadata(head.metadata())
                .contentType(head.contentType())
                .contentEncoding(head.contentEncoding())
                .contentDisposition(head.contentDisposition())
                .contentLanguage(head.contentLanguage())
                .cacheControl(head.cacheControl());
        if (!tags.isEmpty()) {
            request.tagging(Tagging.builder().tagSet(tags).build());
        }
        String upload = to.createMultipartUpload(request.build()).uploadId();
        try {
            complete(bucket, version, upload);
        } catch (RuntimeException | UncopiedException e) {
            to.abortMultipartUpload(r -> r.bucket(bucket).key(version.key()).uploadId(upload));
            throw e;
        }
    }

    private void complete(String bucket, StoredVersion version, String upload) throws UncopiedException {
        long length = Math.max(PART, (version.size() + MOST_PARTS - 1) / MOST_PARTS);
        List<CompletedPart> parts = new ArrayList<>();
        MessageDigest all = digest();
        for (long at = 0; at < version.size(); at += length) {
            String range = "bytes=" + at + "-" + (Math.min(version.size(), at + length) - 1);
            int number = parts.size() + 1;
            byte[] bytes = from.getObjectAsBytes(r -> r.bucket(bucket)
                            .key(version.key())
                            .versionId(version.id())
                            .range(range))
                    .asByteArrayUnsafe();
            String etag = to.uploadPart(
                            r -> r.bucket(bucket)
                                    .key(version.key())
                                    .uploadId(upload)
                                    .partNumber(number),
                            RequestBody.fromBytes(bytes))
                    .eTag();
            byte[] sum = md5(bytes);
            check(bucket, version, HEX.formatHex(sum), etag);
            all.update(sum);
            parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
        }
        String written = to.completeMultipartUpload(r ->
                        r.bucket(bucket).key(version.key()).uploadId(upload).multipartUpload(m -> m.parts(parts)))
                .eTag();
        check(bucket, version, HEX.formatHex(all.digest()) + "-" + parts.size(), written);
    }

    private HeadObjectResponse head(String bucket, StoredVersion version) {
        return from.headObject(r -> r.bucket(bucket).key(version.key()).versionId(version.id()));
    }

    private List<Tag> objectTags(String bucket, StoredVersion version) {
        return from.getObjectTagging(r -> r.bucket(bucket).key(version.key()).versionId(version.id()))
                .tagSet();
    }

    /** Every server that speaks S3 answers with the MD5 of what it was sent, unless it encrypts with a key of the client's. */
    private static void check(String bucket, StoredVersion version, String sent, String answered)
            throws UncopiedException {
        if (!answered.replace("\"", "").equals(sent)) {
            throw new UncopiedException("object " + version.key() + " of bucket " + bucket
                    + " did not arrive as it was sent: the ETags differ. Try again");
        }
    }

    private static void compare(
            String bucket, Map<String, List<StoredVersion>> source, Map<String, List<StoredVersion>> target)
            throws UncopiedException {
        for (Map.Entry<String, List<StoredVersion>> key : source.entrySet()) {
            List<StoredVersion> there = target.getOrDefault(key.getKey(), List.of());
            boolean same = there.size() == key.getValue().size();
            for (int i = 0; same && i < there.size(); i++) {
                same = there.get(i).like(key.getValue().get(i));
            }
            if (!same) {
                throw new UncopiedException("object " + key.getKey() + " of bucket " + bucket + " has "
                        + key.getValue().size() + " versions in the source and " + there.size()
                        + " in the target, or others: it was written to meanwhile. Suspend the tenant and try again");
            }
        }
        if (!source.keySet().containsAll(target.keySet())) {
            throw new UncopiedException(
                    "bucket " + bucket + " has objects in the target that the source has not: somebody wrote there");
        }
    }

    private static byte[] md5(byte[] bytes) {
        return digest().digest(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("MD5"); // what S3's ETags are
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5", e);
        }
    }
}
