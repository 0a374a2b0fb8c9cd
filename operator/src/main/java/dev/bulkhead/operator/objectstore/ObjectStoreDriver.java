package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.outcome.Outcome;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Speaks to one object store. Buckets are S3 and the same everywhere ({@link S3Driver} does them); identities and keys are
 * not, so a new kind of server means one new class and one constant of {@link StoreKind}.
 *
 * <p>Every method is safe to repeat, to be called from several threads, and ends in bounded time; what fails is a
 * {@link StoreException}.
 */
public interface ObjectStoreDriver extends AutoCloseable {
    /** What the server can do: found out by trying at the first call, remembered from then on. */
    StoreCapabilities capabilities();

    /** Names of all buckets of the operator's account, in as few requests as the server allows. */
    Set<String> bucketNames();

    /** What is under the plan's bucket name; settings that are not planned are not read. */
    ObservedBucket observeBucket(BucketPlan plan);

    /**
     * Why the keys must not be let in, where they come from outside: they do not work, they are the operator's own, or
     * they reach another bucket. Asked before anybody is let in.
     *
     * @param secrets of the plan's live keys
     * @return Blocked when the keys are unfit, and whoever holds them is to be shut out; Waiting when they only do not
     *     work; empty when nothing is wrong, as always where the operator makes keys itself
     */
    default Optional<Outcome> unfit(BucketPlan plan, Collection<SlotSecret> secrets) {
        return Optional.empty();
    }

    /**
     * What is wrong with keys that come from outside, now that the bucket is as planned: they are refused all the same, or
     * may do more there than the policy says. As {@link #unfit} else.
     */
    default Optional<Outcome> misfit(BucketPlan plan, Collection<SlotSecret> secrets) {
        return Optional.empty();
    }

    /**
     * Bytes that a bucket of that name holds, as they are compared with its quota: for who has {@link
     * StoreFeature#BucketSize}, else Unsupported. Of no meaning for a bucket that is not there.
     */
    long size(String bucket);

    /** The plan's keys that the server knows; may be as old as the last {@link #forgetKeys}. */
    Map<Slot, ObservedKey> observeKeys(BucketPlan plan);

    /** Makes the next {@link #observeKeys} ask the server, once for all tenants. */
    void forgetKeys();

    /** One write to the bucket. */
    void change(BucketPlan plan, BucketChange.Setting change);

    /**
     * The key of that slot exists with that secret and without rights of its own; its identity too.
     *
     * @return empty as a rule; the key that the server made instead, where a server chooses ids and secrets itself. Nobody
     *     but the caller knows its secret then, and the plan knows nothing of it: it is to be kept, and planned with
     */
    Optional<MintedKey> issueKey(BucketPlan plan, SlotSecret secret);

    /** The key of that slot does not exist. */
    void revokeKey(BucketPlan plan, Slot slot);

    /** What there is to say of the server beside its features, for people. */
    default List<BackendStatus.Capability> remarks() {
        return List.of();
    }

    /** Gives connections back. */
    @Override
    void close();
}
