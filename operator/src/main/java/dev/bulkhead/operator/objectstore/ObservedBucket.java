package dev.bulkhead.operator.objectstore;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is found under a bucket's name. */
public sealed interface ObservedBucket {
    /** Nothing. */
    record Missing() implements ObservedBucket {}

    /**
     * A bucket. Settings that the plan leaves to the server are not read, and are as an untouched bucket has them.
     *
     * @param owner account that owns it, as the server names it
     * @param ownedByUs whether that is the operator's own account
     * @param tags all of them
     * @param objectLock whether objects can be locked
     * @param defaultRetention whether new objects are locked without being asked for
     * @param versioning whether versioning is enabled
     * @param publicAccessBlock whether all four blocks are on
     * @param ownership object ownership, such as BucketOwnerEnforced; empty when there is none
     * @param foreignGrants who else the ACL lets in, as grantee and permission; sorted
     * @param encryption whether the server encrypts by default
     * @param lifecycle the rules, when they are exactly such as a plan asks for; null otherwise
     * @param cors rules for pages of other origins
     * @param quotaBytes size limit, 0 when there is none; null where nobody asks
     * @param policy the document as the server returns it, or null
     * @param empty whether there is nothing in it: no object, version, delete marker or upload. Only looked at when the
     *     operator's mark is missing; null otherwise
     */
    record Present(
            String owner,
            boolean ownedByUs,
            Map<String, String> tags,
            boolean objectLock,
            boolean defaultRetention,
            boolean versioning,
            boolean publicAccessBlock,
            String ownership,
            List<String> foreignGrants,
            boolean encryption,
            @Nullable BucketLifecycle lifecycle,
            List<CrossOriginRule> cors,
            @Nullable Long quotaBytes,
            @Nullable String policy,
            @Nullable Boolean empty)
            implements ObservedBucket {
        /** Makes collections immutable. */
        public Present {
            tags = Map.copyOf(tags);
            foreignGrants = List.copyOf(foreignGrants);
            cors = List.copyOf(cors);
        }
    }
}
