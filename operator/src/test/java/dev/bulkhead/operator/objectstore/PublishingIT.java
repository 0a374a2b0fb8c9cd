package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A tenant's key publishes nothing by an ACL, in whatever part of a request that is said, also beside one that is let
 * through. Whoever has no right to it looks afterwards: what they see decides, not the answer.
 */
class PublishingIT extends DriverSuite {
    private static final String ALL = "uri=\"http://acs.amazonaws.com/groups/global/AllUsers\"";
    private static final String LETTER = "own letter";

    private static String bucket;
    private static S3Client tenant;
    private static S3Client neighbour;
    private static StoreConnection connection;

    PublishingIT(StoreKind kind) {
        super(kind);
    }

    @BeforeParameterizedClassInvocation
    static void a_tenant_with_a_letter() {
        TenantIdentity a = Fixtures.freshIdentity();
        TenantIdentity b = Fixtures.freshIdentity();
        bucket = store.tenant(a).bucket();
        store.tenant(b);
        tenant = store.client(a, Slot.One);
        neighbour = store.client(b, Slot.One);
        tenant.putObject(r -> r.bucket(bucket).key("letter"), RequestBody.fromString(LETTER));
        StoreConnection root = store.server.connection();
        connection = new StoreConnection(
                root.store(),
                root.endpoint(),
                root.endpoint(),
                root.region(),
                store.accessKeyId(a, Slot.One),
                store.secret(a, Slot.One).secret(),
                root.caCertificates(),
                root.limits());
    }

    /** A request that would publish; {@code body} null means a document that grants everybody READ. */
    record Publishing(SdkHttpMethod method, String target, Map<String, String> headers, String body) {
        static Publishing put(String target, String... headers) {
            return new Publishing(SdkHttpMethod.PUT, target, pairs(headers), "for all");
        }

        /** An ACL alone, without a body. */
        static Publishing acl(String target, String... headers) {
            return new Publishing(SdkHttpMethod.PUT, target, pairs(headers), "");
        }

        Publishing granting(String group) {
            return new Publishing(method, target, headers, "<grants " + group + ">");
        }

        private static Map<String, String> pairs(String... headers) {
            return headers.length == 0
                    ? Map.of()
                    : headers.length == 2
                            ? Map.of(headers[0], headers[1])
                            : Map.of(headers[0], headers[1], headers[2], headers[3]);
        }
    }

    static Stream<Publishing> publishing() {
        Stream<Publishing> canned = Stream.of("public-read", "public-read-write", "authenticated-read", "Public-Read")
                .flatMap(acl -> Stream.of(
                        Publishing.put("/letter", "x-amz-acl", acl),
                        Publishing.put("/letter?x-amz-acl=" + acl),
                        Publishing.put("/letter?x-amz-acl=" + acl, "x-amz-acl", "private"),
                        Publishing.put("/letter", "x-amz-acl", "private," + acl),
                        Publishing.acl("/letter?acl", "x-amz-acl", acl),
                        Publishing.acl("/letter?acl&x-amz-acl=" + acl),
                        Publishing.acl("/letter?acl&x-amz-acl=" + acl, "x-amz-acl", "private"),
                        Publishing.acl("?acl", "x-amz-acl", acl)));
        Stream<Publishing> granted = Stream.of("read", "write", "read-acp", "write-acp", "full-control")
                .map(right -> "x-amz-grant-" + right)
                .flatMap(header -> Stream.of(
                        Publishing.put("/letter", header, ALL),
                        Publishing.put("/letter", header, ALL, "x-amz-acl", "private"),
                        Publishing.put("/letter", header, "id=\"admin\"," + ALL, "x-amz-acl", "private"),
                        Publishing.acl("/letter?acl", header, ALL),
                        Publishing.acl("/letter?acl", header, ALL, "x-amz-acl", "bucket-owner-full-control")));
        Stream<Publishing> documents = Stream.of("AllUsers", "AuthenticatedUsers")
                .flatMap(group -> Stream.of(
                        Publishing.acl("/letter?acl").granting(group),
                        Publishing.acl("/letter?acl", "x-amz-acl", "private").granting(group),
                        Publishing.acl("/letter?acl", "x-amz-acl", "bucket-owner-full-control")
                                .granting(group),
                        Publishing.acl("/letter?versionId=<version>&acl", "x-amz-acl", "private")
                                .granting(group),
                        Publishing.acl("?acl", "x-amz-acl", "private").granting(group)));
        Stream<Publishing> copies = Stream.of(
                Publishing.put("/letter", "x-amz-copy-source", "<bucket>/letter", "x-amz-acl", "public-read"),
                Publishing.put("/letter", "x-amz-copy-source", "<bucket>/letter", "x-amz-grant-read", ALL));
        return Stream.of(canned, granted, documents, copies).flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource("publishing")
    void what_would_publish_an_object_leaves_it_to_its_tenant_alone(Publishing request) throws Exception {
        send(request);

        nobodyElseReads("letter");
        if (aclsCount()) {
            assertThat(store.root
                            .getObjectAcl(r -> r.bucket(bucket).key("letter"))
                            .grants())
                    .extracting(grant -> grant.grantee().uri())
                    .containsOnlyNulls();
            assertThat(tenant.getObjectAsBytes(r -> r.bucket(bucket).key("letter"))
                            .asUtf8String())
                    .as("nothing was written")
                    .isEqualTo(LETTER);
        }
    }

    @Test
    void an_upload_in_parts_that_is_begun_for_everybody_is_not_begun() throws Exception {
        for (Publishing begun : new Publishing[] {
            new Publishing(SdkHttpMethod.POST, "/parts?uploads", Map.of("x-amz-acl", "public-read"), ""),
            new Publishing(SdkHttpMethod.POST, "/parts?uploads&x-amz-acl=public-read", Map.of(), ""),
            new Publishing(
                    SdkHttpMethod.POST, "/parts?uploads&x-amz-acl=public-read", Map.of("x-amz-acl", "private"), ""),
            new Publishing(
                    SdkHttpMethod.POST, "/parts?uploads", Map.of("x-amz-acl", "private", "x-amz-grant-read", ALL), "")
        }) {
            send(begun);
        }

        assertThat(aclsCount()
                        && !tenant.listMultipartUploads(r -> r.bucket(bucket))
                                .uploads()
                                .isEmpty())
                .isFalse();
    }

    /** Where they do not, a server may take them as it takes any other word that means nothing. */
    private static boolean aclsCount() {
        return !store.capabilities.has(StoreFeature.AclsDisabled);
    }

    private void nobodyElseReads(String key) {
        assertThat(TestStore.status(
                        () -> neighbour.getObjectAsBytes(r -> r.bucket(bucket).key(key))))
                .as("a neighbour")
                .isEqualTo(403);
        S3Client nobody = store.anonymous();
        assertThat(TestStore.status(
                        () -> nobody.getObjectAsBytes(r -> r.bucket(bucket).key(key))))
                .as("somebody without a key")
                .isEqualTo(403);
        assertThat(TestStore.status(() -> nobody.listObjectsV2(r -> r.bucket(bucket))))
                .as("somebody without a key, listing")
                .isEqualTo(403);
    }

    /** Whatever the server says to it. */
    private static void send(Publishing request) throws IOException, InterruptedException {
        String version = request.target().contains("<version>")
                ? tenant.headObject(r -> r.bucket(bucket).key("letter")).versionId()
                : "";
        URI uri = URI.create(
                connection.endpoint() + "/" + bucket + request.target().replace("<version>", version));
        Map<String, String> headers = new TreeMap<>(request.headers());
        headers.replaceAll((_, value) -> value.replace("<bucket>", "/" + bucket));
        try (SignedRequests requests = new SignedRequests(connection)) {
            requests.send("Publish", "s3", request.method(), uri, headers, body(request));
        } catch (StoreException e) {
            assertThat(e.failure()).isNotEqualTo(StoreException.StoreFailure.Credentials);
        }
    }

    private static byte[] body(Publishing request) {
        String body = request.body();
        if (body.startsWith("<grants ")) {
            String owner =
                    store.root.getBucketAcl(r -> r.bucket(bucket)).owner().id();
            body = """
                    <AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>%s</ID></Owner>\
                    <AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
                    xsi:type="Group"><URI>http://acs.amazonaws.com/groups/global/%s</URI></Grantee>\
                    <Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>""".formatted(owner, body.substring("<grants ".length(), body.length() - 1));
        }
        return body.getBytes(StandardCharsets.UTF_8);
    }
}
