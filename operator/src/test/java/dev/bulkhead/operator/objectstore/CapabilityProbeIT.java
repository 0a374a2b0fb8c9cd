package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.nio.file.Path;
import java.util.Map;
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
        try (VersityServer server = VersityServer.start();
                ObjectStoreDriver driver = kind.open(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            documentedHolds(found, false);
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    @Test
    void a_server_without_versions_has_no_object_lock_either() {
        try (TestStore store = new TestStore(kind, VersityServer.start(null, false))) {
            assertThat(store.capabilities.has(StoreFeature.Versioning)).isFalse();
            TenantIdentity identity = Fixtures.freshIdentity();
            BucketPlan plan = store.plan(identity);
            assertThat(plan.settings().objectLock()).isFalse();
            assertThat(store.applier.apply(plan, Fixtures.secrets(identity)))
                    .isEqualTo(store.done("CreateBucket", "CreateUser", "PutBucketPolicy"));
        }
    }

    @Test
    void through_tls_the_server_knows_that_it_is_tls(@TempDir Path folder) throws Exception {
        try (VersityServer server = VersityServer.start(TestCertificate.in(folder), true);
                ObjectStoreDriver driver = kind.open(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            documentedHolds(found, true);
            assertThat(found.has(StoreFeature.SecureTransport)).isTrue();
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    @Test
    void it_is_found_out_once() {
        RecordedCalls calls = new RecordedCalls();
        try (VersityServer server = VersityServer.start();
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
        try (VersityServer server = VersityServer.start()) {
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
        try (VersityServer server = VersityServer.start();
                ObjectStoreDriver driver = kind.open(server.connection(), ExternalCalls.unobserved());
                S3Client root = S3Connection.open(server.connection())) {
            String name = "bh-capabilities-"
                    + SecretDigest.of("objects-1\n" + VersityServer.ROOT).hex().substring(0, 16);
            root.createBucket(r -> r.bucket(name)
                    .createBucketConfiguration(c ->
                            c.tags(Tag.builder().key("bulkhead").value("theirs").build())));

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
            assertThat(available(found)).isEqualTo(documented);
        }
    }

    static Map<StoreFeature, Boolean> available(StoreCapabilities capabilities) {
        Map<StoreFeature, Boolean> available = new TreeMap<>();
        capabilities.seen().forEach((feature, seen) -> available.put(feature, seen.available()));
        return available;
    }
}
