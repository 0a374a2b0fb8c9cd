package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.backend.OpenBackend.Swept;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares all tenants of one object store with what was last brought about for them. Buckets and accounts are listed
 * once for all; what S3 only tells bucket by bucket is asked for several buckets at a time. Writes nothing: a tenant that
 * drifted is looked at again by its next {@link ObjectStoreApplier#apply}.
 */
public final class ObjectStoreSweep {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreSweep.class);

    /** Fewer than a store takes at once, so that tenants that are being set up do not wait for the sweep. */
    private static final int BUCKETS_AT_ONCE = 8;

    private final ObjectStoreDriver driver;
    private final ObjectStoreApplier applier;
    private volatile Set<String> lastNames = Set.of();

    /** For the store of this driver and the tenants of this applier. */
    public ObjectStoreSweep(ObjectStoreDriver driver, ObjectStoreApplier applier) {
        this.driver = driver;
        this.applier = applier;
    }

    /**
     * Looks at every tenant that was applied with the plan given here; one that was not, or whose connection is a new one, is
     * to be applied again. Asks the store something even when there is none,
     * so that a store without tenants is known to answer.
     *
     * @param store name of the ObjectStore, for findings
     * @param plans of the tenants of this store
     */
    public Swept sweep(String store, Map<TenantIdentity, BucketPlan> plans) {
        List<ObjectStoreApplier.AppliedBucket> settled = new ArrayList<>();
        Set<TenantIdentity> unsettled = new HashSet<>();
        plans.forEach((identity, plan) -> {
            ObjectStoreApplier.AppliedBucket last = applier.last(identity);
            if (last != null && last.isFor(plan)) {
                settled.add(last);
            } else {
                unsettled.add(identity);
            }
        });
        try {
            Set<String> names = driver.bucketNames();
            lastNames = Set.copyOf(names);
            driver.forgetKeys();
            if (!settled.isEmpty()) {
                driver.observeKeys(settled.getFirst().plan());
            }
            return compare(settled, unsettled, gone(plans, names), names);
        } catch (StoreException e) {
            return new Swept(Set.of(), Set.of(), Set.of(), List.of(e.finding(store)));
        }
    }

    /** Names of all buckets of the operator's account, as the last sweep saw them; empty before the first. */
    Set<String> names() {
        return lastNames;
    }

    private Set<TenantIdentity> gone(Map<TenantIdentity, BucketPlan> plans, Set<String> names) {
        return plans.values().stream()
                .filter(plan -> plan.made() && !plan.closed() && !names.contains(plan.bucket()))
                .filter(plan -> driver.observeBucket(plan) instanceof ObservedBucket.Missing)
                .map(BucketPlan::identity)
                .collect(Collectors.toSet());
    }

    private Swept compare(
            List<ObjectStoreApplier.AppliedBucket> settled,
            Set<TenantIdentity> unsettled,
            Set<TenantIdentity> gone,
            Set<String> names) {
        Semaphore places = new Semaphore(BUCKETS_AT_ONCE);
        Set<TenantIdentity> drifted = new HashSet<>();
        Set<Finding> failures = new HashSet<>();
        List<Future<Boolean>> looks = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (ObjectStoreApplier.AppliedBucket last : settled) {
                looks.add(threads.submit(within(places, () -> hasDrifted(last, names))));
            }
        }
        for (int i = 0; i < looks.size(); i++) {
            ObjectStoreApplier.AppliedBucket last = settled.get(i);
            try {
                if (looks.get(i).get() && applier.drifted(last.plan().identity(), last)) {
                    drifted.add(last.plan().identity());
                }
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof StoreException failure)) {
                    throw new IllegalStateException("comparing a bucket", e.getCause());
                }
                failures.add(failure.finding(last.plan().store()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        return new Swept(drifted, unsettled, gone, List.copyOf(failures));
    }

    private boolean hasDrifted(ObjectStoreApplier.AppliedBucket last, Set<String> names) {
        BucketPlan plan = last.plan();
        ObservedBucket bucket =
                names.contains(plan.bucket()) ? driver.observeBucket(plan) : new ObservedBucket.Missing();
        return switch (BucketDiff.of(plan, bucket, driver.observeKeys(plan), last.digests())) {
            case BucketDiff.Foreign foreign -> {
                log(plan, List.of(foreign.finding().reason().name()));
                yield true;
            }
            case BucketDiff.Gone gone -> {
                log(plan, List.of(gone.finding().reason().name()));
                yield true;
            }
            case BucketDiff.Ours ours -> {
                List<String> changes = ours.changes().stream()
                        .filter(change -> !last.refused().contains(change))
                        .map(BucketChange::name)
                        .toList();
                if (!changes.isEmpty()) {
                    log(plan, changes);
                }
                yield !changes.isEmpty();
            }
        };
    }

    private static <T> Callable<T> within(Semaphore places, Callable<T> task) {
        return () -> {
            places.acquire();
            try {
                return task.call();
            } finally {
                places.release();
            }
        };
    }

    private static void log(BucketPlan plan, List<String> changes) {
        LOG.atWarn()
                .addKeyValue("objectStore", plan.store())
                .addKeyValue("bucket", plan.bucket())
                .addKeyValue("changes", changes)
                .log("bucket differs from its plan");
    }
}
