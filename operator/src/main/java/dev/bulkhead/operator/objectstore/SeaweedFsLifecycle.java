package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import seaweedfs.grpc.FilerMessages.LookupDirectoryEntryRequest;

/**
 * Whether anybody carries out the lifecycle rules of buckets on a SeaweedFS. Its S3 server only keeps them: the master's
 * maintenance carries them out, or a worker, and either notes after each pass how far it came.
 */
enum SeaweedFsLifecycle {
    /** A pass was made not long ago, or none was to be made yet. */
    Runs(true, "a pass over the rules was made within the last two days, or the first bucket is younger"),
    /** None is made any more, or none ever was. */
    Lacking(
            false,
            "nobody has made a pass over the rules for two days: overwritten versions and aborted uploads stay until the"
                    + " master's maintenance or a worker does");

    /** In {@code status.capabilities}. */
    static final String CAPABILITY = "lifecycleRuns";

    /** The first of sixteen notes; each pass writes all of them. */
    static final LookupDirectoryEntryRequest NOTE = LookupDirectoryEntryRequest.newBuilder()
            .setDirectory("/etc/s3/lifecycle/daily-cursors")
            .setName("shard-00.json")
            .build();

    /** Comes with the first bucket. */
    static final LookupDirectoryEntryRequest BUCKETS = LookupDirectoryEntryRequest.newBuilder()
            .setDirectory("/")
            .setName("buckets")
            .build();

    /** A worker makes one pass a day. */
    private static final Duration LONGEST_PAUSE = Duration.ofDays(2);

    private final boolean available;
    private final String message;

    SeaweedFsLifecycle(boolean available, String message) {
        this.available = available;
        this.message = message;
    }

    /**
     * What it comes to.
     *
     * @param pass when the last one ended; null when there was none
     * @param firstBucket when it was made; null when there is none
     */
    static SeaweedFsLifecycle of(@Nullable Instant pass, @Nullable Instant firstBucket, Instant now) {
        Instant latest = now.minus(LONGEST_PAUSE);
        Instant since = pass == null ? firstBucket : pass;
        return since == null || since.isAfter(latest) ? Runs : Lacking;
    }

    /** As the ObjectStore's status says it. */
    Capability told() {
        return new Capability(CAPABILITY, available, message);
    }
}
