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
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Tag;

class ObjectStoreApplierIT extends DriverSuite {
    private final TenantIdentity identity = Fixtures.freshIdentity();

    ObjectStoreApplierIT(StoreKind kind) {
        super(kind);
    }

    @Test
    void a_new_tenant_gets_a_marked_locked_versioned_bucket_a_key_and_a_policy() {
        BucketPlan plan = store.plan(identity);
        store.calls.clear();

        Outcome outcome = store.applier.apply(plan, store.secrets(identity));

        assertThat(outcome).isEqualTo(store.done("CreateBucket", "CreateUser", "PutBucketPolicy"));
        assertThat(store.calls.writes()).isEqualTo(store.writes("CreateBucket", "CreateUser", "PutBucketPolicy"));
        TestStore.State state = store.state(plan);
        assertThat(state.present()).isEqualTo(store.asPlanned(plan, state.bucket()));
        assertThat(state.keys()).isEqualTo(store.observed(identity, List.of(Slot.One)));
        S3Client tenant = store.client(identity, Slot.One);
        tenant.putObject(r -> r.bucket(plan.bucket()).key("letter"), RequestBody.fromString("hello"));
        assertThat(tenant.getObjectAsBytes(r -> r.bucket(plan.bucket()).key("letter"))
                        .asUtf8String())
                .isEqualTo("hello");
    }

    @Test
    void the_second_apply_sends_no_request_at_all() {
        BucketPlan plan = store.tenant(identity);

        Outcome outcome = store.applier.apply(plan, store.secrets(identity));

        assertThat(outcome).isEqualTo(Outcome.unchanged());
        assertThat(store.calls.requests()).isZero();
    }

    @Test
    void an_operator_without_memory_reads_and_writes_nothing() {
        BucketPlan plan = store.tenant(identity);
        RecordedCalls calls = new RecordedCalls();
        try (ObjectStoreDriver fresh = store.driver(calls)) {
            Outcome outcome = new ObjectStoreApplier(fresh).apply(plan, store.secrets(identity));

            assertThat(outcome).isEqualTo(Outcome.unchanged());
            assertThat(calls.reads()).isNotEmpty();
            assertThat(calls.writes()).isEmpty();
        }
    }

    @Test
    void the_second_slot_works_before_the_first_one_goes() {
        store.tenant(identity);
        BucketPlan withBoth = store.plan(identity, EnumSet.allOf(Slot.class));
        List<SlotSecret> both = List.of(store.secret(identity, Slot.One), store.secret(identity, Slot.Two));

        // Where both keys are one user's, the policy names it once and for all.
        String[] added = store.minting() ? new String[0] : new String[] {"CreateUser", "PutBucketPolicy"};
        String[] taken = store.minting()
                ? new String[] {TestStore.ONE_OF_TWO}
                : new String[] {"PutBucketPolicy", TestStore.ONE_OF_TWO};

        assertThat(store.applier.apply(withBoth, both)).isEqualTo(store.done(added));
        assertThat(store.calls.writes()).isEqualTo(store.writes(added));
        assertThat(listStatus(store.client(identity, Slot.One), withBoth)).isEqualTo(200);
        assertThat(listStatus(store.client(identity, Slot.Two), withBoth)).isEqualTo(200);
        store.calls.clear();

        BucketPlan second = store.plan(identity, Set.of(Slot.Two));
        assertThat(store.applier.apply(second, both)).isEqualTo(store.done(taken));
        assertThat(store.calls.writes()).isEqualTo(store.writes(taken));
        assertThat(listStatus(store.client(identity, Slot.One), second)).isEqualTo(403);
        assertThat(listStatus(store.client(identity, Slot.Two), second)).isEqualTo(200);
    }

    @Test
    void closing_takes_permission_and_key_and_keeps_the_data_and_reopening_restores() {
        BucketPlan plan = store.tenant(identity);
        S3Client tenant = store.client(identity, Slot.One);
        tenant.putObject(r -> r.bucket(plan.bucket()).key("letter"), RequestBody.fromString("kept"));

        Outcome closed = store.applier.close(store.closed(identity));

        assertThat(closed).isEqualTo(store.done("PutBucketPolicy", "DeleteUser"));
        assertThat(store.calls.writes()).isEqualTo(store.writes("PutBucketPolicy", "DeleteUser"));
        assertThat(listStatus(tenant, plan)).isEqualTo(403);
        assertThat(store.state(store.closed(identity)).keys()).isEmpty();
        assertThat(store.applier.close(store.closed(identity))).isEqualTo(Outcome.unchanged());

        assertThat(store.applier.apply(store.plan(identity), store.secrets(identity)))
                .isEqualTo(store.done("CreateUser", "PutBucketPolicy"));
        assertThat(store.client(identity, Slot.One)
                        .getObjectAsBytes(r -> r.bucket(plan.bucket()).key("letter"))
                        .asUtf8String())
                .isEqualTo("kept");
    }

    @Test
    void closing_for_good_takes_both_keys_and_touches_no_setting() {
        BucketPlan withBoth = store.plan(identity, EnumSet.allOf(Slot.class));
        store.applier.apply(withBoth, List.of(store.secret(identity, Slot.One), store.secret(identity, Slot.Two)));
        store.calls.clear();

        Outcome closed = store.applier.close(ObjectStorePlanner.closing(identity, "objects-1", store.capabilities));

        assertThat(closed).isEqualTo(store.done("PutBucketPolicy", TestStore.BOTH_KEYS));
        assertThat(store.calls.writes()).isEqualTo(store.writes("PutBucketPolicy", TestStore.BOTH_KEYS));
    }

    @Test
    void closing_a_tenant_that_has_no_bucket_writes_nothing() {
        assertThat(store.applier.close(store.closed(identity))).isEqualTo(Outcome.unchanged());
        assertThat(store.state(store.closed(identity)).bucket()).isEqualTo(new ObservedBucket.Missing());
    }

    @Test
    void a_bucket_of_that_name_without_our_mark_is_a_conflict_and_stays_as_it_is() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()));
        store.root.putObject(r -> r.bucket(plan.bucket()).key("theirs"), RequestBody.fromString("x"));
        TestStore.State before = store.state(plan);
        store.calls.clear();

        Outcome outcome = store.applier.apply(plan, store.secrets(identity));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isEqualTo(Reason.Conflict);
            assertThat(blocked.finding().text()).contains(plan.bucket());
        });
        assertThat(store.calls.writes()).isEmpty();
        assertThat(store.state(plan)).isEqualTo(before);
    }

    @Test
    void a_bucket_with_only_a_delete_marker_is_not_empty_and_not_taken() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()).objectLockEnabledForBucket(true));
        String version = store.root
                .putObject(r -> r.bucket(plan.bucket()).key("gone"), RequestBody.fromString("x"))
                .versionId();
        store.root.deleteObject(r -> r.bucket(plan.bucket()).key("gone"));
        store.root.deleteObject(r -> r.bucket(plan.bucket()).key("gone").versionId(version));

        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Blocked.class);
    }

    @Test
    void a_bucket_with_only_an_unfinished_upload_is_not_empty_and_not_taken() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()).objectLockEnabledForBucket(true));
        store.root.createMultipartUpload(r -> r.bucket(plan.bucket()).key("half"));

        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Blocked.class);
    }

    @Test
    void a_bucket_with_another_mark_is_a_conflict_even_when_empty() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()));
        store.root.putBucketTagging(r -> r.bucket(plan.bucket())
                .tagging(t -> t.tagSet(
                        Tag.builder().key("bulkhead").value("somebody else").build())));
        store.calls.clear();

        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Blocked.class);
        assertThat(store.calls.writes()).isEmpty();
    }

    @Test
    void a_bucket_of_another_account_is_a_conflict_even_with_our_mark() {
        BucketPlan plan = store.plan(identity);
        store.accounts.put("builder", "secret-of-the-builder-0123456789-abc");
        store.server.promote("builder", StoreServer.Rights.MAKES_BUCKETS);
        S3Client builder = store.client("builder", "secret-of-the-builder-0123456789-abc");
        builder.createBucket(r -> r.bucket(plan.bucket())
                .createBucketConfiguration(c -> c.tags(
                        Tag.builder().key("bulkhead").value(identity.hash()).build())));
        store.calls.clear();

        Outcome outcome = store.applier.apply(plan, store.secrets(identity));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Blocked.class,
                        blocked -> assertThat(blocked.finding().message()).contains("account builder"));
        assertThat(store.calls.writes()).isEmpty();
    }

    @Test
    void a_creation_that_was_cut_off_before_the_mark_is_completed() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()).objectLockEnabledForBucket(true));
        store.calls.clear();

        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Done.class);
        assertThat(store.calls.writes())
                .isEqualTo(store.writes("PutBucketTagging", TestStore.SETTINGS, "CreateUser", "PutBucketPolicy"));
    }

    @Test
    void tags_of_others_stay() {
        BucketPlan plan = store.tenant(identity);
        store.root.putBucketTagging(r -> r.bucket(plan.bucket())
                .tagging(t -> t.tagSet(Tag.builder().key("cost").value("42").build())));
        store.applier.forget(identity);

        store.applier.apply(plan, store.secrets(identity));

        assertThat(store.state(plan).present().tags()).isEqualTo(Map.of("cost", "42", "bulkhead", identity.hash()));
    }

    private static int listStatus(S3Client client, BucketPlan plan) {
        return TestStore.status(() -> client.listObjectsV2(r -> r.bucket(plan.bucket())));
    }
}
