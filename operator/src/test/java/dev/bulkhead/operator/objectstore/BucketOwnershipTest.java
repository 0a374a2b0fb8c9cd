package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which bucket is the tenant's, and what is written to one that is: case by case, beside the properties of the differ. */
class BucketOwnershipTest {
    private static final TenantIdentity IDENTITY = Fixtures.identity(9);
    private static final StoreCapabilities ALL = StoreCapabilities.of(EnumSet.allOf(StoreFeature.class));
    private static final BucketPlan PLAN = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, false);
    private static final BucketPlan CLOSED = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, true);
    private static final SecretDigest DIGEST =
            Fixtures.secret(IDENTITY, Slot.One).digest();
    private static final Map<Slot, ObservedKey> KEY = Map.of(Slot.One, new ObservedKey(true, DIGEST));

    private final Found found = new Found();

    @Test
    void a_bucket_of_another_account_is_left_alone_whatever_its_mark_says() {
        found.ours = false;

        assertThat(foreign())
                .isEqualTo(
                        "belongs to account them of ObjectStore objects-1 and not to the operator's. It was not touched."
                                + " Remove it, or hand it over to the operator's account if that was exchanged.");
    }

    @Test
    void a_bucket_with_the_mark_of_another_tenant_is_left_alone() {
        found.tags.put("bulkhead", "another");

        assertThat(foreign())
                .isEqualTo(
                        "carries the mark of something else (tag bulkhead). It was not touched. If it is this tenant's,"
                                + " set the tag to " + IDENTITY.hash() + ".");
    }

    @Test
    void a_bucket_without_mark_and_with_something_in_it_is_left_alone() {
        found.tags.clear();
        found.policy = null;

        found.empty = null;
        assertThat(foreign()).isEqualTo(unmarked());
        found.empty = false;
        assertThat(foreign()).isEqualTo(unmarked());
    }

    @Test
    void a_bucket_as_a_creation_leaves_it_that_was_cut_off_is_marked_first() {
        found.begunCreation();

        assertThat(changes(KEY).getFirst()).isEqualTo(new BucketChange.SetTags(Map.of("bulkhead", IDENTITY.hash())));
    }

    @Test
    void an_empty_bucket_that_anybody_has_touched_is_no_creation_that_was_cut_off() {
        found.begunCreation();
        found.tags.put("cost", "7");
        assertThat(foreign()).startsWith("exists");

        found.begunCreation();
        found.policy = "{}";
        assertThat(foreign()).startsWith("exists");

        found.begunCreation();
        found.grants = List.of("AllUsers READ");
        assertThat(foreign()).startsWith("exists");
    }

    @Test
    void a_bucket_that_lost_its_mark_is_known_by_its_policy_and_keeps_others_tags() {
        found.tags.clear();
        found.tags.put("cost", "7");

        assertThat(changes(KEY))
                .containsExactly(new BucketChange.SetTags(Map.of("cost", "7", "bulkhead", IDENTITY.hash())));

        found.policy = Objects.requireNonNull(PLAN.sealed()).json();
        assertThat(changes(KEY).getFirst()).isInstanceOf(BucketChange.SetTags.class);

        found.policy = Objects.requireNonNull(PLAN.policy()).json().replace("s3:GetObject\"", "s3:*\"");
        assertThat(foreign()).startsWith("exists");
    }

    @Test
    void a_bucket_that_is_as_planned_is_left_as_it_is() {
        assertThat(changes(KEY)).isEmpty();
    }

    @Test
    void a_key_that_somebody_changed_is_issued_anew() {
        assertThat(changes(Map.of(Slot.One, new ObservedKey(true, SecretDigest.of("other")))))
                .containsExactly(new BucketChange.IssueKey(Slot.One));
        assertThat(changes(Map.of(Slot.One, new ObservedKey(false, DIGEST))))
                .containsExactly(new BucketChange.IssueKey(Slot.One));
    }

    @Test
    void a_policy_that_is_gone_is_set_and_one_that_opens_more_is_replaced_once() {
        BucketPolicy planned = Objects.requireNonNull(PLAN.policy());

        found.policy = null;
        assertThat(changes(KEY)).containsExactly(new BucketChange.SetPolicy(planned));

        found.policy = planned.json().replace("s3:GetObject\"", "s3:*\"");
        assertThat(changes(KEY)).containsExactly(new BucketChange.SetPolicy(planned));
    }

    @Test
    void ownership_that_lets_acls_count_is_enforced_again() {
        found.ownership = "ObjectWriter";

        assertThat(changes(KEY)).containsExactly(new BucketChange.SetOwnership(BucketOwnership.BucketOwnerEnforced));
    }

    @Test
    void a_bucket_that_is_missing_is_made_and_for_a_closed_tenant_only_its_keys_are_taken() {
        Map<Slot, ObservedKey> both =
                Map.of(Slot.Two, new ObservedKey(true, null), Slot.One, new ObservedKey(true, null));

        assertThat(BucketDiff.of(PLAN, new ObservedBucket.Missing(), both, Map.of()))
                .isEqualTo(new BucketDiff.Ours(List.of(new BucketChange.Create()), true));
        assertThat(BucketDiff.of(CLOSED, new ObservedBucket.Missing(), both, Map.of()))
                .isEqualTo(new BucketDiff.Ours(
                        List.of(new BucketChange.RevokeKey(Slot.One), new BucketChange.RevokeKey(Slot.Two)), false));
    }

    private List<BucketChange> changes(Map<Slot, ObservedKey> keys) {
        return ((BucketDiff.Ours) BucketDiff.of(PLAN, found.bucket(), keys, Map.of(Slot.One, DIGEST))).changes();
    }

    private String foreign() {
        BucketDiff.Foreign foreign =
                (BucketDiff.Foreign) BucketDiff.of(PLAN, found.bucket(), KEY, Map.of(Slot.One, DIGEST));
        assertThat(foreign.finding().subject()).isEqualTo("bucket " + PLAN.bucket());
        return foreign.finding().message();
    }

    private static String unmarked() {
        return "exists on ObjectStore objects-1 without the operator's mark. It was not touched. Remove it, or, if it is this"
                + " tenant's, tag it bulkhead=" + IDENTITY.hash() + ".";
    }

    /** A bucket in which the plan is in place, to be changed. */
    private static final class Found {
        final Map<String, String> tags = new HashMap<>(Map.of("bulkhead", IDENTITY.hash()));
        boolean ours = true;
        String ownership = "BucketOwnerEnforced";
        List<String> grants = List.of();

        @Nullable
        String policy = Objects.requireNonNull(PLAN.policy()).json();

        @Nullable
        Boolean empty;

        void begunCreation() {
            tags.clear();
            policy = null;
            grants = List.of();
            empty = true;
        }

        ObservedBucket bucket() {
            return new ObservedBucket.Present(
                    ours ? "us" : "them",
                    ours,
                    tags,
                    true,
                    false,
                    true,
                    true,
                    ownership,
                    grants,
                    true,
                    PLAN.settings().lifecycle(),
                    List.of(),
                    PLAN.settings().quotaBytes(),
                    policy,
                    empty);
        }
    }
}
