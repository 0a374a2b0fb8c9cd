package dev.bulkhead.operator.objectstore;

import static dev.bulkhead.operator.objectstore.TestStore.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.Tag;

/** What a tenant's key can do to its own bucket, to another tenant's, and what nobody's key can do to either. */
class TenantAccessIT extends DriverSuite {
    private static final String SECRET = "the other tenant's letter";

    private static S3Client tenant;
    private static S3Client neighbour;
    private static String own;
    private static String foreign;
    private static String upload;
    private static String foreignUpload;
    private static String ownVersion;
    private static String foreignVersion;

    TenantAccessIT(StoreKind kind) {
        super(kind);
    }

    @BeforeParameterizedClassInvocation
    static void two_tenants_with_the_same_things_in_their_buckets() {
        TenantIdentity a = Fixtures.freshIdentity();
        TenantIdentity b = Fixtures.freshIdentity();
        own = store.tenant(a).bucket();
        foreign = store.tenant(b).bucket();
        tenant = store.client(a, Slot.One);
        neighbour = store.client(b, Slot.One);
        ownVersion = tenant.putObject(r -> r.bucket(own).key("letter"), RequestBody.fromString("own letter"))
                .versionId();
        foreignVersion = neighbour
                .putObject(r -> r.bucket(foreign).key("letter"), RequestBody.fromString(SECRET))
                .versionId();
        upload = tenant.createMultipartUpload(r -> r.bucket(own).key("big")).uploadId();
        foreignUpload = neighbour
                .createMultipartUpload(r -> r.bucket(foreign).key("big"))
                .uploadId();
    }

    /** A request, and the upload and the version of the bucket it is sent to. */
    record Request(Consumer<Target> send) {}

    record Target(S3Client client, String bucket, String upload, String version) {}

    /** What a tenant may do at home: the positive control of every refusal elsewhere. */
    static Stream<Named<Request>> permitted() {
        return Stream.of(
                request("list", t -> t.client().listObjectsV2(r -> r.bucket(t.bucket()))),
                request(
                        "get",
                        t -> t.client()
                                .getObjectAsBytes(r -> r.bucket(t.bucket()).key("letter"))),
                request(
                        "head",
                        t -> t.client().headObject(r -> r.bucket(t.bucket()).key("letter"))),
                request(
                        "put",
                        t -> t.client().putObject(r -> r.bucket(t.bucket()).key("new"), RequestBody.fromString("x"))),
                request(
                        "copy within",
                        t -> t.client()
                                .copyObject(r -> r.sourceBucket(t.bucket())
                                        .sourceKey("letter")
                                        .destinationBucket(t.bucket())
                                        .destinationKey("copy"))),
                request(
                        "delete",
                        t -> t.client().deleteObject(r -> r.bucket(t.bucket()).key("new"))),
                request("location", t -> t.client().getBucketLocation(r -> r.bucket(t.bucket()))),
                request("list versions", t -> t.client().listObjectVersions(r -> r.bucket(t.bucket()))),
                request("ask for versioning", t -> t.client().getBucketVersioning(r -> r.bucket(t.bucket()))),
                request("read the bucket's tags", t -> t.client().getBucketTagging(r -> r.bucket(t.bucket()))),
                request(
                        "get a version",
                        t -> t.client()
                                .getObjectAsBytes(
                                        r -> r.bucket(t.bucket()).key("letter").versionId(t.version()))),
                request(
                        "put tags",
                        t -> t.client()
                                .putObjectTagging(r -> r.bucket(t.bucket())
                                        .key("letter")
                                        .tagging(g -> g.tagSet(List.of(Tag.builder()
                                                .key("kind")
                                                .value("letter")
                                                .build()))))),
                request(
                        "get tags",
                        t -> t.client()
                                .getObjectTagging(r -> r.bucket(t.bucket()).key("letter"))),
                request("list uploads", t -> t.client().listMultipartUploads(r -> r.bucket(t.bucket()))),
                request(
                        "upload a part",
                        t -> t.client()
                                .uploadPart(
                                        r -> r.bucket(t.bucket())
                                                .key("big")
                                                .uploadId(t.upload())
                                                .partNumber(1),
                                        RequestBody.fromString("part"))),
                request(
                        "list parts",
                        t -> t.client()
                                .listParts(r -> r.bucket(t.bucket()).key("big").uploadId(t.upload()))),
                request(
                        "begin an upload",
                        t -> t.client()
                                .createMultipartUpload(r -> r.bucket(t.bucket()).key("another"))));
    }

    /** What no tenant may do anywhere. */
    static Stream<Named<Request>> never() {
        return Stream.of(
                request(
                        "write the policy",
                        t -> t.client()
                                .putBucketPolicy(r -> r.bucket(t.bucket()).policy("{}"))),
                request("delete the policy", t -> t.client().deleteBucketPolicy(r -> r.bucket(t.bucket()))),
                request(
                        "suspend versioning",
                        t -> t.client()
                                .putBucketVersioning(r -> r.bucket(t.bucket())
                                        .versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)))),
                request(
                        "delete a version",
                        t -> t.client()
                                .deleteObject(
                                        r -> r.bucket(t.bucket()).key("letter").versionId(t.version()))),
                request(
                        "change what pages of other origins may do",
                        t -> t.client().deleteBucketCors(r -> r.bucket(t.bucket()))),
                request("read the acl", t -> t.client().getBucketAcl(r -> r.bucket(t.bucket()))),
                request(
                        "open the acl",
                        t -> t.client().putBucketAcl(r -> r.bucket(t.bucket()).acl(BucketCannedACL.PUBLIC_READ))),
                request(
                        "open an object's acl",
                        t -> t.client()
                                .putObjectAcl(
                                        r -> r.bucket(t.bucket()).key("letter").acl(ObjectCannedACL.PUBLIC_READ))),
                request(
                        "change ownership",
                        t -> t.client()
                                .putBucketOwnershipControls(r -> r.bucket(t.bucket())
                                        .ownershipControls(c -> c.rules(List.of(OwnershipControlsRule.builder()
                                                .objectOwnership(ObjectOwnership.OBJECT_WRITER)
                                                .build()))))),
                request(
                        "change tags",
                        t -> t.client()
                                .putBucketTagging(r -> r.bucket(t.bucket())
                                        .tagging(g -> g.tagSet(Tag.builder()
                                                .key("bulkhead")
                                                .value("x")
                                                .build())))),
                request(
                        "change the lock",
                        t -> t.client()
                                .putObjectLockConfiguration(r -> r.bucket(t.bucket())
                                        .objectLockConfiguration(c -> c.objectLockEnabled(ObjectLockEnabled.ENABLED)))),
                request("delete the bucket", t -> t.client().deleteBucket(r -> r.bucket(t.bucket()))));
    }

    @ParameterizedTest
    @MethodSource("permitted")
    void a_tenant_works_in_its_own_bucket_and_is_refused_in_anothers(Request request) {
        assertThat(status(() -> request.send().accept(new Target(tenant, own, upload, ownVersion))))
                .as("positive control")
                .isEqualTo(200);

        assertThat(status(() -> request.send().accept(new Target(tenant, foreign, foreignUpload, foreignVersion))))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @MethodSource("never")
    void no_tenant_changes_or_reads_what_protects_a_bucket(Request request) {
        assertThat(status(() -> request.send().accept(new Target(tenant, own, upload, ownVersion))))
                .as("own bucket")
                .isIn(403, 501);
        assertThat(status(() -> request.send().accept(new Target(tenant, foreign, foreignUpload, foreignVersion))))
                .as("another's bucket")
                .isIn(403, 501);
    }

    @Test
    void who_is_let_into_a_bucket_sees_who_else_is_where_the_operator_makes_the_keys() {
        assertThat(status(() -> tenant.getBucketPolicy(r -> r.bucket(own))))
                .isEqualTo(store.kind.keysSupplied() ? 403 : 200);
        assertThat(status(() -> tenant.getBucketPolicy(r -> r.bucket(foreign)))).isEqualTo(403);
    }

    @Test
    void anothers_object_cannot_be_copied_out() {
        assertThat(status(() -> tenant.copyObject(r -> r.sourceBucket(foreign)
                        .sourceKey("letter")
                        .destinationBucket(own)
                        .destinationKey("stolen"))))
                .isEqualTo(403);
        assertThat(status(() -> tenant.uploadPartCopy(r -> r.sourceBucket(foreign)
                        .sourceKey("letter")
                        .destinationBucket(own)
                        .destinationKey("big")
                        .uploadId(upload)
                        .partNumber(2))))
                .isEqualTo(403);
    }

    @Test
    void nothing_can_be_copied_into_anothers_bucket() {
        assertThat(status(() -> tenant.copyObject(r -> r.sourceBucket(own)
                        .sourceKey("letter")
                        .destinationBucket(foreign)
                        .destinationKey("planted"))))
                .isEqualTo(403);
    }

    @Test
    void anothers_upload_cannot_be_finished_or_aborted() {
        assertThat(status(() -> tenant.completeMultipartUpload(r -> r.bucket(foreign)
                        .key("big")
                        .uploadId(foreignUpload)
                        .multipartUpload(m -> m.parts(
                                CompletedPart.builder().partNumber(1).eTag("x").build())))))
                .isEqualTo(403);
        assertThat(status(() -> tenant.abortMultipartUpload(
                        r -> r.bucket(foreign).key("big").uploadId(foreignUpload))))
                .isEqualTo(403);
        String mine = neighbour
                .createMultipartUpload(r -> r.bucket(foreign).key("short"))
                .uploadId();
        assertThat(status(() -> neighbour.abortMultipartUpload(
                        r -> r.bucket(foreign).key("short").uploadId(mine))))
                .as("positive control")
                .isEqualTo(200);
    }

    @Test
    void a_tenant_cannot_erase_versions_not_even_its_own() {
        assertThat(status(() -> neighbour.deleteObject(
                        r -> r.bucket(foreign).key("letter").versionId(foreignVersion))))
                .isEqualTo(403);
        assertThat(neighbour
                        .deleteObjects(r -> r.bucket(foreign)
                                .delete(d -> d.objects(ObjectIdentifier.builder()
                                        .key("letter")
                                        .versionId(foreignVersion)
                                        .build())))
                        .errors())
                .hasSize(1);
        assertThat(store.root
                        .getObjectAsBytes(r -> r.bucket(foreign).key("letter").versionId(foreignVersion))
                        .asUtf8String())
                .isEqualTo(SECRET);
    }

    @Test
    void deleting_many_of_anothers_objects_deletes_none() {
        assertThat(tenant.deleteObjects(r -> r.bucket(foreign)
                                .delete(d -> d.objects(
                                        ObjectIdentifier.builder().key("letter").build())))
                        .errors())
                .hasSize(1);
        assertThat(neighbour
                        .getObjectAsBytes(r -> r.bucket(foreign).key("letter"))
                        .asUtf8String())
                .isEqualTo(SECRET);
    }

    @Test
    void a_tenant_sees_no_buckets_and_makes_none() {
        assertThat(tenant.listBuckets().buckets()).isEmpty();
        assertThat(status(() -> tenant.createBucket(r -> r.bucket("a-bucket-of-my-own"))))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public-read", "public-read-write", "authenticated-read"})
    void an_object_cannot_be_published_by_a_canned_acl(String acl) {
        assertThat(status(() ->
                        tenant.putObject(r -> r.bucket(own).key("flyer").acl(acl), RequestBody.fromString("for all"))))
                .isEqualTo(403);
        assertThat(status(() -> tenant.createMultipartUpload(
                        r -> r.bucket(own).key("flyer").acl(acl))))
                .isEqualTo(403);
        assertThat(status(() -> tenant.copyObject(r -> r.sourceBucket(own)
                        .sourceKey("letter")
                        .destinationBucket(own)
                        .destinationKey("flyer")
                        .acl(acl))))
                .isEqualTo(403);
    }

    @Test
    void an_object_put_with_grant_headers_stays_private() throws IOException, InterruptedException {
        String everybody = "uri=http://acs.amazonaws.com/groups/global/AllUsers";
        int taken = status(() -> tenant.putObject(
                r -> r.bucket(own).key("granted").grantRead(everybody).grantFullControl(everybody),
                RequestBody.fromString("for all")));

        assertThat(taken).as("kept private, or not taken").isIn(200, 400, 403);
        assertThat(anonymous("GET", "/" + own + "/granted")).isEqualTo(403);
        assertThat(status(() -> neighbour.getObjectAsBytes(r -> r.bucket(own).key("granted"))))
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%s", "GET /%s?list-type=2", "GET /%s/letter", "HEAD /%s/letter", "PUT /%s/planted",
                "DELETE /%s/letter", "GET /%s?policy", "GET /%s?acl", "GET /%s?versions", "GET /%s?uploads",
                "POST /%s/planted?uploads", "PUT /%s?acl", "DELETE /%s"
            })
    void without_a_key_nothing_is_answered(String request) throws IOException, InterruptedException {
        String[] parts = request.formatted(own).split(" ", 2);

        assertThat(anonymous(parts[0], parts[1])).isIn(400, 403);
        assertThat(tenant.getObjectAsBytes(r -> r.bucket(own).key("letter")).asUtf8String())
                .isEqualTo("own letter");
    }

    @Test
    void a_wrong_secret_and_an_unknown_key_are_refused() {
        String id = Fixtures.identity(1).bucket() + "-2";
        assertThat(status(() -> store.client(id, "whatever-0123456789-0123456789-012345")
                        .listObjectsV2(r -> r.bucket(own))))
                .isEqualTo(403);
    }

    private static int anonymous(String method, String path) throws IOException, InterruptedException {
        HttpClient.Builder client = HttpClient.newBuilder();
        TrustedCertificates trusted = store.server.connection().trust();
        if (trusted != null) {
            client.sslContext(trusted.context());
        }
        try (HttpClient http = client.build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create(store.server.endpoint() + path))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    private static Named<Request> request(String name, Consumer<Target> send) {
        return Named.of(name, new Request(send));
    }
}
