package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.ObjectOwnership;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.Tag;

/** Whatever somebody with the root account changes is found by one sweep and undone by one apply. */
class BucketDriftIT extends DriverSuite {
    private final TenantIdentity identity = Fixtures.freshIdentity();

    BucketDriftIT(StoreKind kind) {
        super(kind);
    }

    @Test
    void nothing_changed_means_nothing_found_and_nothing_written() {
        BucketPlan plan = store.tenant(identity);

        assertThat(store.sweep.sweep("objects-1", Map.of(identity, plan)).drifted())
                .isEmpty();
        assertThat(store.sweep.sweep("objects-1", Map.of(identity, plan)).failures())
                .isEmpty();
        assertThat(store.calls.writes()).isEmpty();
    }

    @Test
    void a_removed_policy_comes_back() {
        restored(plan -> store.root.deleteBucketPolicy(r -> r.bucket(plan.bucket())), "PutBucketPolicy");
    }

    @Test
    void a_policy_that_is_open_to_everybody_is_closed() {
        restored(
                plan -> store.root.putBucketPolicy(r -> r.bucket(plan.bucket())
                        .policy("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
                                + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::" + plan.bucket()
                                + "/*\"}]}")),
                "PutBucketPolicy");
    }

    @Test
    void a_foreign_statement_beside_ours_goes() {
        store.accounts.put("neighbour", "secret-of-the-neighbour-0123456789-abc");
        restored(
                plan -> {
                    String ours = TestStore.policy(plan).json();
                    store.root.putBucketPolicy(r -> r.bucket(plan.bucket())
                            .policy(ours.substring(0, ours.length() - 2)
                                    + ",{\"Sid\":\"Extra\",\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\""
                                    + store.server.principal("neighbour") + "\"]},"
                                    + "\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::" + plan.bucket()
                                    + "/*\"}]}"));
                },
                "PutBucketPolicy");
    }

    @Test
    void a_policy_without_the_acl_refusal_is_completed() {
        restored(
                plan -> {
                    BucketPolicy lacking = new BucketPolicy(TestStore.policy(plan).statements().stream()
                            .filter(statement -> !statement.sid().equals("NoPublicAcl"))
                            .toList());
                    store.root.putBucketPolicy(r -> r.bucket(plan.bucket()).policy(lacking.json()));
                },
                "PutBucketPolicy");
    }

    @Test
    void a_removed_mark_comes_back_while_the_policy_still_says_whose_it_is() {
        restored(
                plan -> {
                    store.root.putObject(r -> r.bucket(plan.bucket()).key("data"), RequestBody.fromString("x"));
                    store.root.deleteBucketTagging(r -> r.bucket(plan.bucket()));
                },
                "PutBucketTagging");
    }

    @Test
    void a_changed_mark_is_a_conflict_and_nothing_is_touched() {
        BucketPlan plan = store.tenant(identity);
        store.root.putBucketTagging(r -> r.bucket(plan.bucket())
                .tagging(t ->
                        t.tagSet(Tag.builder().key("bulkhead").value("another").build())));
        TestStore.State before = store.state(plan);

        assertThat(store.sweep.sweep("objects-1", Map.of(identity, plan)).drifted())
                .containsExactly(identity);
        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Blocked.class);
        assertThat(store.calls.writes()).isEmpty();
        assertThat(store.state(plan)).isEqualTo(before);
    }

    @Test
    void a_public_acl_is_taken_back_even_when_it_is_hidden_under_enforced_ownership() {
        boolean enforced = store.plan(identity).settings().ownership() == BucketOwnership.BucketOwnerEnforced;
        restored(
                plan -> {
                    block(plan, false);
                    ownership(plan, ObjectOwnership.OBJECT_WRITER);
                    store.root.putBucketAcl(r -> r.bucket(plan.bucket()).acl(BucketCannedACL.PUBLIC_READ_WRITE));
                    ownership(plan, ObjectOwnership.BUCKET_OWNER_ENFORCED);
                    block(plan, true);
                },
                Stream.of("PutBucketOwnershipControls", "PutBucketAcl", "PutBucketOwnershipControls")
                        .limit(enforced ? 3 : 2)
                        .toArray(String[]::new));
    }

    @Test
    void changed_ownership_comes_back() {
        restored(plan -> ownership(plan, ObjectOwnership.OBJECT_WRITER), "PutBucketOwnershipControls");
    }

    @Test
    void a_default_retention_goes_because_it_would_keep_data_from_being_erased() {
        restored(
                plan -> store.root.putObjectLockConfiguration(r -> r.bucket(plan.bucket())
                        .objectLockConfiguration(c -> c.objectLockEnabled(ObjectLockEnabled.ENABLED)
                                .rule(rule -> rule.defaultRetention(d -> d.mode(ObjectLockRetentionMode.GOVERNANCE)
                                        .days(3650))))),
                "PutObjectLockConfiguration");
    }

    @Test
    void a_bucket_that_was_made_and_is_gone_is_not_made_anew() {
        BucketPlan plan = store.tenant(identity).asMade();
        assertThat(store.applier.apply(plan, store.secrets(identity)))
                .as("that it was made is no news")
                .isEqualTo(new Outcome.Done(0));
        store.root.deleteBucket(r -> r.bucket(plan.bucket()));
        store.calls.clear();

        OpenBackend.Swept swept = store.sweep.sweep("objects-1", Map.of(identity, plan));
        Outcome lost = store.applier.apply(plan, store.secrets(identity));

        assertThat(swept.drifted()).containsExactly(identity);
        assertThat(swept.gone()).containsExactly(identity);
        assertThat(lost).isInstanceOfSatisfying(Outcome.Blocked.class, blocked -> {
            assertThat(blocked.finding().reason()).isEqualTo(Reason.DataGone);
            assertThat(blocked.finding().text()).contains(plan.bucket()).contains("objects-1");
        });
        assertThat(store.root.listBuckets().buckets())
                .noneMatch(bucket -> bucket.name().equals(plan.bucket()));
        assertThat(store.calls.writes()).isEmpty();
        assertThat(store.sweep.sweep("objects-1", Map.of(identity, plan)).gone())
                .containsExactly(identity);
    }

    @Test
    void a_bucket_that_was_given_up_is_made_anew() {
        BucketPlan plan = store.tenant(identity);
        TestStore.State before = store.state(plan);
        store.root.deleteBucket(r -> r.bucket(plan.bucket()));
        store.applier.forget(identity);

        store.applier.apply(plan, store.secrets(identity));

        assertThat(store.state(plan)).isEqualTo(before);
    }

    @Test
    void a_closed_tenant_that_was_given_a_key_and_a_permission_is_closed_again() {
        store.tenant(identity);
        BucketPlan closed = store.closed(identity);
        store.applier.close(closed);
        TestStore.State before = store.state(closed);
        if (!store.minting()) {
            store.accounts.put(store.accessKeyId(identity, Slot.One), "a-key-for-a-closed-tenant-0123456789");
        }
        BucketPlan open = store.plan(identity);
        store.root.putBucketPolicy(
                r -> r.bucket(open.bucket()).policy(TestStore.policy(open).json()));
        store.calls.clear();

        assertThat(store.sweep.sweep("objects-1", Map.of(identity, closed)).drifted())
                .containsExactly(identity);
        store.applier.close(closed);

        assertThat(store.calls.writes()).isEqualTo(store.writes("PutBucketPolicy", "DeleteUser"));
        assertThat(store.state(closed)).isEqualTo(before);
    }

    @Test
    void suspended_versioning_is_enabled_where_no_lock_keeps_it() {
        try (TestStore unlocked = TestStore.start(kind)) {
            StoreCapabilities withoutLock =
                    StoreCapabilities.of(Set.of(StoreFeature.BucketPolicy, StoreFeature.Tags, StoreFeature.Versioning));
            BucketPlan plan = unlocked.plan(identity, withoutLock, Set.of(Slot.One));
            unlocked.applier.apply(plan, unlocked.secrets(identity));
            unlocked.root.putBucketVersioning(r ->
                    r.bucket(plan.bucket()).versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
            unlocked.calls.clear();

            assertThat(unlocked.sweep.sweep("objects-1", Map.of(identity, plan)).drifted())
                    .containsExactly(identity);
            unlocked.applier.apply(plan, unlocked.secrets(identity));

            assertThat(unlocked.calls.writes()).containsExactly("PutBucketVersioning");
            assertThat(unlocked.root
                            .getBucketVersioning(r -> r.bucket(plan.bucket()))
                            .status())
                    .isEqualTo(BucketVersioningStatus.ENABLED);
        }
    }

    @Test
    void a_bucket_from_before_the_server_could_lock_gets_the_lock() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket())
                .createBucketConfiguration(c -> c.tags(
                        Tag.builder().key("bulkhead").value(identity.hash()).build())));

        store.applier.apply(plan, store.secrets(identity));

        assertThat(store.state(plan).present().objectLock()).isTrue();
        assertThat(store.state(plan).present().versioning()).isTrue();
    }

    @Test
    void a_tenant_whose_last_apply_failed_is_named_with_every_sweep_and_is_no_drift() {
        BucketPlan plan = store.plan(identity);
        store.root.createBucket(r -> r.bucket(plan.bucket()));
        store.root.putObject(r -> r.bucket(plan.bucket()).key("theirs"), RequestBody.fromString("x"));
        assertThat(store.applier.apply(plan, store.secrets(identity))).isInstanceOf(Outcome.Blocked.class);

        OpenBackend.Swept swept = store.sweep.sweep("objects-1", Map.of(identity, plan));

        assertThat(swept.drifted()).isEmpty();
        assertThat(swept.unsettled()).containsExactly(identity);
        assertThat(swept.failures()).isEmpty();
    }

    @Test
    void one_sweep_lists_buckets_and_users_once_and_finds_the_one_of_many() {
        Map<TenantIdentity, BucketPlan> plans = new HashMap<>();
        IntStream.range(0, 12).forEach(_ -> {
            TenantIdentity each = Fixtures.freshIdentity();
            plans.put(each, store.tenant(each));
        });
        TenantIdentity one = plans.keySet().iterator().next();
        store.root.deleteBucketPolicy(r -> r.bucket(one.bucket()));
        store.calls.clear();

        OpenBackend.Swept swept = store.sweep.sweep("objects-1", plans);

        assertThat(swept.drifted()).containsExactly(one);
        assertThat(swept.failures()).isEmpty();
        assertThat(store.calls.writes()).isEmpty();
        assertThat(store.calls.reads())
                .filteredOn(store.server.listing()::equals)
                .hasSize(kind.keysSupplied() ? 0 : 1);
        assertThat(store.calls.reads()).filteredOn("ListBuckets"::equals).hasSize(1);
        assertThat(store.calls.reads()).filteredOn("GetBucketPolicy"::equals).hasSize(12);
    }

    private void restored(Consumer<BucketPlan> damage, String... writes) {
        store.restored(identity, damage, writes);
    }

    private static void block(BucketPlan plan, boolean all) {
        if (plan.settings().publicAccessBlock()) {
            store.root.putPublicAccessBlock(r -> r.bucket(plan.bucket())
                    .publicAccessBlockConfiguration(b -> b.blockPublicAcls(all)
                            .ignorePublicAcls(all)
                            .blockPublicPolicy(all)
                            .restrictPublicBuckets(all)));
        }
    }

    private static void ownership(BucketPlan plan, ObjectOwnership ownership) {
        store.root.putBucketOwnershipControls(r -> r.bucket(plan.bucket())
                .ownershipControls(c -> c.rules(List.of(OwnershipControlsRule.builder()
                        .objectOwnership(ownership)
                        .build()))));
    }
}
