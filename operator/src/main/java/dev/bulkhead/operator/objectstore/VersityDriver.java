package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * VersityGW 1.8 and newer. Every key slot of a tenant is an account of its own, and policies name accounts by access key
 * id. Accounts can only be listed all at once, so one list serves all tenants until it is forgotten, kept current by
 * what the operator itself writes.
 */
public final class VersityDriver implements ObjectStoreDriver {
    /** What no look at one bucket tells. docs/security-model.md says how the walls between buckets were passed. */
    private static final Map<StoreFeature, StoreCapabilities.Seen> KNOWN = Map.of(
            StoreFeature.KeepsBucketsApart,
            new StoreCapabilities.Seen(
                    false,
                    "VersityGW 1.8 takes keys in a DeleteObjects body and upload ids for paths, '..' included (see"
                            + " docs/security-model.md)"),
            StoreFeature.Quota,
            new StoreCapabilities.Seen(false, "no bucket quota in this driver"));

    private final StoreGate gate;
    private final S3Client s3;
    private final S3Buckets buckets;
    private final VersityAccounts accounts;
    private final CapabilityProbe probe;
    private final ReentrantLock probing = new ReentrantLock();
    private final ReentrantReadWriteLock listing = new ReentrantReadWriteLock();
    private final ConcurrentHashMap<String, ObservedKey> known = new ConcurrentHashMap<>();
    private volatile boolean listed;
    private volatile @Nullable StoreCapabilities capabilities;

    /** A driver for one connection; opens no connection yet. */
    public VersityDriver(StoreConnection connection, ExternalCalls calls) {
        this(connection, calls, null);
    }

    /**
     * The same, of a server that is known already.
     *
     * @param known what it can do; null means that it is still to be found out
     */
    VersityDriver(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
        this.capabilities = known;
        this.gate =
                new StoreGate(connection.limits().atOnce(), connection.limits().call(), calls);
        this.s3 = S3Connection.open(connection);
        this.buckets = new S3Buckets(s3, gate, connection.region(), connection.accessKeyId());
        this.accounts = new VersityAccounts(connection, gate);
        this.probe =
                new CapabilityProbe(ObjectStoreSpec.Driver.Versity, connection, buckets, gate, new ProbeKeys(), KNOWN);
    }

    @Override
    public StoreCapabilities capabilities() {
        StoreCapabilities found = capabilities;
        if (found != null) {
            return found;
        }
        probing.lock();
        try {
            found = capabilities;
            if (found == null) {
                found = probe.run();
                capabilities = found;
            }
            return found;
        } finally {
            probing.unlock();
        }
    }

    @Override
    public Set<String> bucketNames() {
        return buckets.names();
    }

    @Override
    public ObservedBucket observeBucket(BucketPlan plan) {
        return buckets.observe(plan);
    }

    @Override
    public Map<Slot, ObservedKey> observeKeys(BucketPlan plan) {
        list();
        Map<Slot, ObservedKey> found = new EnumMap<>(Slot.class);
        plan.accessKeyIds().forEach((slot, id) -> {
            ObservedKey key = known.get(id);
            if (key != null) {
                found.put(slot, key);
            }
        });
        return found;
    }

    @Override
    public void forgetKeys() {
        listed = false;
    }

    @Override
    public void change(BucketPlan plan, BucketChange.Setting change) {
        buckets.change(
                plan,
                change,
                capabilities().has(StoreFeature.TagsAtCreation)
                        ? plan.settings().tags()
                        : Map.of());
    }

    @Override
    public void issueKey(BucketPlan plan, SlotSecret secret) {
        String id = plan.accessKeyId(secret.slot());
        boolean there = known.containsKey(id);
        tracked(() -> {
            if (there) {
                update(id, secret);
            } else {
                accounts.put(id, secret.secret());
            }
            known.put(id, new ObservedKey(true, secret.digest()));
        });
    }

    @Override
    public void revokeKey(BucketPlan plan, Slot slot) {
        String id = plan.accessKeyId(slot);
        tracked(() -> {
            accounts.delete(id);
            known.remove(id);
        });
    }

    @Override
    public void close() {
        gate.close();
        accounts.close();
        s3.close();
    }

    /** The list may be older than the account's end. */
    private void update(String id, SlotSecret secret) {
        try {
            accounts.update(id, secret.secret());
        } catch (StoreException e) {
            if (e.failure() != StoreException.Failure.Missing) {
                throw e;
            }
            accounts.put(id, secret.secret());
        }
    }

    /** A list that is under way and a write must not cross: the list could hide what was just written. */
    private void tracked(Runnable write) {
        listing.readLock().lock();
        try {
            write.run();
        } catch (RuntimeException e) {
            listed = false; // nobody knows whether it got through
            throw e;
        } finally {
            listing.readLock().unlock();
        }
    }

    private void list() {
        if (listed) {
            return;
        }
        listing.writeLock().lock();
        try {
            if (!listed) {
                Map<String, ObservedKey> found = accounts.list();
                known.keySet().retainAll(found.keySet());
                known.putAll(found);
                listed = true;
            }
        } finally {
            listing.writeLock().unlock();
        }
    }

    /** Keys for the capability probe: outside every plan, outside the list. */
    private final class ProbeKeys implements CapabilityProbe.Keys {
        @Override
        public void issue(String accessKeyId, String secret) {
            accounts.put(accessKeyId, secret);
        }

        @Override
        public void revoke(String accessKeyId) {
            accounts.delete(accessKeyId);
        }
    }
}
