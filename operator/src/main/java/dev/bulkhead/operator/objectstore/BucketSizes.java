package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much the buckets of one store hold, asked at leisure and beside everything else: each bucket a few times an hour, those
 * first that are due for longest, so many at a time and for so long; the first failure ends a round. Writes nothing.
 *
 * <p>SeaweedFS leaves out volume servers that its master has known for less than a minute, so after a start it tells too
 * little. What is less than before is therefore believed when it was told twice, and so is what was told first.
 */
final class BucketSizes {
    private static final Logger LOG = LoggerFactory.getLogger(BucketSizes.class);

    private static final Duration EVERY = Duration.ofMinutes(15);

    /** After that a server that has just started counts everything. */
    private static final Duration SETTLED = Duration.ofSeconds(90);

    /** An older number is none: what nobody tells any more must not look like what is. */
    private static final Duration KEPT = Duration.ofHours(1);

    /** Buckets a round: 3,000 within {@link #EVERY}, at a round a minute. */
    private static final int AT_MOST = 200;

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final String store;
    private final ToLongFunction<String> size;
    private final Executor threads;
    private final Clock clock;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final Map<TenantIdentity, KnownSize> known = new ConcurrentHashMap<>();
    private volatile boolean failing;

    /**
     * Nothing is known yet.
     *
     * @param store name of the ObjectStore, for logs
     * @param size asks for the bytes that a bucket of that name holds; what fails is a {@link StoreException}
     * @param threads what rounds run on, beside who begins them
     */
    BucketSizes(String store, ToLongFunction<String> size, Executor threads, Clock clock) {
        this.store = store;
        this.size = size;
        this.threads = threads;
        this.clock = clock;
    }

    private record ToldSize(long bytes, Instant at) {}

    /**
     * What is known of one bucket.
     *
     * @param believed what is shown; null while that is nothing
     * @param doubted what was told last, where it was less than that, or the first; null where it was not
     * @param due when it is to be asked again
     */
    private record KnownSize(
            @Nullable ToldSize believed, @Nullable ToldSize doubted, Instant due) {
        private static final KnownSize NOTHING = new KnownSize(null, null, Instant.EPOCH);

        private KnownSize told(long bytes, Instant now) {
            ToldSize told = new ToldSize(bytes, now);
            if (believed != null && bytes >= believed.bytes()) {
                return new KnownSize(told, null, now.plus(EVERY));
            }
            if (doubted == null) {
                return new KnownSize(believed, told, now.plus(believed == null ? SETTLED : EVERY));
            }
            return new KnownSize(new ToldSize(Math.max(bytes, doubted.bytes()), now), null, now.plus(EVERY));
        }

        private KnownSize failed(Instant now) {
            return new KnownSize(believed, doubted, now);
        }
    }

    /**
     * Begins a round, unless one is under way; waits for nobody.
     *
     * @param buckets names of those that are there; what is known of others is forgotten
     */
    void begin(Map<TenantIdentity, String> buckets) {
        Map<TenantIdentity, String> there = Map.copyOf(buckets);
        known.keySet().retainAll(there.keySet());
        there.keySet().forEach(identity -> known.putIfAbsent(identity, KnownSize.NOTHING));
        if (underWay.compareAndSet(false, true)) {
            threads.execute(() -> {
                try {
                    round(there);
                } catch (RuntimeException e) {
                    LOG.atError().addKeyValue("objectStore", store).setCause(e).log("internal error");
                } finally {
                    underWay.set(false);
                }
            });
        }
    }

    /** Bytes that a tenant's bucket held when that was last told; null where it is not known, or was too long ago. */
    @Nullable
    Long of(TenantIdentity identity) {
        KnownSize size = known.getOrDefault(identity, KnownSize.NOTHING);
        return size.believed() != null
                        && clock.instant().isBefore(size.believed().at().plus(KEPT))
                ? size.believed().bytes()
                : null;
    }

    /** Forgets a tenant that is gone. */
    void forget(TenantIdentity identity) {
        known.remove(identity);
    }

    private void round(Map<TenantIdentity, String> buckets) {
        Instant end = clock.instant().plus(LONGEST);
        for (TenantIdentity identity : due()) {
            String bucket = buckets.get(identity);
            if (bucket != null && (clock.instant().isAfter(end) || !asked(identity, bucket))) {
                return;
            }
        }
    }

    private List<TenantIdentity> due() {
        Instant now = clock.instant();
        return known.entrySet().stream()
                .filter(size -> !size.getValue().due().isAfter(now))
                .sorted(Comparator.comparing(size -> size.getValue().due()))
                .limit(AT_MOST)
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean asked(TenantIdentity identity, String bucket) {
        try {
            long bytes = size.applyAsLong(bucket);
            known.computeIfPresent(identity, (_, before) -> before.told(bytes, clock.instant()));
            if (failing) {
                failing = false;
                LOG.atInfo().addKeyValue("objectStore", store).log("sizes of buckets are told again");
            }
            return true;
        } catch (StoreException e) {
            known.computeIfPresent(identity, (_, before) -> before.failed(clock.instant()));
            if (!failing && e.failure() != StoreException.StoreFailure.Stopped) {
                failing = true;
                LOG.atWarn()
                        .addKeyValue("objectStore", store)
                        .addKeyValue("cause", e.getMessage())
                        .log("sizes of buckets are not told; those that are known are shown for an hour");
            }
            return false;
        }
    }
}
