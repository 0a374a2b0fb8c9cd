package dev.bulkhead.operator.objectstore;

/** What becomes of ACLs in a bucket, by S3's names. */
public enum BucketOwnership {
    /** ACLs count for nothing, and a request that says one is refused, {@code private} included. */
    BucketOwnerEnforced,

    /** ACLs count; what says that the bucket's owner gets all belongs to it. */
    BucketOwnerPreferred
}
