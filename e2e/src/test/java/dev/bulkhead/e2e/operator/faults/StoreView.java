package dev.bulkhead.e2e.operator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What the object store holds for a tenant, read as its root, without the operator's code. */
final class StoreView implements AutoCloseable {
    private final StackEndpoints.ObjectStoreEndpoint store;
    private final S3Client root;

    StoreView(StackEndpoints.ObjectStoreEndpoint store) {
        this.store = store;
        this.root = S3Access.client(store);
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
        accounts().properties().stream()
                .filter(a -> a.getKey().contains(suffix))
                .forEach(a -> view.put(
                        masks.mask("S3 account " + a.getKey()),
                        a.getValue().path("role").asText()
                                + (a.getValue().path("secret").asText().isEmpty() ? " without a secret" : "")));
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

    /** VersityGW keeps its accounts in a file of the stack's state. */
    private JsonNode accounts() {
        Path state = Path.of(store.caCertificate()).resolve("../..").normalize();
        try {
            return new ObjectMapper()
                    .readTree(state.resolve("objectstore/iam/users.json").toFile())
                    .path("accessAccounts");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
