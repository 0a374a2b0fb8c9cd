package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that a tenant's bucket is to be. Two equal plans ask for the same world; there is no secret in it.
 *
 * @param identity whose
 * @param store ObjectStore it lives on
 * @param bucket name of the bucket
 * @param closed whether logins are closed: no key, no permission, the data stays, and a bucket that is not there is not
 *     made
 * @param settings what holds for the bucket as a whole
 * @param user name of the identity in the store, where keys belong to a named one
 * @param keys the key of each slot, whether it is live or not, as far as they are known
 * @param live the slots that are to have a key; all others are to have none
 * @param policy who may do what; null means the server has no policies, or none is wanted
 * @param sealed the policy without any permission: what stands there when permissions must go before they can be given
 * @param made whether the bucket was made once, so that one that is not there is a loss: it is not made anew
 * @param notEnforceable what the server cannot do for this tenant, one finding per feature
 */
public record BucketPlan(
        TenantIdentity identity,
        String store,
        String bucket,
        boolean closed,
        Settings settings,
        String user,
        StoreKeys keys,
        Set<Slot> live,
        @Nullable BucketPolicy policy,
        @Nullable BucketPolicy sealed,
        boolean made,
        List<Finding> notEnforceable) {
    /** Makes collections immutable. */
    public BucketPlan {
        live = Set.copyOf(live);
        notEnforceable = List.copyOf(notEnforceable);
    }

    /** The same for a tenant whose bucket was made before. */
    public BucketPlan asMade() {
        return new BucketPlan(
                identity, store, bucket, closed, settings, user, keys, live, policy, sealed, true, notEnforceable);
    }

    /** The access key id of a slot. */
    public String accessKeyId(Slot slot) {
        return keys.of(slot).accessKeyId();
    }

    /** The same bucket, with nobody let in. */
    BucketPlan shut() {
        return new BucketPlan(
                identity, store, bucket, true, settings, user, keys, Set.of(), sealed, sealed, made, notEnforceable);
    }

    /**
     * What holds for the bucket as a whole; a part the server cannot do is off.
     *
     * @param tags the operator's mark; tags of others are left alone. Empty where the server has no tags
     * @param objectLock made at creation, without default retention: that would defeat erasure
     * @param versioning whether overwritten and deleted objects stay as versions
     * @param publicAccessBlock all four blocks
     * @param ownership what becomes of ACLs; null where the server cannot
     * @param encryption whether the server encrypts by default (SSE-S3)
     * @param lifecycle when old versions and aborted uploads go; null where the server cannot
     * @param cors rules for pages of other origins, all there are to be; null where the server cannot, or they are left alone
     * @param quotaBytes size limit; 0 means none; null where the server cannot
     */
    public record Settings(
            Map<String, String> tags,
            boolean objectLock,
            boolean versioning,
            boolean publicAccessBlock,
            @Nullable BucketOwnership ownership,
            boolean encryption,
            @Nullable BucketLifecycle lifecycle,
            @Nullable List<CrossOriginRule> cors,
            @Nullable Long quotaBytes) {
        /** Makes collections immutable. */
        public Settings {
            tags = Map.copyOf(tags);
            cors = cors == null ? null : List.copyOf(cors);
        }
    }
}
