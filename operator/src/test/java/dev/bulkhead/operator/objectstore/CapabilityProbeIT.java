package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Tag;

class CapabilityProbeIT {
    @Test
    void what_is_documented_for_a_driver_is_what_the_real_server_does() {
        try (VersityServer server = VersityServer.start();
                VersityDriver driver = new VersityDriver(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            assertThat(available(found))
                    .isEqualTo(available(StoreCapabilities.documented(ObjectStoreSpec.Driver.Versity, false)));
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    @Test
    void a_server_without_versions_has_no_object_lock_either() {
        try (VersityServer server = VersityServer.start(null, false);
                VersityDriver driver = new VersityDriver(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            assertThat(found.has(StoreFeature.Versioning)).isFalse();
            TenantIdentity identity = Fixtures.freshIdentity();
            BucketPlan plan = ObjectStorePlanner.plan(identity, Fixtures.store(false, null), found, false);
            assertThat(plan.settings().objectLock()).isFalse();
            assertThat(new ObjectStoreApplier(driver).apply(plan, Fixtures.secrets(identity)))
                    .isEqualTo(new Outcome.Done(3));
        }
    }

    @Test
    void through_tls_the_server_knows_that_it_is_tls(@TempDir Path folder) throws Exception {
        try (VersityServer server = VersityServer.start(TestCertificate.in(folder), true);
                VersityDriver driver = new VersityDriver(server.connection(), ExternalCalls.unobserved())) {
            StoreCapabilities found = driver.capabilities();

            assertThat(available(found))
                    .isEqualTo(available(StoreCapabilities.documented(ObjectStoreSpec.Driver.Versity, true)));
            assertThat(driver.bucketNames()).isEmpty();
        }
    }

    @Test
    void it_is_found_out_once() {
        RecordedCalls calls = new RecordedCalls();
        try (VersityServer server = VersityServer.start();
                VersityDriver driver = new VersityDriver(server.connection(), calls)) {
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
            try (VersityDriver driver = new VersityDriver(server.connection(), calls)) {
                undisturbed = driver.capabilities();
                requests = calls.requests();
            }
            for (int n = 1; n <= 2 * requests; n++) {
                try (VersityDriver driver = new VersityDriver(server.connection(), calls)) {
                    if (n <= requests) {
                        calls.dieBefore(n);
                    } else {
                        calls.dieAfter(n - requests);
                    }
                    assertThatThrownBy(driver::capabilities).isInstanceOf(RecordedCalls.Crash.class);
                    calls.clear();
                }
                try (VersityDriver driver = new VersityDriver(server.connection(), calls)) {
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
                VersityDriver driver = new VersityDriver(server.connection(), ExternalCalls.unobserved());
                S3Client root = S3Connection.open(server.connection())) {
            String name = "bh-capabilities-"
                    + SecretDigest.of("objects-1\n" + VersityServer.ROOT).hex().substring(0, 16);
            root.createBucket(r -> r.bucket(name)
                    .createBucketConfiguration(c ->
                            c.tags(Tag.builder().key("bulkhead").value("theirs").build())));

            assertThatThrownBy(driver::capabilities)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.failure()).isEqualTo(StoreException.Failure.Taken));
            assertThat(driver.bucketNames()).containsExactly(name);
        }
    }

    static Map<StoreFeature, Boolean> available(StoreCapabilities capabilities) {
        Map<StoreFeature, Boolean> available = new TreeMap<>();
        capabilities.seen().forEach((feature, seen) -> available.put(feature, seen.available()));
        return available;
    }
}
