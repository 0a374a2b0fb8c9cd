package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Tag;

@EveryDriver
class CapabilityProbeIT {
    private final StoreKind kind;

    CapabilityProbeIT(StoreKind kind) {
        this.kind = kind;
    }

    @Test
    void what_is_documented_for_a_driver_is_what_the_real_server_does() {
        try (StoreServer server = TestStore.server(kind);
                ObjectStoreDriver driver = kind.open(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            documentedHolds(found, server.connection().tls());
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    @Test
    void through_tls_the_server_knows_that_it_is_tls(@TempDir Path folder) throws Exception {
        try (TestStore store = TestStore.overTls(kind, folder)) {
            documentedHolds(store.capabilities, true);
            assertThat(store.capabilities.has(StoreFeature.SecureTransport)).isTrue();
            assertThat(store.driver.bucketNames()).noneMatch(name -> name.startsWith("bh-capabilities-"));
        }
    }

    @Test
    void it_is_found_out_once() {
        RecordedCalls calls = new RecordedCalls();
        try (StoreServer server = TestStore.server(kind);
                ObjectStoreDriver driver = kind.open(server.connection(), calls)) {
            driver.capabilities();
            calls.clear();

            driver.capabilities();

            assertThat(calls.requests()).isZero();
        }
    }

    @Test
    void wherever_it_is_cut_off_the_next_run_finds_the_same_and_leaves_nothing_behind() {
        RecordedCalls calls = new RecordedCalls();
        try (StoreServer server = TestStore.server(kind)) {
            int requests;
            StoreCapabilities undisturbed;
            try (ObjectStoreDriver driver = kind.open(server.connection(), calls)) {
                undisturbed = driver.capabilities();
                requests = calls.requests();
            }
            for (int n = 1; n <= 2 * requests; n++) {
                try (ObjectStoreDriver driver = kind.open(server.connection(), calls)) {
                    if (n <= requests) {
                        calls.dieBefore(n);
                    } else {
                        calls.dieAfter(n - requests);
                    }
                    assertThatThrownBy(driver::capabilities).isInstanceOf(RecordedCalls.OperatorEnd.class);
                    calls.clear();
                }
                try (ObjectStoreDriver driver = kind.open(server.connection(), calls)) {
                    assertThat(available(driver.capabilities())).isEqualTo(available(undisturbed));
                    assertThat(driver.bucketNames()).isEmpty();
                    calls.clear();
                }
            }
        }
    }

    @Test
    void a_bucket_of_that_name_that_is_not_ours_is_left_alone() {
        try (StoreServer server = TestStore.server(kind);
                ObjectStoreDriver driver = kind.open(server.connection(), ExternalCalls.unobserved());
                S3Client root = S3Connection.open(server.connection())) {
            String name = "bh-capabilities-"
                    + SecretDigest.of(server.connection().installation()).hex().substring(0, 16);
            root.createBucket(r -> r.bucket(name));
            root.putBucketTagging(r -> r.bucket(name)
                    .tagging(t -> t.tagSet(List.of(
                            Tag.builder().key("bulkhead").value("theirs").build()))));

            assertThatThrownBy(driver::capabilities)
                    .isInstanceOfSatisfying(
                            StoreException.class,
                            e -> assertThat(e.failure()).isEqualTo(StoreException.StoreFailure.Taken));
            assertThat(driver.bucketNames()).containsExactly(name);
        }
    }

    /** To the letter where the kind says which server it is; else nothing is promised that the server does not do. */
    private void documentedHolds(StoreCapabilities found, boolean tls) {
        Map<StoreFeature, Boolean> documented = available(kind.documented(tls));
        if (kind == StoreKind.Static) {
            assertThat(StoreFeature.values())
                    .filteredOn(feature -> Boolean.TRUE.equals(documented.get(feature)))
                    .isNotEmpty()
                    .allMatch(found::has);
        } else {
            Map<StoreFeature, Boolean> seen = available(found);
            for (StoreFeature triedOnItsOwn : Set.of(StoreFeature.KeepsBucketsApart)) { // BucketsApartIT
                seen.remove(triedOnItsOwn);
                documented.remove(triedOnItsOwn);
            }
            assertThat(seen).isEqualTo(documented);
        }
    }

    static Map<StoreFeature, Boolean> available(StoreCapabilities capabilities) {
        Map<StoreFeature, Boolean> available = new TreeMap<>();
        capabilities.seen().forEach((feature, seen) -> available.put(feature, seen.available()));
        return available;
    }
}
