package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.AccessKey;
import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierFinding;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.EscapeSuite;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Clock;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** The escape suite sees: VersityGW 1.8.0 is known to let a key out of its bucket, by the ways that it found here. */
class EscapeSuiteIT {
    private static final TenantIdentity ATTACKER = Fixtures.freshIdentity();
    private static final TenantIdentity VICTIM = Fixtures.freshIdentity();
    private static final TenantIdentity BYSTANDER = Fixtures.freshIdentity();

    private static TestStore store;
    private static EscapeReport report;

    @BeforeAll
    static void run() throws InterruptedException {
        store = TestStore.onVersity();
        BucketPlan attacker = store.tenant(ATTACKER);
        store.tenant(BYSTANDER);
        store.client(BYSTANDER, Slot.One)
                .putObject(r -> r.bucket(BYSTANDER.bucket()).key("letter"), RequestBody.fromString("theirs"));
        BucketPlan victim = store.tenant(VICTIM);
        EscapeSuite.Scene scene = new EscapeSuite.Scene(
                store.server.endpoint(),
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                "us-east-1",
                new AccessKey(VersityServer.ROOT, VersityServer.ROOT_SECRET),
                new AccessKey(
                        store.accessKeyId(ATTACKER, Slot.One),
                        Fixtures.secret(ATTACKER, Slot.One).secret()),
                ATTACKER.bucket(),
                VICTIM.bucket(),
                () -> remade(ATTACKER, attacker),
                () -> remade(VICTIM, victim));
        try (EscapeSuite suite = new EscapeSuite(
                scene,
                new EscapeSuite.Patience(Duration.ofSeconds(5), Duration.ofMinutes(10)),
                ExternalCalls.unobserved(),
                Clock.systemUTC())) {
            report = suite.run();
            suite.empty();
        }
    }

    private static void remade(TenantIdentity identity, BucketPlan plan) {
        store.applier.forget(identity);
        store.applier.apply(plan, Fixtures.secrets(identity));
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void keys_of_a_delete_and_upload_ids_get_through() {
        assertThat(report.with(CarrierResult.THROUGH))
                .extracting(CarrierFinding::carrier)
                .contains(
                        "key in a DeleteObjects body",
                        "upload id of UploadPart",
                        "upload id of ListParts",
                        "upload id of AbortMultipartUpload",
                        "upload id of a presigned UploadPart");
    }

    @Test
    void keys_of_paths_copy_sources_prefixes_and_markers_do_not() {
        assertThat(report.with(CarrierResult.KEPT))
                .extracting(CarrierFinding::carrier)
                .contains(
                        "key in the path of a GET",
                        "key in the path of a PUT",
                        "key in the path of a DELETE",
                        "copy source",
                        "bucket in the path of a GET",
                        "prefix of a listing",
                        "start-after",
                        "key of a presigned GET");
    }

    @Test
    void nothing_is_left_unsaid() {
        assertThat(report.with(CarrierResult.UNCLEAR)).isEmpty();
    }

    @Test
    void a_bucket_that_was_removed_is_there_again_and_nobody_else_was_met() {
        assertThat(store.driver.bucketNames()).contains(ATTACKER.bucket(), VICTIM.bucket(), BYSTANDER.bucket());
        assertThat(store.state(store.plan(VICTIM)).present().policy()).contains(VICTIM.bucket());
        assertThat(store.root
                        .getObjectAsBytes(r -> r.bucket(BYSTANDER.bucket()).key("letter"))
                        .asUtf8String())
                .isEqualTo("theirs");
    }

    /** Not so in the victim's: this server deletes no version {@code null}, and what was planted has no other. */
    @Test
    void nothing_of_the_attempts_stays_in_the_attackers_bucket() {
        assertThat(store.root
                        .listObjectVersions(r -> r.bucket(ATTACKER.bucket()))
                        .versions())
                .isEmpty();
        assertThat(store.root
                        .listMultipartUploads(r -> r.bucket(ATTACKER.bucket()))
                        .uploads())
                .isEmpty();
    }

    @Test
    void what_is_said_holds_no_secret() {
        assertThat(report.toString())
                .doesNotContain(Fixtures.secret(ATTACKER, Slot.One).secret());
    }
}
