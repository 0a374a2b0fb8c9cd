package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.escape.KeyPowers;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.Tag;

/** What every driver is tried on, so that its answers can be asserted and written down in {@code docs/object-stores.md}. */
enum DriverTrial {
    OWN_BUCKET("A tenant's key works in its own bucket") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            String bucket = store.tenant(tenant).bucket();
            return list(store.client(tenant, Slot.One), bucket) == 200;
        }
    },
    NO_OTHER("… and is refused in every other tenant's") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            store.tenant(tenant);
            String other = store.tenant(Fixtures.freshIdentity()).bucket();
            return list(store.client(tenant, Slot.One), other) == 403;
        }
    },
    TWO_KEYS("A second key works before the first one goes") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            store.tenant(tenant);
            BucketPlan withBoth = store.plan(tenant, Set.of(Slot.One, Slot.Two));
            List<SlotSecret> both = List.of(store.secret(tenant, Slot.One), store.secret(tenant, Slot.Two));
            store.applier.apply(withBoth, both);
            boolean overlap = list(store.client(tenant, Slot.One), withBoth.bucket()) == 200
                    && list(store.client(tenant, Slot.Two), withBoth.bucket()) == 200;
            store.applier.apply(store.plan(tenant, Set.of(Slot.Two)), both);
            return overlap
                    && list(store.client(tenant, Slot.One), withBoth.bucket()) == 403
                    && list(store.client(tenant, Slot.Two), withBoth.bucket()) == 200;
        }
    },
    SHUT_OUT("The key of a suspended tenant is refused, the data stays") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            String bucket = store.tenant(tenant).bucket();
            S3Client client = store.client(tenant, Slot.One);
            client.putObject(r -> r.bucket(bucket).key("letter"), RequestBody.fromString("kept"));
            store.applier.close(store.closed(tenant));
            return TestStore.status(() -> client.getObject(r -> r.bucket(bucket).key("letter"))) == 403
                    && store.root
                            .getObjectAsBytes(r -> r.bucket(bucket).key("letter"))
                            .asUtf8String()
                            .equals("kept");
        }
    },
    KEY_GONE("… and the server does not know the key any more") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            store.tenant(tenant);
            S3Client client = store.client(tenant, Slot.One);
            store.applier.close(store.closed(tenant));
            try {
                client.listBuckets();
                return false;
            } catch (AwsServiceException e) {
                return Objects.equals(e.awsErrorDetails().errorCode(), "InvalidAccessKeyId");
            }
        }
    },
    CLIENT_CALLS("Clients put tags, read versions, and ask what their bucket is set to") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            String bucket = store.tenant(tenant).bucket();
            S3Client client = store.client(tenant, Slot.One);
            return allSucceed(
                    () -> client.putObject(
                            r -> r.bucket(bucket).key("letter").tagging("kind=letter"),
                            RequestBody.fromString("first")),
                    () -> client.putObject(r -> r.bucket(bucket).key("letter"), RequestBody.fromString("second")),
                    () -> client.putObjectTagging(r -> r.bucket(bucket)
                            .key("letter")
                            .tagging(t -> t.tagSet(List.of(
                                    Tag.builder().key("kind").value("letter").build())))),
                    () -> client.getObjectTagging(r -> r.bucket(bucket).key("letter")),
                    () -> client.listObjectVersions(r -> r.bucket(bucket)).versions().stream()
                            .filter(version -> !version.isLatest())
                            .forEach(version -> client.getObjectAsBytes(
                                    r -> r.bucket(bucket).key("letter").versionId(version.versionId()))),
                    () -> client.getBucketVersioning(r -> r.bucket(bucket)),
                    () -> client.getBucketLocation(r -> r.bucket(bucket)),
                    () -> client.getBucketTagging(r -> r.bucket(bucket)));
        }
    },
    CLIENT_BYTES("… and use ranges, conditions, checksums and uploads in parts") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            String bucket = store.tenant(tenant).bucket();
            S3Client client = store.client(tenant, Slot.One);
            boolean right = allSucceed(
                    () -> client.putObject(
                            r -> r.bucket(bucket).key("sum").checksumAlgorithm(ChecksumAlgorithm.SHA256),
                            RequestBody.fromString("0123456789")),
                    () -> client.putObject(
                            r -> r.bucket(bucket).key("crc").checksumAlgorithm(ChecksumAlgorithm.CRC32),
                            RequestBody.fromString("0123456789")),
                    () -> {
                        String upload = client.createMultipartUpload(
                                        r -> r.bucket(bucket).key("parts"))
                                .uploadId();
                        String etag = client.uploadPart(
                                        r -> r.bucket(bucket)
                                                .key("parts")
                                                .uploadId(upload)
                                                .partNumber(1),
                                        RequestBody.fromString("whole"))
                                .eTag();
                        client.completeMultipartUpload(r -> r.bucket(bucket)
                                .key("parts")
                                .uploadId(upload)
                                .multipartUpload(m -> m.parts(List.of(CompletedPart.builder()
                                        .partNumber(1)
                                        .eTag(etag)
                                        .build()))));
                    });
            return right
                    && client.getObjectAsBytes(r -> r.bucket(bucket).key("sum").range("bytes=3-5"))
                            .asUtf8String()
                            .equals("345")
                    && TestStore.status(() -> client.putObject(
                                    r -> r.bucket(bucket).key("sum").ifNoneMatch("*"), RequestBody.fromString("other")))
                            == 412;
        }
    },
    CLIENT_ACLS("… and say x-amz-acl: private or bucket-owner-full-control, which publishes nothing") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            String bucket = store.tenant(tenant).bucket();
            S3Client client = store.client(tenant, Slot.One);
            return allSucceed(
                    () -> client.putObject(
                            r -> r.bucket(bucket).key("letter").acl(ObjectCannedACL.PRIVATE),
                            RequestBody.fromString("x")),
                    () -> client.putObject(
                            r -> r.bucket(bucket).key("letter").acl(ObjectCannedACL.BUCKET_OWNER_FULL_CONTROL),
                            RequestBody.fromString("x")),
                    () -> client.createMultipartUpload(
                            r -> r.bucket(bucket).key("letter").acl(ObjectCannedACL.PRIVATE)),
                    () -> client.copyObject(r -> r.sourceBucket(bucket)
                            .sourceKey("letter")
                            .destinationBucket(bucket)
                            .destinationKey("copy")
                            .acl(ObjectCannedACL.PRIVATE)));
        }
    },
    CROSS_ORIGIN("A page of an origin that the tenant names may use presigned URLs, no other page") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            BucketPlan plan = store.plan(tenant, Fixtures.CROSS_ORIGIN, Set.of(Slot.One));
            return store.applier.apply(plan, store.secrets(tenant)).done()
                    && store.preflight(plan.bucket(), "https://a.portal.example") == 200
                    && store.preflight(plan.bucket(), "https://portal.example.evil") == 403;
        }
    },
    POWERLESS("A tenant's key makes no further keys, sessions or rights by the server's IAM or STS API") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            store.tenant(tenant);
            try (KeyPowers powers = store.powers(tenant)) {
                return powers.leavingNothing().stream()
                        .allMatch(found ->
                                found.result() == PowerResult.KEPT || found.result() == PowerResult.NOT_OFFERED);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    },
    APART("No request to the own bucket reaches another: keys with '..' in the body of DeleteObjects") {
        @Override
        boolean holds(TestStore store) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            TenantIdentity victim = Fixtures.freshIdentity();
            String own = store.tenant(tenant).bucket();
            String foreign = store.tenant(victim).bucket();
            S3Client neighbour = store.client(victim, Slot.One);
            neighbour.putObject(r -> r.bucket(foreign).key("letter"), RequestBody.fromString("theirs"));
            TestStore.status(() -> store.client(tenant, Slot.One)
                    .deleteObjects(r -> r.bucket(own)
                            .delete(d -> d.objects(ObjectIdentifier.builder()
                                    .key("../" + foreign + "/letter")
                                    .build()))));
            try {
                return neighbour
                        .getObjectAsBytes(r -> r.bucket(foreign).key("letter"))
                        .asUtf8String()
                        .equals("theirs"); // the victim's object decides, never the status of the attack
            } catch (NoSuchKeyException e) {
                return false;
            }
        }
    };

    private final String text;

    DriverTrial(String text) {
        this.text = text;
    }

    /** As the reference says it. */
    String text() {
        return text;
    }

    /** Tries it with tenants of its own. */
    abstract boolean holds(TestStore store);

    private static boolean allSucceed(Runnable... requests) {
        return Arrays.stream(requests).allMatch(request -> TestStore.status(request) == 200);
    }

    private static int list(S3Client client, String bucket) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(bucket)));
    }
}
