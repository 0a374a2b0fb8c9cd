package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;
import java.util.List;
import java.util.Map;

/** One write that brings a bucket closer to its plan. Safe to repeat. */
public sealed interface BucketChange {
    /** A write to the bucket itself, by S3: the same for every driver. */
    sealed interface Setting extends BucketChange {}

    /** A write to the identity or a key of it: each driver has its own way. */
    sealed interface Key extends BucketChange {
        /** Which key. */
        Slot slot();
    }

    /** Makes the bucket, with object lock, ownership and, where the server can, the mark. */
    record Create() implements Setting {}

    /** Writes all tags, those of others included. */
    record SetTags(Map<String, String> tags) implements Setting {
        /** Makes the map immutable. */
        public SetTags {
            tags = Map.copyOf(tags);
        }
    }

    /** All four blocks. */
    record BlockPublicAccess() implements Setting {}

    /** What becomes of ACLs. One can only be taken back while they count. */
    record SetOwnership(BucketOwnership ownership) implements Setting {}

    /** Takes back every grant of the ACL but the owner's. */
    record CloseAcl() implements Setting {}

    /** Versioning on. */
    record EnableVersioning() implements Setting {}

    /** Object lock on, default retention off. */
    record SetObjectLock() implements Setting {}

    /** Encryption by default. */
    record Encrypt() implements Setting {}

    /** All lifecycle rules. */
    record SetLifecycle(BucketLifecycle lifecycle) implements Setting {}

    /** All rules for pages of other origins; none removes them. */
    record SetCors(List<CrossOriginRule> rules) implements Setting {
        /** Makes the list immutable. */
        public SetCors {
            rules = List.copyOf(rules);
        }
    }

    /** Size limit in bytes; 0 removes it. */
    record SetQuota(long bytes) implements Setting {}

    /** The whole policy. */
    record SetPolicy(BucketPolicy policy) implements Setting {}

    /** No policy. */
    record RemovePolicy() implements Setting {}

    /** A key with the secret of its slot and no rights of its own, whatever was there before. */
    record IssueKey(Slot slot) implements Key {}

    /** No key. */
    record RevokeKey(Slot slot) implements Key {}

    /** What is logged: the kind of change, no values. */
    default String name() {
        return this instanceof Key key
                ? getClass().getSimpleName() + key.slot().number()
                : getClass().getSimpleName();
    }
}
