package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.Tag;

@EveryDriver
class CapabilityProbeIT {
    private final StoreKind kind;

    CapabilityProbeIT(StoreKind kind) {
        this.kind = kind;
    }

    @Test
    void what_is_documented_for_a_driver_is_what_the_real_server_does() {
        try (TestStore store = TestStore.start(kind)) {
            documentedHolds(store.capabilities);
            assertThat(store.driver.bucketNames()).doesNotContain(bucket(store.server.connection()));
        }
    }

    @Test
    void it_is_found_out_once() {
        try (TestStore store = TestStore.start(kind)) {
            store.driver.capabilities();

            assertThat(store.calls.requests()).isZero();
        }
    }

    /** Where keys are supplied no request makes one: the rest is S3, and a crash for every request takes its time. */
    @Test
    void wherever_it_is_cut_off_the_next_run_finds_the_same_and_leaves_nothing_behind() {
        RecordedCalls calls = new RecordedCalls();
        try (TestStore store = kind.keysSupplied() ? TestStore.onVersity() : TestStore.start(kind)) {
            StoreConnection connection = store.server.connection();
            List<Integer> writes;
            try (ObjectStoreDriver driver = kind.open(connection, calls)) {
                driver.capabilities();
                writes = calls.placesOfWrites();
            }
            for (int write : writes) { // a read changes nothing
                cutOff(store, calls, () -> calls.dieBefore(write));
                cutOff(store, calls, () -> calls.dieAfter(write));
            }
        }
    }

    @Test
    void a_bucket_of_that_name_that_is_not_ours_is_left_alone() {
        try (TestStore store = TestStore.start(kind)) {
            StoreConnection connection = store.server.connection().as("met-by-" + kind);
            try (ObjectStoreDriver driver = kind.open(connection, ExternalCalls.unobserved())) {
                String name = bucket(connection);
                store.root.createBucket(r -> r.bucket(name));
                store.root.putBucketTagging(r -> r.bucket(name)
                        .tagging(t -> t.tagSet(List.of(
                                Tag.builder().key("bulkhead").value("theirs").build()))));

                assertThatThrownBy(driver::capabilities)
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.failure()).isEqualTo(StoreException.StoreFailure.Taken));
                assertThat(driver.bucketNames()).contains(name);
                store.root.deleteBucket(r -> r.bucket(name));
            }
        }
    }

    private void cutOff(TestStore store, RecordedCalls calls, Runnable there) {
        StoreConnection connection = store.server.connection();
        try (ObjectStoreDriver driver = kind.open(connection, calls)) {
            there.run();
            assertThatThrownBy(driver::capabilities).isInstanceOf(RecordedCalls.OperatorEnd.class);
            calls.clear();
        }
        try (ObjectStoreDriver driver = kind.open(connection, calls)) {
            assertThat(available(driver.capabilities())).isEqualTo(available(store.capabilities));
            assertThat(driver.bucketNames()).doesNotContain(bucket(connection));
            calls.clear();
        }
    }

    private static String bucket(StoreConnection connection) {
        return "bh-capabilities-"
                + SecretDigest.of(connection.installation()).hex().substring(0, 16);
    }

    /** To the letter where the kind says which server it is; else nothing is promised that the server does not do. */
    private void documentedHolds(StoreCapabilities found) {
        Map<StoreFeature, Boolean> documented = available(kind.documented(true));
        Set<StoreFeature> triedByThemselves = // by BucketsApartIT
                EnumSet.of(StoreFeature.KeepsBucketsApart, StoreFeature.KeysMakeNoKeys);
        documented.keySet().removeAll(triedByThemselves);
        if (kind == StoreKind.Static || kind == StoreKind.AwsIam) {
            assertThat(StoreFeature.values())
                    .filteredOn(feature -> Boolean.TRUE.equals(documented.get(feature)))
                    .isNotEmpty()
                    .allMatch(found::has);
        } else {
            Map<StoreFeature, Boolean> seen = available(found);
            seen.keySet().removeAll(triedByThemselves);
            assertThat(seen).isEqualTo(documented);
        }
    }

    static Map<StoreFeature, Boolean> available(StoreCapabilities capabilities) {
        Map<StoreFeature, Boolean> available = new TreeMap<>();
        capabilities.seen().forEach((feature, seen) -> available.put(feature, seen.available()));
        return available;
    }
}
