package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StoreRequests;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the object store holds for a tenant, read as its root, without the operator's code. */
final class StoreView implements AutoCloseable {
    private final StackEndpoints.ObjectStoreEndpoint store;
    private final S3Client root;
    private final StoreRequests requests;

    StoreView(StackEndpoints.ObjectStoreEndpoint store) {
        this.store = store;
        this.root = S3Access.client(store);
        this.requests = new StoreRequests(store);
    }

    S3Client root() {
        return root;
    }

    SortedMap<String, String> of(Tenant tenant) {
        Masks masks = new Masks(tenant);
        String suffix = TenantIdentity.of(tenant).suffix();
        SortedMap<String, String> view = new TreeMap<>();
        root.listBuckets().buckets().stream()
                .map(Bucket::name)
                .filter(b -> b.contains(suffix))
                .forEach(b -> settings(b).forEach((k, v) -> view.put(masks.mask(k), masks.mask(v))));
        elements(iam("Action=ListUsers"), "UserName").stream()
                .filter(user -> user.contains(suffix))
                .forEach(user -> view.put(masks.mask("S3 user " + user), masks.mask(user(user))));
        return view;
    }

    /** Removes the tenant's bucket, which has to be empty. */
    void forget(Tenant tenant) {
        try {
            root.deleteBucket(r -> r.bucket(TenantIdentity.of(tenant).bucket()));
        } catch (NoSuchBucketException _) {
            // It never came to that.
        }
    }

    SortedMap<String, String> settings(String bucket) {
        SortedMap<String, String> settings = new TreeMap<>();
        String of = "S3 bucket " + bucket + " ";
        settings.put(
                of + "tags",
                asked(() -> root.getBucketTagging(r -> r.bucket(bucket)).tagSet().stream()
                        .map(t -> t.key() + "=" + t.value())
                        .sorted()
                        .toList()));
        settings.put(
                of + "versioning",
                asked(() -> root.getBucketVersioning(r -> r.bucket(bucket)).status()));
        settings.put(
                of + "policy",
                asked(() -> root.getBucketPolicy(r -> r.bucket(bucket)).policy()));
        settings.put(
                of + "ownership",
                asked(() ->
                        root.getBucketOwnershipControls(r -> r.bucket(bucket)).ownershipControls()));
        settings.put(
                of + "lock",
                asked(() ->
                        root.getObjectLockConfiguration(r -> r.bucket(bucket)).objectLockConfiguration()));
        settings.put(
                of + "acl", asked(() -> root.getBucketAcl(r -> r.bucket(bucket)).grants()));
        settings.put(
                of + "objects",
                asked(() -> root.listObjectVersions(r -> r.bucket(bucket)).versions().stream()
                        .map(v -> v.key())
                        .toList()));
        return settings;
    }

    /** What somebody gets to see of a bucket who has these keys. */
    String list(String bucket, String accessKey, String secretKey) {
        try (S3Client client = S3Access.client(store, accessKey, secretKey)) {
            return asked(() -> client.listObjectsV2(r -> r.bucket(bucket)).keyCount());
        }
    }

    private static String asked(Supplier<Object> question) {
        try {
            return String.valueOf(question.get());
        } catch (S3Exception e) {
            return e.statusCode() + " " + e.awsErrorDetails().errorCode();
        }
    }

    /** Its keys and what gives it rights beside the policies of buckets. */
    private String user(String name) {
        return "keys " + elements(iam("Action=ListAccessKeys&UserName=" + name), "AccessKeyId") + ", written policies "
                + elements(iam("Action=ListUserPolicies&UserName=" + name), "member") + ", attached policies "
                + elements(iam("Action=ListAttachedUserPolicies&UserName=" + name), "PolicyName") + ", groups "
                + elements(iam("Action=ListGroupsForUser&UserName=" + name), "GroupName");
    }

    private String iam(String form) {
        try {
            StoreRequests.Answer answer = requests.send("iam", SdkHttpMethod.POST, "/", form + "&Version=2010-05-08");
            assertThat(answer.isSuccess()).as("%s: %s", form, answer).isTrue();
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> elements(String xml, String name) {
        return Pattern.compile("<" + name + ">([^<]+)</" + name + ">")
                .matcher(xml)
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        root.close();
        requests.close();
    }
}
