package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What SeaweedFS does of itself in its own time, which is minutes: by hand, with {@code -Dbulkhead.upkeep=true}. */
@EnabledIfSystemProperty(named = "bulkhead.upkeep", matches = "true")
class SeaweedFsUpkeepIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final RequestBody MEBIBYTE = RequestBody.fromBytes(new byte[1 << 20]);

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

    private static String seconds(long since) {
        return String.valueOf(Duration.ofNanos(System.nanoTime() - since).toSeconds());
    }
}
