package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/** What SeaweedFS does of itself in its own time, which is minutes: by hand, with {@code -Dbulkhead.upkeep=true}. */
@EnabledIfSystemProperty(named = "bulkhead.upkeep", matches = "true")
class SeaweedFsUpkeepIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final RequestBody MEBIBYTE = RequestBody.fromBytes(new byte[1 << 20]);

    /** Of keeping overwritten and deleted objects. */
    private static final ObjectStoreRequest TWO_DAYS = new ObjectStoreRequest(null, null, "P2D", List.of(), List.of());

    private static TestStore store;

    @BeforeAll
    static void start() {
        store = TestStore.start(StoreKind.SeaweedFs);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void a_bucket_over_its_limit_takes_nothing_more_until_something_goes_and_a_neighbour_goes_on(
            TestReporter reporter) {
        TenantIdentity identity = Fixtures.freshIdentity();
        BucketPlan plan = ObjectStorePlanner.plan(
                identity,
                Fixtures.store(StoreKind.SeaweedFs, true, 2L << 20),
                store.capabilities,
                store.keys(identity),
                Set.of(Slot.One),
                false);
        store.applier.apply(plan, Fixtures.secrets(identity));
        TenantIdentity other = Fixtures.freshIdentity();
        String neighbour = store.tenant(other).bucket();
        S3Client tenant = store.client(identity, Slot.One);
        S3Client next = store.client(other, Slot.One);
        String bucket = plan.bucket();
        for (int i = 0; i < 3; i++) {
            String key = "filling-" + i;
            tenant.putObject(r -> r.bucket(bucket).key(key), MEBIBYTE);
        }

        long full = System.nanoTime();
        await("a refusal")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> TestStore.status(
                                () -> tenant.putObject(r -> r.bucket(bucket).key("one-more"), MEBIBYTE))
                        == 403);

        reporter.publishEntry("seconds until a full bucket refuses", seconds(full));

        assertThat(TestStore.status(
                        () -> tenant.getObjectAsBytes(r -> r.bucket(bucket).key("filling-0"))))
                .isEqualTo(200);
        assertThat(TestStore.status(
                        () -> next.putObject(r -> r.bucket(neighbour).key("letter"), MEBIBYTE)))
                .isEqualTo(200);
        assertThat(TestStore.status(
                        () -> tenant.deleteObject(r -> r.bucket(bucket).key("filling-0"))))
                .as("a delete marker is an object, too")
                .isEqualTo(500);
        store.root
                .listObjectVersions(r -> r.bucket(bucket))
                .versions()
                .forEach(version -> store.root.deleteObject(
                        r -> r.bucket(bucket).key(version.key()).versionId(version.versionId())));
        long emptied = System.nanoTime();
        await("room again")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> TestStore.status(
                                () -> tenant.putObject(r -> r.bucket(bucket).key("one-more"), MEBIBYTE))
                        == 200);
        reporter.publishEntry("seconds until an emptied bucket takes objects", seconds(emptied));
    }

    @Test
    void old_versions_unfinished_uploads_and_lone_delete_markers_go_in_their_time_and_objects_stay(
            TestReporter reporter) {
        try (TestStore fast = new TestStore(StoreKind.SeaweedFs, SeaweedServer.startFast())) {
            TenantIdentity identity = Fixtures.freshIdentity();
            BucketPlan plan = fast.plan(identity, TWO_DAYS, Set.of(Slot.One));
            assertThat(fast.applier.apply(plan, fast.secrets(identity)).done()).isTrue();
            String bucket = plan.bucket();
            S3Client tenant = fast.client(identity, Slot.One);

            put(tenant, bucket, "kept", "written once");
            put(tenant, bucket, "letter", "first");
            put(tenant, bucket, "letter", "second");
            put(tenant, bucket, "gone", "deleted");
            tenant.deleteObject(r -> r.bucket(bucket).key("gone"));
            String upload = tenant.createMultipartUpload(r -> r.bucket(bucket).key("unfinished"))
                    .uploadId();
            tenant.uploadPart(
                    r -> r.bucket(bucket).key("unfinished").uploadId(upload).partNumber(1), MEBIBYTE);
            long began = System.nanoTime();
            assertThat(versions(tenant, bucket)).hasSize(5);

            await("the end of old versions, and of the marker that hid one")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> versions(tenant, bucket).size() == 2);
            reporter.publishEntry("seconds until old versions were gone, after 2 days of 10 s", seconds(began));
            assertThat(tenant.listMultipartUploads(r -> r.bucket(bucket)).uploads())
                    .as("has seven days")
                    .hasSize(1);

            await("the end of the unfinished upload")
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> tenant.listMultipartUploads(r -> r.bucket(bucket))
                            .uploads()
                            .isEmpty());
            reporter.publishEntry("seconds until the upload was gone, after 7 days of 10 s", seconds(began));

            assertThat(versions(tenant, bucket)).containsExactlyInAnyOrder("kept latest", "letter latest");
            assertThat(tenant.getObjectAsBytes(r -> r.bucket(bucket).key("letter"))
                            .asUtf8String())
                    .isEqualTo("second");
            assertThat(tenant.getObjectAsBytes(r -> r.bucket(bucket).key("kept"))
                            .asUtf8String())
                    .isEqualTo("written once");
        }
    }

    private static void put(S3Client client, String bucket, String key, String content) {
        client.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromString(content));
    }

    /** Versions and delete markers. */
    private static List<String> versions(S3Client client, String bucket) {
        ListObjectVersionsResponse listed = client.listObjectVersions(r -> r.bucket(bucket));
        return Stream.concat(
                        listed.versions().stream().map(v -> v.key() + (v.isLatest() ? " latest" : " old")),
                        listed.deleteMarkers().stream().map(m -> m.key() + " deleted"))
                .toList();
    }

    private static String seconds(long since) {
        return String.valueOf(Duration.ofNanos(System.nanoTime() - since).toSeconds());
    }
}
