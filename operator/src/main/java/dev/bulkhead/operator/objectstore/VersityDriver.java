package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * VersityGW 1.8 and newer. Every key slot of a tenant is an account of its own, and policies name accounts by access key
 * id. Accounts can only be listed all at once, so one list serves all tenants until it is forgotten, kept current by
 * what the operator itself writes.
 */
final class VersityDriver extends S3Driver {
    /** What no look at one bucket tells. docs/security-model.md says how the walls between buckets were passed. */
    private static final Map<StoreFeature, StoreCapabilities.SeenFeature> GIVENS = Map.of(
            StoreFeature.KeepsBucketsApart,
            new StoreCapabilities.SeenFeature(
                    false,
                    "VersityGW 1.8 takes keys in a DeleteObjects body and upload ids for paths, '..' included (see"
                            + " docs/security-model.md)"),
            StoreFeature.RevokesKeys,
            new StoreCapabilities.SeenFeature(true, "keys are accounts that the operator makes and deletes"),
            StoreFeature.Quota,
            new StoreCapabilities.SeenFeature(false, "no bucket quota in this driver"));

    private final VersityAccounts accounts;
    private final ReentrantReadWriteLock listing = new ReentrantReadWriteLock();
    private final ConcurrentHashMap<String, ObservedKey> known = new ConcurrentHashMap<>();
    private volatile boolean listed;

    /**
     * For one connection.
     *
     * @param known what the server can do; null means that it is still to be found out
     */
    VersityDriver(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
        super(connection, calls, known);
        this.accounts = new VersityAccounts(connection, gate());
    }

    @Override
    Map<StoreFeature, StoreCapabilities.SeenFeature> givens() {
        return GIVENS;
    }

    @Override
    CapabilityProbe.TrialKeys probeKeys() {
        return new ProbeKeys();
    }

    @Override
    public Map<Slot, ObservedKey> observeKeys(BucketPlan plan) {
        list();
        Map<Slot, ObservedKey> found = new EnumMap<>(Slot.class);
        plan.keys().bySlot().forEach((slot, name) -> {
            ObservedKey key = known.get(name.accessKeyId());
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
        accounts.close();
        super.close();
    }

    /** The list may be older than the account's end. */
    private void update(String id, SlotSecret secret) {
        try {
            accounts.update(id, secret.secret());
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Missing) {
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
    private final class ProbeKeys implements CapabilityProbe.TrialKeys {
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
