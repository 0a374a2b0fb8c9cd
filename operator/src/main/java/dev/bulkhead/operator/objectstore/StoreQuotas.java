package dev.bulkhead.operator.objectstore;

/** How one server limits the size of buckets, for which S3 has no request. What fails is a {@link StoreException}. */
interface StoreQuotas extends AutoCloseable {
    /** The limit of a bucket in bytes; 0 means none. */
    long of(String bucket);

    /** Sets it; 0 removes it. */
    void set(String bucket, long bytes);

    /** Who holds a bucket to its limit, and when, as half a sentence. */
    String enforcement();

    /** Gives connections back. */
    @Override
    void close();
}
