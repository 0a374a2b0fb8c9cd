package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Slot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A server that keeps accounts, which the operator makes and deletes. Every key slot of a tenant is an account of its own.
 * Accounts are listed all at once, so one list serves all tenants until it is forgotten, kept current by what the operator
 * itself writes.
 */
final class AccountDriver extends S3Driver {
    private final Map<StoreFeature, StoreCapabilities.SeenFeature> givens;
    private final UnaryOperator<String> principal;
    private final KeyAccounts accounts;
    private final ReentrantReadWriteLock listing = new ReentrantReadWriteLock();
    private final ConcurrentHashMap<String, ObservedKey> known = new ConcurrentHashMap<>();
    private volatile boolean listed;

    /**
     * For one connection.
     *
     * @param known what the server can do; null means that it is still to be found out
     * @param accounts speaks to the server's accounts through this driver's gate
     * @param quotas how it limits and tells the size of buckets, as well; null where it does not
     * @param principal how a bucket policy names the account of an access key id
     * @param givens what no look at one bucket tells
     */
    AccountDriver(
            StoreConnection connection,
            ExternalCalls calls,
            @Nullable StoreCapabilities known,
            BiFunction<StoreConnection, StoreGate, KeyAccounts> accounts,
            @Nullable BiFunction<StoreConnection, StoreGate, StoreQuotas> quotas,
            UnaryOperator<String> principal,
            Map<StoreFeature, StoreCapabilities.SeenFeature> givens) {
        super(connection, calls, known, quotas);
        this.accounts = accounts.apply(connection, gate());
        this.principal = principal;
        this.givens = Map.copyOf(givens);
    }

    @Override
    Map<StoreFeature, StoreCapabilities.SeenFeature> givens() {
        return givens;
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
    public Optional<MintedKey> issueKey(BucketPlan plan, SlotSecret secret) {
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
        return Optional.empty();
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
    public List<BackendStatus.Capability> remarks() {
        return accounts.remarks();
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
        public MintedKey issue(String name) {
            SlotSecret secret = new SlotSecret(Slot.One, TrialSecret.fresh());
            accounts.put(name, secret.secret());
            return new MintedKey(new StoreKeys.Named(name, principal.apply(name)), secret);
        }

        @Override
        public void revoke(String name) {
            accounts.delete(name);
        }
    }
}
