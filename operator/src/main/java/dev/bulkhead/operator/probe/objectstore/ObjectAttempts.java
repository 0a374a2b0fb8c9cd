package dev.bulkhead.operator.probe.objectstore;

import static dev.bulkhead.operator.probe.objectstore.ObjectAttempt.of;
import static dev.bulkhead.operator.probe.objectstore.ObjectAttempt.weakness;

import dev.bulkhead.operator.probe.objectstore.ObjectAttempt.AttemptPlace;
import dev.bulkhead.operator.probe.objectstore.ObjectAttempt.Request;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * What is tried.
 *
 * <p>What writes is made such that a server that lets it through still does nothing: an object is put only where there is
 * none, deleted only if it is another one, copied only if it has changed; a policy is no policy, an ACL is the closed one,
 * a setting is what it is. So neither a hole nor a kill leaves anything, not even a version of an object that the tenant
 * could not remove; an upload that a kill left unfinished is aborted by the next round.
 */
final class ObjectAttempts {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectAttempts.class);

    /** The permanent object, the same in every bucket. */
    static final String CANARY = ".bulkhead/canary";

    /** Where uploads are unfinished for an instant. */
    static final String PREFIX = ".bulkhead/probe/";

    /** What is in the permanent object. */
    static final String CONTENT = "bulkhead canary\n";

    private static final String ANOTHER_TAG = "\"00000000000000000000000000000000\"";
    private static final String NO_VERSION = "00000000000000000000000000";

    private static final Request LIST = Request.read(
            "ListObjectsV2",
            (s3, at) -> s3.listObjectsV2(r -> r.bucket(at.bucket()).maxKeys(1)));
    private static final Request GET = Request.read(
                    "GetObject",
                    (s3, at) -> s3.getObjectAsBytes(r -> r.bucket(at.bucket()).key(CANARY)))
            .onCanary();
    private static final Request HEAD = Request.read(
                    "HeadObject",
                    (s3, at) -> s3.headObject(r -> r.bucket(at.bucket()).key(CANARY)))
            .onCanary();
    private static final Request PUT = Request.write(
            "PutObject",
            (s3, at) -> s3.putObject(
                    r -> r.bucket(at.bucket()).key(CANARY).ifNoneMatch("*"), RequestBody.fromString(CONTENT)));
    private static final Request DELETE = Request.write(
            "DeleteObject",
            (s3, at) -> s3.deleteObject(r -> r.bucket(at.bucket()).key(CANARY).ifMatch(ANOTHER_TAG)));
    private static final Request COPY_OUT = Request.write(
                    "CopyObject",
                    (s3, at) -> s3.copyObject(r -> r.sourceBucket(at.bucket())
                            .sourceKey(CANARY)
                            .copySourceIfNoneMatch(at.tag())
                            .destinationBucket(at.own())
                            .destinationKey(PREFIX + "copy")))
            .onCanary();
    private static final Request COPY_INTO = Request.write(
            "CopyObject",
            (s3, at) -> s3.copyObject(r -> r.sourceBucket(at.own())
                    .sourceKey(CANARY)
                    .copySourceIfNoneMatch(at.ownTag())
                    .destinationBucket(at.bucket())
                    .destinationKey(PREFIX + "copy")));
    private static final Request COPY_PART =
            Request.write("UploadPartCopy", ObjectAttempts::copyPart).onCanary();
    private static final Request UPLOAD = Request.write(
            "CreateMultipartUpload", (s3, at) -> abort(s3, at.bucket(), begin(s3, at.bucket(), "upload"), "upload"));
    private static final Request UPLOADS = Request.read(
            "ListMultipartUploads",
            (s3, at) -> s3.listMultipartUploads(r -> r.bucket(at.bucket()).prefix(PREFIX)));
    private static final Request LOCATION =
            Request.read("GetBucketLocation", (s3, at) -> s3.getBucketLocation(r -> r.bucket(at.bucket())));
    private static final Request VERSIONS = Request.read(
            "ListObjectVersions",
            (s3, at) -> s3.listObjectVersions(r -> r.bucket(at.bucket()).maxKeys(1)));
    private static final Request DELETE_VERSION = Request.write(
            "DeleteObjectVersion",
            (s3, at) -> s3.deleteObject(r -> r.bucket(at.bucket()).key(CANARY).versionId(NO_VERSION)));
    private static final Request GET_POLICY =
            Request.read("GetBucketPolicy", (s3, at) -> s3.getBucketPolicy(r -> r.bucket(at.bucket())));
    private static final Request PUT_POLICY = Request.write(
            "PutBucketPolicy",
            (s3, at) -> s3.putBucketPolicy(r -> r.bucket(at.bucket()).policy("{}")));
    private static final Request GET_ACL =
            Request.read("GetBucketAcl", (s3, at) -> s3.getBucketAcl(r -> r.bucket(at.bucket())));
    private static final Request PUT_ACL = Request.write(
            "PutBucketAcl",
            (s3, at) -> s3.putBucketAcl(r -> r.bucket(at.bucket()).acl(BucketCannedACL.PRIVATE)));
    private static final Request GET_OBJECT_ACL = Request.read(
                    "GetObjectAcl",
                    (s3, at) -> s3.getObjectAcl(r -> r.bucket(at.bucket()).key(CANARY)))
            .onCanary();
    private static final Request GET_PUBLIC_ACCESS =
            Request.read("GetPublicAccessBlock", (s3, at) -> s3.getPublicAccessBlock(r -> r.bucket(at.bucket())));
    private static final Request PUT_PUBLIC_ACCESS = Request.write(
            "PutPublicAccessBlock",
            (s3, at) -> s3.putPublicAccessBlock(r -> r.bucket(at.bucket())
                    .publicAccessBlockConfiguration(b -> b.blockPublicAcls(true)
                            .ignorePublicAcls(true)
                            .blockPublicPolicy(true)
                            .restrictPublicBuckets(true))));
    private static final Request VERSIONING = Request.write(
            "PutBucketVersioning",
            (s3, at) -> s3.putBucketVersioning(
                    r -> r.bucket(at.bucket()).versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED))));
    private static final Request CREATE_BUCKET =
            Request.write("CreateBucket", (s3, at) -> createBucket(s3, at.own() + "-probe"));

    /** On other tenants' buckets, with the tenant's key. */
    static final List<ObjectAttempt> ON_OTHERS = List.of(
            of("lists objects of another tenant", LIST),
            of("reads an object of another tenant", GET),
            of("asks about an object of another tenant", HEAD),
            of("puts an object into another tenant's bucket", PUT),
            of("deletes an object of another tenant", DELETE),
            of("copies an object of another tenant out", COPY_OUT),
            of("copies an object of another tenant out in parts", COPY_PART),
            of("copies an object into another tenant's bucket", COPY_INTO),
            of("begins an upload into another tenant's bucket", UPLOAD),
            of("lists unfinished uploads of another tenant", UPLOADS),
            of("asks where another tenant's bucket is", LOCATION),
            of("lists versions of another tenant's objects", VERSIONS, LIST),
            of("erases a version of another tenant's object", DELETE_VERSION, DELETE),
            of("reads the policy of another tenant's bucket", GET_POLICY, LIST),
            of("changes the policy of another tenant's bucket", PUT_POLICY, PUT),
            of("reads the ACL of another tenant's bucket", GET_ACL, LIST),
            of("changes the ACL of another tenant's bucket", PUT_ACL, PUT),
            of("reads the ACL of another tenant's object", GET_OBJECT_ACL, GET),
            of("reads whether another tenant's bucket may be public", GET_PUBLIC_ACCESS, LIST),
            of("changes whether another tenant's bucket may be public", PUT_PUBLIC_ACCESS, PUT),
            of("changes versioning of another tenant's bucket", VERSIONING, PUT));

    /** On the tenant's own bucket, with its own key: what would let it publish, erase for good, or widen itself. */
    static final List<ObjectAttempt> AT_HOME = List.of(
            weakness("changes the policy of its own bucket", PUT_POLICY, PUT),
            weakness("changes the ACL of its own bucket", PUT_ACL, PUT),
            weakness("changes whether its own bucket may be public", PUT_PUBLIC_ACCESS, PUT),
            weakness("changes versioning of its own bucket", VERSIONING, PUT),
            weakness("erases a version of its own object", DELETE_VERSION, DELETE),
            weakness("creates a bucket", CREATE_BUCKET, PUT));

    /** On the tenant's own bucket, without a key. */
    static final List<ObjectAttempt> WITHOUT_KEY = List.of(
            of("lists objects without a key", LIST),
            of("reads an object without a key", GET),
            of("asks about an object without a key", HEAD),
            of("puts an object without a key", PUT),
            of("deletes an object without a key", DELETE),
            of("begins an upload without a key", UPLOAD),
            of("lists versions without a key", VERSIONS, LIST),
            of("reads the policy without a key", GET_POLICY, LIST),
            of("changes the policy without a key", PUT_POLICY, PUT),
            of("reads the ACL without a key", GET_ACL, LIST));

    private ObjectAttempts() {}

    /** Aborts uploads that an earlier round was killed in, or that were let through. */
    static void abortUploads(S3Client s3, String bucket) {
        s3.listMultipartUploads(r -> r.bucket(bucket).prefix(PREFIX))
                .uploads()
                .forEach(upload -> s3.abortMultipartUpload(
                        r -> r.bucket(bucket).key(upload.key()).uploadId(upload.uploadId())));
    }

    private static void copyPart(S3Client s3, AttemptPlace at) {
        String upload = begin(s3, at.own(), "parts");
        try {
            s3.uploadPartCopy(r -> r.sourceBucket(at.bucket())
                    .sourceKey(CANARY)
                    .destinationBucket(at.own())
                    .destinationKey(PREFIX + "parts")
                    .uploadId(upload)
                    .partNumber(1));
        } finally {
            abort(s3, at.own(), upload, "parts");
        }
    }

    private static String begin(S3Client s3, String bucket, String name) {
        return s3.createMultipartUpload(r -> r.bucket(bucket).key(PREFIX + name))
                .uploadId();
    }

    /** Whether it may be undone says nothing about whether it was let through; what is left is cleaned up after. */
    private static void abort(S3Client s3, String bucket, String upload, String name) {
        undo(() ->
                s3.abortMultipartUpload(r -> r.bucket(bucket).key(PREFIX + name).uploadId(upload)));
    }

    private static void undo(Runnable request) {
        try {
            request.run();
        } catch (S3Exception e) {
            LOG.atDebug().addKeyValue("status", e.statusCode()).log("attempt not undone by whom it was made");
        }
    }

    private static void createBucket(S3Client s3, String bucket) {
        try {
            s3.createBucket(r -> r.bucket(bucket));
        } catch (BucketAlreadyOwnedByYouException e) {
            undo(() -> s3.deleteBucket(r -> r.bucket(bucket))); // an earlier round was killed in between
            throw e;
        }
        undo(() -> s3.deleteBucket(r -> r.bucket(bucket)));
    }
}
