package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/** What every driver does by S3: buckets, and finding out what the server can do. Identities and keys are each driver's own. */
abstract class S3Driver implements ObjectStoreDriver {
    private final StoreConnection connection;
    private final StoreGate gate;
    private final S3Client s3;
    private final @Nullable StoreQuotas quotas;
    private final S3Buckets buckets;
    private final ReentrantLock probing = new ReentrantLock();
    private volatile @Nullable StoreCapabilities capabilities;

    /**
     * For one connection.
     *
     * @param known what the server can do; null means that it is still to be found out
     * @param quotas how it limits and tells the size of buckets, through this driver's gate; null where it does not
     */
    S3Driver(
            StoreConnection connection,
            ExternalCalls calls,
            @Nullable StoreCapabilities known,
            @Nullable BiFunction<StoreConnection, StoreGate, StoreQuotas> quotas) {
        this.connection = connection;
        this.capabilities = known;
        this.gate =
                new StoreGate(connection.limits().atOnce(), connection.limits().call(), calls);
        this.s3 = S3Connection.open(connection);
        this.quotas = quotas == null ? null : quotas.apply(connection, gate);
        this.buckets = new S3Buckets(s3, gate, connection.region(), connection.accessKeyId(), this.quotas);
    }

    /** What no look at one bucket tells, or what holds for this kind of server whatever a look tells. */
    abstract Map<StoreFeature, StoreCapabilities.SeenFeature> givens();

    /** How to make short-lived keys to try things with; null where the operator can make none. */
    abstract CapabilityProbe.@Nullable TrialKeys probeKeys();

    final StoreConnection connection() {
        return connection;
    }

    final StoreGate gate() {
        return gate;
    }

    /** The operator's account, as the server names the owner of a bucket. */
    final String account() {
        return buckets.account();
    }

    /** The policy of a bucket as it stands; null where there is none. */
    final @Nullable String policy(String bucket) {
        return buckets.policy(bucket).orElse(null);
    }

    @Override
    public final StoreCapabilities capabilities() {
        StoreCapabilities found = capabilities;
        if (found != null) {
            return found;
        }
        probing.lock();
        try {
            found = capabilities;
            if (found == null) {
                found = new CapabilityProbe(connection, buckets, quotas, gate, probeKeys(), givens()).run();
                capabilities = found;
            }
            return found;
        } finally {
            probing.unlock();
        }
    }

    @Override
    public final Set<String> bucketNames() {
        return buckets.names();
    }

    @Override
    public final ObservedBucket observeBucket(BucketPlan plan) {
        return buckets.observe(plan);
    }

    @Override
    public final long size(String bucket) {
        if (quotas == null) {
            throw new StoreException(
                    StoreException.StoreFailure.Unsupported, "Statistics", "no S3 request tells the size of a bucket");
        }
        return quotas.used(bucket);
    }

    @Override
    public void change(BucketPlan plan, BucketChange.Setting change) {
        boolean tagged = change instanceof BucketChange.Create && capabilities().has(StoreFeature.TagsAtCreation);
        buckets.change(plan, change, tagged ? plan.settings().tags() : Map.of());
    }

    @Override
    public void close() {
        gate.close();
        if (quotas != null) {
            quotas.close();
        }
        s3.close();
    }
}
