package dev.bulkhead.operator.objectstore;

/**
 * How one server limits the size of buckets, and tells it, for which S3 has no requests. What fails is a
 * {@link StoreException}.
 */
interface StoreQuotas extends AutoCloseable {
    /** The limit of a bucket in bytes; 0 means none. */
    long of(String bucket);

    /** Sets it; 0 removes it. */
    void set(String bucket, long bytes);

    /** Bytes that a bucket holds, as they are compared with its limit; of no meaning for one that is not there. */
    long used(String bucket);

    /** Who holds a bucket to its limit, and when, as half a sentence. */
    String enforcement();

    /** Gives connections back. */
    @Override
    void close();
}
