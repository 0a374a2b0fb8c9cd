package dev.bulkhead.e2e.isolation;

import static dev.bulkhead.e2e.isolation.HostileAttempt.attack;
import static dev.bulkhead.e2e.isolation.Neighbours.HOME;
import static dev.bulkhead.e2e.isolation.Neighbours.OTHER;

import dev.bulkhead.e2e.isolation.HostileAttempt.Act;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.stack.S3Access;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.Tag;

/** The delivered key of one tenant against another tenant's bucket, and somebody without any key. */
final class KeyAttacks implements AutoCloseable {
    private static final String DENIED = "403 AccessDenied";
    private static final String KEY = "record";
    private static final String OPEN = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*",
            "Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}""";

    private final Delivered mine;
    private final String own;
    private final String other;
    private final S3Client key;
    private final S3Client otherKey;
    private final S3Client nobody;

    KeyAttacks(Neighbours neighbours) {
        mine = neighbours.objectStore(HOME);
        Delivered theirs = neighbours.objectStore(OTHER);
        own = mine.get("bucket");
        other = theirs.get("bucket");
        key = mine.client();
        otherKey = theirs.client();
        nobody = S3Access.anonymous(neighbours.endpoints().objectStore());
    }

    /** Gives both tenants something to lose. */
    void prepare() {
        key.putObject(r -> r.bucket(own).key(KEY), RequestBody.fromString("mine"));
        otherKey.putObject(r -> r.bucket(other).key(KEY), RequestBody.fromString("theirs"));
    }

    Stream<HostileAttempt> all() {
        return Stream.of(objects(), buckets(), ownBucket(), withoutKey()).flatMap(s -> s);
    }

    private Stream<HostileAttempt> objects() {
        return Stream.of(
                both("lists another tenant's objects", DENIED, (s3, b) -> s3.listObjectsV2(r -> r.bucket(b))),
                both(
                        "reads another tenant's object",
                        DENIED,
                        (s3, b) -> s3.getObjectAsBytes(r -> r.bucket(b).key(KEY))),
                // The answer to HEAD has no body, and so no code.
                both(
                        "asks about another tenant's object",
                        "403 ",
                        (s3, b) -> s3.headObject(r -> r.bucket(b).key(KEY))),
                both(
                        "overwrites another tenant's object",
                        DENIED,
                        (s3, b) -> s3.putObject(r -> r.bucket(b).key(KEY), RequestBody.fromString("x"))),
                both(
                        "deletes another tenant's object",
                        DENIED,
                        (s3, b) -> s3.deleteObject(r -> r.bucket(b).key(KEY))),
                both("deletes many of another tenant's objects at once", DENIED, KeyAttacks::deleteMany),
                both(
                        "copies another tenant's object into its own bucket",
                        DENIED,
                        (s3, b) -> s3.copyObject(r -> r.sourceBucket(b)
                                .sourceKey(KEY)
                                .destinationBucket(own)
                                .destinationKey("copy"))),
                both(
                        "copies its own object into another tenant's bucket",
                        DENIED,
                        (s3, b) -> s3.copyObject(r -> r.sourceBucket(own)
                                .sourceKey(KEY)
                                .destinationBucket(b)
                                .destinationKey("copy"))),
                both("begins an upload into another tenant's bucket", DENIED, (s3, b) -> {
                    String upload = s3.createMultipartUpload(r -> r.bucket(b).key("parts"))
                            .uploadId();
                    s3.abortMultipartUpload(r -> r.bucket(b).key("parts").uploadId(upload));
                }),
                both(
                        "lists another tenant's unfinished uploads",
                        DENIED,
                        (s3, b) -> s3.listMultipartUploads(r -> r.bucket(b))));
    }

    /** The answer is 200, with an error for each object. */
    private static void deleteMany(S3Client s3, String bucket) {
        s3.deleteObjects(r -> r.bucket(bucket)
                        .delete(d ->
                                d.objects(ObjectIdentifier.builder().key(KEY).build())))
                .errors()
                .forEach(error -> {
                    throw S3Exception.builder()
                            .statusCode(403)
                            .awsErrorDetails(AwsErrorDetails.builder()
                                    .errorCode(error.code())
                                    .build())
                            .build();
                });
    }

    private Stream<HostileAttempt> buckets() {
        Act home = () -> key.listObjectsV2(r -> r.bucket(own));
        return Stream.of(
                attack(
                                "lists versions of another tenant's objects",
                                () -> key.listObjectVersions(r -> r.bucket(other)),
                                DENIED)
                        .whereas(home),
                attack(
                                "tags another tenant's object",
                                () -> key.putObjectTagging(r -> r.bucket(other)
                                        .key(KEY)
                                        .tagging(t -> t.tagSet(Tag.builder()
                                                .key("a")
                                                .value("b")
                                                .build()))),
                                DENIED)
                        .whereas(home),
                attack("reads another tenant's bucket policy", () -> key.getBucketPolicy(r -> r.bucket(other)), DENIED)
                        .whereas(home),
                attack(
                                "opens another tenant's bucket",
                                () -> key.putBucketPolicy(r -> r.bucket(other).policy(OPEN.formatted(other))),
                                DENIED)
                        .whereas(home),
                attack(
                                "takes another tenant's bucket policy away",
                                () -> key.deleteBucketPolicy(r -> r.bucket(other)),
                                DENIED)
                        .whereas(home),
                attack(
                                "opens another tenant's bucket by its ACL",
                                () -> key.putBucketAcl(r -> r.bucket(other).acl(BucketCannedACL.PUBLIC_READ)),
                                DENIED)
                        .whereas(home),
                attack(
                                "stops versions in another tenant's bucket",
                                () -> key.putBucketVersioning(r -> r.bucket(other)
                                        .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED))),
                                DENIED)
                        .whereas(home),
                attack("deletes another tenant's bucket", () -> key.deleteBucket(r -> r.bucket(other)), DENIED)
                        .whereas(home),
                attack(
                                "climbs out of its bucket by the name of an object",
                                () -> key.getObjectAsBytes(r -> r.bucket(own).key("../" + other + "/" + KEY)),
                                "4")
                        .whereas(() -> key.getObjectAsBytes(r -> r.bucket(own).key(KEY))));
    }

    private Stream<HostileAttempt> ownBucket() {
        Act home = () -> key.putObject(r -> r.bucket(own).key("mine"), RequestBody.fromString("x"));
        return Stream.of(
                attack(
                                "publishes its own bucket",
                                () -> key.putBucketPolicy(r -> r.bucket(own).policy(OPEN.formatted(own))),
                                DENIED)
                        .whereas(home),
                attack(
                                "publishes its own bucket by its ACL",
                                () -> key.putBucketAcl(r -> r.bucket(own).acl(BucketCannedACL.PUBLIC_READ)),
                                DENIED)
                        .whereas(home),
                attack("deletes its own bucket", () -> key.deleteBucket(r -> r.bucket(own)), DENIED)
                        .whereas(home),
                attack("makes a bucket of its own", () -> key.createBucket(r -> r.bucket(own + "-more")), DENIED)
                        .whereas(home),
                attack("comes with a secret that is not its own", this::wrongSecret, "403 SignatureDoesNotMatch")
                        .whereas(home));
    }

    private void wrongSecret() {
        try (S3Client client = mine.client("not-the-secret-of-this-key-0123456789")) {
            client.listObjectsV2(r -> r.bucket(own));
        }
    }

    private Stream<HostileAttempt> withoutKey() {
        return Stream.of(
                stranger("lists objects without a key", DENIED, (s3, b) -> s3.listObjectsV2(r -> r.bucket(b))),
                stranger(
                        "reads an object without a key",
                        DENIED,
                        (s3, b) -> s3.getObjectAsBytes(r -> r.bucket(b).key(KEY))),
                stranger(
                        "writes an object without a key",
                        DENIED,
                        (s3, b) -> s3.putObject(r -> r.bucket(b).key("stranger"), RequestBody.fromString("x"))),
                stranger(
                        "deletes an object without a key",
                        DENIED,
                        (s3, b) -> s3.deleteObject(r -> r.bucket(b).key("stranger"))));
    }

    private HostileAttempt both(String name, String refusal, BiConsumer<S3Client, String> request) {
        return attack(name, () -> request.accept(key, other), refusal).whereas(() -> {
            prepare();
            request.accept(key, own);
        });
    }

    private HostileAttempt stranger(String name, String refusal, BiConsumer<S3Client, String> request) {
        return attack(name, () -> request.accept(nobody, own), refusal).whereas(() -> {
            prepare();
            request.accept(key, own);
        });
    }

    @Override
    public void close() {
        key.close();
        otherKey.close();
        nobody.close();
    }
}
