package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The smallest changes from what is there to what is planned, in the order that is safe to stop at any point: what was
 * opened by others is closed first, then settings, then keys, then permissions. Pure.
 */
@Pure
public sealed interface BucketDiff {
    /**
     * The bucket is the tenant's, or not there yet.
     *
     * @param changes in order; empty when all is as planned
     * @param lookAgain whether there is more to compare once these are made
     */
    record Ours(List<BucketChange> changes, boolean lookAgain) implements BucketDiff {
        /** Makes the list immutable. */
        public Ours {
            changes = List.copyOf(changes);
        }
    }

    /** Somebody else's bucket; nothing may be touched, keys neither. */
    record Foreign(Finding finding) implements BucketDiff {}

    /**
     * The bucket was made and is not there any more: it is not made anew.
     *
     * @param revocations what is taken away all the same
     */
    record Gone(List<BucketChange> revocations, Finding finding) implements BucketDiff {
        /** Makes the list immutable. */
        public Gone {
            revocations = List.copyOf(revocations);
        }
    }

    /**
     * Compares.
     *
     * @param keys of the identity that the server knows
     * @param digests of the secrets that the live slots are to have
     */
    static BucketDiff of(
            BucketPlan plan, ObservedBucket bucket, Map<Slot, ObservedKey> keys, Map<Slot, SecretDigest> digests) {
        return switch (bucket) {
            case ObservedBucket.Missing _ when plan.closed() -> new Ours(revocations(plan, keys), false);
            case ObservedBucket.Missing _ when plan.made() -> new Gone(revocations(plan, keys), gone(plan));
            case ObservedBucket.Missing _ -> new Ours(List.of(new BucketChange.Create()), true);
            case ObservedBucket.Present present -> {
                Finding conflict = conflict(plan, present);
                yield conflict == null ? new Ours(changes(plan, present, keys, digests), false) : new Foreign(conflict);
            }
        };
    }

    private static Finding gone(BucketPlan plan) {
        return new Finding(
                Reason.DataGone,
                "bucket " + plan.bucket(),
                "was made on ObjectStore " + plan.store() + " and is not there any more: the store was emptied, or is"
                        + " another one than before. Nothing is made anew. Restore the bucket, or correct the"
                        + " ObjectStore, and the tenant goes on by itself");
    }

    private static @Nullable Finding conflict(BucketPlan plan, ObservedBucket.Present bucket) {
        if (!bucket.ownedByUs()) {
            return conflict(
                    plan,
                    "belongs to account " + bucket.owner() + " of ObjectStore " + plan.store()
                            + " and not to the operator's. It was not touched. Remove it, or hand it over to the"
                            + " operator's account if that was exchanged");
        }
        String wanted = plan.identity().hash();
        String mark = bucket.tags().get(ObjectStorePlanner.MARK);
        if (wanted.equals(mark)) {
            return null;
        }
        if (mark != null) {
            return conflict(
                    plan,
                    "carries the mark of something else (tag " + ObjectStorePlanner.MARK
                            + "). It was not touched. If it is this tenant's, set the tag to " + wanted);
        }
        if (isBegunCreation(bucket) || carriesOurPolicy(plan, bucket)) {
            return null;
        }
        return conflict(
                plan,
                "exists on ObjectStore " + plan.store() + " without the operator's mark. It was not touched. Remove it,"
                        + " or, if it is this tenant's, tag it " + ObjectStorePlanner.MARK + "=" + wanted);
    }

    /** A bucket as a creation leaves it that was cut off before the mark: there is nothing in it to lose or to leak. */
    private static boolean isBegunCreation(ObservedBucket.Present bucket) {
        return Boolean.TRUE.equals(bucket.empty())
                && bucket.policy() == null
                && bucket.tags().isEmpty()
                && bucket.foreignGrants().isEmpty();
    }

    /** The policy names this tenant's keys and bucket: as good a mark as the tag, for a bucket that lost its tag. */
    private static boolean carriesOurPolicy(BucketPlan plan, ObservedBucket.Present bucket) {
        return bucket.policy() != null
                && (PolicyComparison.same(bucket.policy(), plan.policy())
                        || PolicyComparison.same(bucket.policy(), plan.sealed()));
    }

    private static Finding conflict(BucketPlan plan, String message) {
        return new Finding(Reason.Conflict, "bucket " + plan.bucket(), message + ".");
    }

    private static List<BucketChange> changes(
            BucketPlan plan,
            ObservedBucket.Present bucket,
            Map<Slot, ObservedKey> keys,
            Map<Slot, SecretDigest> digests) {
        List<BucketChange> changes = new ArrayList<>();
        Map<String, String> tags = new HashMap<>(bucket.tags());
        tags.putAll(plan.settings().tags());
        if (!tags.equals(bucket.tags())) {
            changes.add(new BucketChange.SetTags(tags)); // from here on a stop leaves a marked bucket
        }
        boolean policySet = closePolicy(plan, bucket, keys, changes);
        changes.addAll(revocations(plan, keys));
        changes.addAll(tamperedKeys(plan, keys, digests));
        boolean aclOpened = closeAcl(plan, bucket, changes);
        settings(plan.settings(), bucket, aclOpened, changes);
        for (Slot slot : new TreeSet<>(plan.live())) {
            if (!keys.containsKey(slot)) {
                changes.add(new BucketChange.IssueKey(slot));
            }
        }
        if (!policySet && !PolicyComparison.same(bucket.policy(), plan.policy())) {
            changes.add(policyChange(plan.policy()));
        }
        return changes;
    }

    /** Takes back what a foreign policy allows; returns whether the policy is then as planned. */
    private static boolean closePolicy(
            BucketPlan plan, ObservedBucket.Present bucket, Map<Slot, ObservedKey> keys, List<BucketChange> changes) {
        if (!PolicyComparison.opensMore(bucket.policy(), plan.policy())) {
            return false;
        }
        // A server may refuse a policy that names a key it does not know.
        boolean nameable = keys.keySet().containsAll(plan.live());
        changes.add(policyChange(nameable ? plan.policy() : plan.sealed()));
        return nameable;
    }

    private static BucketChange policyChange(@Nullable BucketPolicy policy) {
        return policy == null ? new BucketChange.RemovePolicy() : new BucketChange.SetPolicy(policy);
    }

    private static List<BucketChange> revocations(BucketPlan plan, Map<Slot, ObservedKey> keys) {
        return new TreeSet<>(keys.keySet())
                .stream()
                        .filter(slot -> !plan.live().contains(slot))
                        .<BucketChange>map(BucketChange.RevokeKey::new)
                        .toList();
    }

    private static List<BucketChange> tamperedKeys(
            BucketPlan plan, Map<Slot, ObservedKey> keys, Map<Slot, SecretDigest> digests) {
        List<BucketChange> changes = new ArrayList<>();
        for (Slot slot : new TreeSet<>(plan.live())) {
            ObservedKey key = keys.get(slot);
            if (key != null
                    && (!key.ordinary()
                            || (key.digest() != null && !key.digest().equals(digests.get(slot))))) {
                changes.add(new BucketChange.IssueKey(slot));
            }
        }
        return changes;
    }

    /** Returns whether ownership had to be loosened for it. */
    private static boolean closeAcl(BucketPlan plan, ObservedBucket.Present bucket, List<BucketChange> changes) {
        if (bucket.foreignGrants().isEmpty()) {
            return false;
        }
        // Under BucketOwnerEnforced no ACL can be written, but some servers still honour the one that is there.
        boolean enforced = plan.settings().ownership() != null && is(bucket, BucketOwnership.BucketOwnerEnforced);
        if (enforced) {
            changes.add(new BucketChange.SetOwnership(BucketOwnership.BucketOwnerPreferred));
        }
        changes.add(new BucketChange.CloseAcl());
        return enforced;
    }

    private static void settings(
            BucketPlan.Settings plan, ObservedBucket.Present bucket, boolean aclOpened, List<BucketChange> changes) {
        if (plan.publicAccessBlock() && !bucket.publicAccessBlock()) {
            changes.add(new BucketChange.BlockPublicAccess());
        }
        BucketOwnership ownership = plan.ownership();
        boolean right = aclOpened ? ownership == BucketOwnership.BucketOwnerPreferred : is(bucket, ownership);
        if (ownership != null && !right) {
            changes.add(new BucketChange.SetOwnership(ownership));
        }
        if (plan.versioning() && !bucket.versioning()) {
            changes.add(new BucketChange.EnableVersioning());
        }
        if (plan.objectLock() && (!bucket.objectLock() || bucket.defaultRetention())) {
            changes.add(new BucketChange.SetObjectLock());
        }
        if (plan.encryption() && !bucket.encryption()) {
            changes.add(new BucketChange.Encrypt());
        }
        if (plan.lifecycle() != null && !plan.lifecycle().equals(bucket.lifecycle())) {
            changes.add(new BucketChange.SetLifecycle(plan.lifecycle()));
        }
        if (plan.cors() != null && !plan.cors().equals(bucket.cors())) {
            changes.add(new BucketChange.SetCors(plan.cors()));
        }
        if (plan.quotaBytes() != null && !plan.quotaBytes().equals(bucket.quotaBytes())) {
            changes.add(new BucketChange.SetQuota(plan.quotaBytes()));
        }
    }

    private static boolean is(ObservedBucket.Present bucket, @Nullable BucketOwnership ownership) {
        return ownership != null && bucket.ownership().equals(ownership.name());
    }
}
