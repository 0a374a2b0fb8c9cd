package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** What is asked of a key that somebody else made, before anybody is let in by it. */
class StaticDriverIT {
    private static final String SECRET = "secret-that-the-provider-made-0123456789";

    private static TestStore store;

    private final TenantIdentity identity = Fixtures.freshIdentity();
    private final String id = "KEY." + identity.suffix();

    @BeforeAll
    static void start() {
        store = TestStore.start(StoreKind.Static);
    }

    @AfterAll
    static void stop() {
        store.close();
    }

    @Test
    void the_operator_makes_no_account_and_deletes_none() {
        store.tenant(identity);
        List<String> before = List.copyOf(store.accounts.list().keySet());

        store.applier.close(store.closed(identity));

        assertThat(store.accounts.list().keySet()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(store.calls.writes()).containsExactly("PutBucketPolicy");
    }

    @Test
    void another_key_takes_the_place_of_the_former_one_in_one_write() {
        BucketPlan former = store.tenant(identity);
        S3Client before = store.client(identity, Slot.One);
        before.putObject(r -> r.bucket(former.bucket()).key("letter"), RequestBody.fromString("kept"));
        store.accounts.put(id, SECRET);

        Outcome outcome = apply(id, store.server.principal(id), SECRET);

        assertThat(outcome).isEqualTo(new Outcome.Done(1));
        assertThat(store.calls.writes()).containsExactly("PutBucketPolicy");
        assertThat(list(before)).isEqualTo(403);
        assertThat(store.client(id, SECRET)
                        .getObjectAsBytes(r -> r.bucket(former.bucket()).key("letter"))
                        .asUtf8String())
                .isEqualTo("kept");
    }

    @Test
    void a_key_that_the_server_does_not_know_waits_and_names_its_secret_and_the_former_one_goes_on() {
        store.tenant(identity);

        Outcome outcome = apply("NOBODY", "NOBODY", SECRET);

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Waiting.class, waiting -> {
            assertThat(waiting.finding().reason()).isEqualTo(Reason.ObjectStoreRefused);
            assertThat(waiting.finding().subject()).isEqualTo("Secret " + SuppliedKeys.secretName(identity));
            assertThat(waiting.finding().message())
                    .contains("objects-1")
                    .contains("InvalidAccessKeyId")
                    .doesNotContain(SECRET);
        });
        assertThat(store.calls.writes()).isEmpty();
        assertThat(list(store.client(identity, Slot.One))).isEqualTo(200);
    }

    @Test
    void a_wrong_secret_waits_and_is_not_shown() {
        store.accounts.put(id, SECRET);

        Outcome outcome = apply(id, store.server.principal(id), "another-secret-than-the-right-one-0123");

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.finding().text())
                                .contains("SignatureDoesNotMatch")
                                .doesNotContain("another-secret"));
    }

    @Test
    void a_principal_that_is_not_the_keys_lets_nobody_in_by_it_and_is_said() {
        store.accounts.put(id, SECRET);
        store.accounts.put("somebody." + identity.suffix(), "secret-of-somebody-0123456789-0123");

        Outcome outcome = apply(id, store.server.principal("somebody." + identity.suffix()), SECRET);

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Waiting.class,
                        waiting -> assertThat(waiting.finding().text())
                                .contains(SuppliedKeys.secretName(identity))
                                .contains("check its principal"));
    }

    @Test
    void the_operators_own_key_is_refused() {
        refused(apply(StoreServer.ROOT, StoreServer.ROOT, StoreServer.ROOT_SECRET), "the operator itself uses");
    }

    @Test
    void a_key_of_the_tenants_own_that_names_the_operators_account_is_refused() {
        store.accounts.put(id, SECRET);

        refused(apply(id, StoreServer.ROOT, SECRET), "the operator itself uses");
    }

    @Test
    void a_key_that_reads_the_buckets_policy_is_refused_and_whoever_held_it_is_shut_out() {
        BucketPlan plan = store.tenant(identity);
        store.server.promote(store.accessKeyId(identity, Slot.One), StoreServer.Rights.ADMINISTERS);
        store.applier.forget(identity);

        refused(store.applier.apply(plan, Fixtures.secrets(identity)), "may read the policy");

        assertThat(store.calls.writes()).containsExactly("PutBucketPolicy");
        assertThat(PolicyComparison.same(
                        store.state(plan).present().policy(), TestStore.policy(store.closed(identity))))
                .isTrue();
        refused(store.applier.apply(plan, Fixtures.secrets(identity)), "may read the policy");
        assertThat(store.calls.writes())
                .as("it is not let in again to see whether it still can")
                .containsExactly("PutBucketPolicy");
    }

    @Test
    void a_key_that_lists_another_bucket_is_refused_before_it_is_let_in() {
        String open = "a-bucket-that-is-open"; // the first by name
        store.root.createBucket(r -> r.bucket(open));
        store.accounts.put(id, SECRET);
        try {
            store.root.putBucketPolicy(r -> r.bucket(open)
                    .policy(
                            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\""
                                    + store.server.principal(id)
                                    + "\"]},\"Action\":\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::" + open
                                    + "\"}]}"));

            refused(apply(id, store.server.principal(id), SECRET), open);

            assertThat(list(store.client(id, SECRET))).isIn(403, 404);
        } finally {
            store.root.deleteBucket(r -> r.bucket(open));
        }
    }

    @Test
    void a_bucket_that_somebody_opened_to_everybody_keeps_no_other_tenant_out() {
        String open = "a-bucket-for-everybody";
        store.root.createBucket(r -> r.bucket(open));
        store.accounts.put(id, SECRET);
        try {
            store.root.putBucketPolicy(r -> r.bucket(open)
                    .policy(
                            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":"
                                    + "\"s3:ListBucket\",\"Resource\":\"arn:aws:s3:::" + open + "\"}]}"));

            assertThat(apply(id, store.server.principal(id), SECRET)).isInstanceOf(Outcome.Done.class);
        } finally {
            store.root.deleteBucket(r -> r.bucket(open));
        }
    }

    @Test
    void a_store_without_bucket_policies_lets_nobody_in() {
        try (ObjectStoreDriver without = store.kind.open(
                store.server.connection(), store.calls, StoreCapabilities.of(Set.of(StoreFeature.Tags)))) {
            BucketPlan plan = store.plan(identity);
            store.calls.clear();

            Outcome outcome = new ObjectStoreApplier(without).apply(plan, Fixtures.secrets(identity));

            assertThat(outcome).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
                assertThat(blocked.finding().reason()).isEqualTo(Reason.ObjectStoreRefused);
                assertThat(blocked.finding().text())
                        .contains("ObjectStore objects-1")
                        .contains("bucket policies");
            });
            assertThat(store.calls.writes()).isEmpty();
        }
    }

    @Test
    void a_closed_tenant_needs_no_key() {
        store.tenant(identity);
        BucketPlan closed = ObjectStorePlanner.closing(identity, "objects-1", store.capabilities);

        assertThat(store.applier.close(closed)).isEqualTo(new Outcome.Done(1));
        assertThat(list(store.client(identity, Slot.One))).isEqualTo(403);
        assertThat(store.sweep.sweep("objects-1", Map.of(identity, closed)).drifted())
                .isEmpty();
    }

    private Outcome apply(String accessKeyId, String principal, String secret) {
        store.calls.clear();
        return store.applier.apply(
                ObjectStorePlanner.plan(
                        identity,
                        store.place(),
                        store.capabilities,
                        StoreKeys.only(Slot.One, new StoreKeys.Named(accessKeyId, principal)),
                        Set.of(Slot.One),
                        false),
                List.of(new SlotSecret(Slot.One, secret)));
    }

    @Test
    void where_acls_are_to_count_nobody_is_let_in_without_the_public_access_block() {
        try (TestStore without = TestStore.onVersity()) {
            StoreCapabilities promised = StoreCapabilities.of(
                    EnumSet.complementOf(EnumSet.of(StoreFeature.AclsDisabled, StoreFeature.Quota)));

            Outcome outcome = without.applier.apply(
                    without.plan(identity, promised, Set.of(Slot.One)), Fixtures.secrets(identity));

            assertThat(outcome.done()).isFalse();
            assertThat(without.calls.writes()).contains("PutPublicAccessBlock").doesNotContain("PutBucketPolicy");
        }
    }

    private void refused(Outcome outcome, String why) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isEqualTo(Reason.Conflict);
            assertThat(blocked.finding().text())
                    .contains("Secret " + SuppliedKeys.secretName(identity))
                    .contains(why);
        });
    }

    private int list(S3Client client) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(identity.bucket())));
    }
}
