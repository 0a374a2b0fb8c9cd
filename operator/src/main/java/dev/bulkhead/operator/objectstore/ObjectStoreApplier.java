package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings buckets to their plans on one object store: looks, compares, makes the smallest changes in a safe order. A
 * tenant whose plan and secrets are as at its last success costs no request at all until a sweep finds drift.
 *
 * <p>May be called for many tenants at once, for one tenant from one thread at a time.
 */
public final class ObjectStoreApplier {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreApplier.class);

    /** Create and look again, and once more for a bucket that vanishes meanwhile. */
    private static final int ROUNDS = 3;

    private final ObjectStoreDriver driver;
    private final MintedKeys minted;
    private final ConcurrentHashMap<TenantIdentity, AppliedBucket> applied = new ConcurrentHashMap<>();

    /** For the store that the driver speaks to, whose server makes no keys itself. */
    public ObjectStoreApplier(ObjectStoreDriver driver) {
        this(driver, MintedKeys.none());
    }

    /**
     * For the store that the driver speaks to.
     *
     * @param minted keeps the keys that its server makes, before anybody is let in by one
     */
    public ObjectStoreApplier(ObjectStoreDriver driver, MintedKeys minted) {
        this.driver = driver;
        this.minted = minted;
    }

    /**
     * What was last brought about for a tenant.
     *
     * @param digests of the live keys' secrets
     * @param refused settings that this server does not take for this bucket
     */
    record AppliedBucket(BucketPlan plan, Map<Slot, SecretDigest> digests, Set<BucketChange> refused) {
        AppliedBucket {
            digests = Map.copyOf(digests);
            refused = Set.copyOf(refused);
        }

        /** Whether the plan wants what was brought about; that what is there was made is then no news. */
        boolean isFor(BucketPlan wanted) {
            return plan.asMade().equals(wanted.asMade());
        }

        /** What the server refused to set on this tenant's bucket although others have it. */
        List<Finding> refusals() {
            return refused.stream()
                    .map(BucketChange::name)
                    .sorted()
                    .map(change -> new Finding(
                            Reason.NotEnforceable,
                            "bucket " + plan.bucket() + " " + change,
                            "ObjectStore " + plan.store()
                                    + " refuses it for this bucket, which was probably made before the server could do"
                                    + " it. Move the data to a new bucket to get it."))
                    .toList();
        }
    }

    /**
     * Makes the bucket, its settings, keys and policy as planned.
     *
     * @param secrets one for each live slot of the plan, already stored in the tenant's key ring
     * @return Done with the number of writes, Waiting when the store cannot be used now, Blocked when a bucket of that
     *     name is somebody else's and was left alone, or was made and is gone
     */
    public Outcome apply(BucketPlan plan, Collection<SlotSecret> secrets) {
        Map<Slot, SlotSecret> bySlot = new EnumMap<>(Slot.class);
        Map<Slot, SecretDigest> digests = new EnumMap<>(Slot.class);
        for (SlotSecret secret : secrets) {
            if (plan.live().contains(secret.slot())) {
                bySlot.put(secret.slot(), secret);
                digests.put(secret.slot(), secret.digest());
            }
        }
        if (!bySlot.keySet().equals(plan.live())) {
            throw new IllegalArgumentException("a secret is needed for each live slot");
        }
        AppliedBucket last = applied.get(plan.identity());
        if (last != null && last.isFor(plan) && last.digests().equals(digests)) {
            return new Outcome.Done(0, last.refusals());
        }
        applied.remove(plan.identity());
        try {
            return converge(plan, bySlot, digests);
        } catch (StoreException e) {
            driver.forgetKeys(); // what failed may have got through
            return e.outcome(plan.store(), plan.bucket());
        }
    }

    /**
     * Takes permissions away, then keys; data stays. Ends in bounded time, whatever the server does: no step is waited
     * for longer than the connection's limit, and the first that fails is the last.
     *
     * @param plan closed
     */
    public Outcome close(BucketPlan plan) {
        if (!plan.closed()) {
            throw new IllegalArgumentException("a closed plan is needed");
        }
        return apply(plan, List.of());
    }

    /** The next {@link #apply} of this tenant looks at the server again. */
    public void forget(TenantIdentity identity) {
        applied.remove(identity);
    }

    /** What was last brought about, for the sweep to compare with. */
    @Nullable
    AppliedBucket last(TenantIdentity identity) {
        return applied.get(identity);
    }

    /** Forgets, unless something newer was brought about meanwhile; returns whether it did. */
    boolean drifted(TenantIdentity identity, AppliedBucket seen) {
        return applied.remove(identity, seen);
    }

    private Outcome converge(BucketPlan plan, Map<Slot, SlotSecret> secrets, Map<Slot, SecretDigest> digests) {
        List<String> made = new ArrayList<>();
        Set<BucketChange> refused = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Outcome> unfit = plan.closed() ? Optional.empty() : driver.unfit(plan, secrets.values());
            if (unfit.isPresent()) {
                return refused(plan, unfit.get());
            }
            ObservedBucket bucket = driver.observeBucket(plan);
            Map<Slot, ObservedKey> keys = Map.of();
            Optional<StoreException> keysUnseen = Optional.empty();
            try {
                keys = driver.observeKeys(plan);
            } catch (StoreException e) {
                if (!plan.closed()) {
                    throw e;
                }
                keysUnseen = Optional.of(e); // the policy, which shuts them all out, does not wait for it
            }
            BucketDiff diff = BucketDiff.of(plan, bucket, keys, digests);
            switch (diff) {
                case BucketDiff.Foreign foreign -> {
                    return new Outcome.Blocked(foreign.finding());
                }
                case BucketDiff.Gone gone -> {
                    for (BucketChange change : gone.revocations()) {
                        make(plan, change, secrets, made, refused);
                    }
                    report(plan, made);
                    return new Outcome.Blocked(gone.finding());
                }
                case BucketDiff.Ours ours -> {
                    for (BucketChange change : ours.changes()) {
                        Optional<MintedKey> key = make(plan, change, secrets, made, refused);
                        if (key.isPresent()) {
                            report(plan, made);
                            return kept(plan, key.get());
                        }
                    }
                    if (keysUnseen.isPresent()) {
                        report(plan, made);
                        throw keysUnseen.get();
                    }
                    if (!ours.lookAgain()) {
                        Optional<Outcome> misfit =
                                plan.closed() ? Optional.empty() : driver.misfit(plan, secrets.values());
                        if (misfit.isPresent()) {
                            report(plan, made);
                            return refused(plan, misfit.get());
                        }
                        AppliedBucket now = new AppliedBucket(plan.asMade(), digests, refused);
                        applied.put(plan.identity(), now);
                        report(plan, made);
                        return new Outcome.Done(made.size(), now.refusals());
                    }
                }
            }
        }
        return new Outcome.Waiting(new Finding(
                Reason.ObjectStoreUnavailable,
                "bucket " + plan.bucket(),
                "was made on ObjectStore " + plan.store() + " and is not there; tried again."));
    }

    /** Nobody is let in by a key that must not be; one that only does not work changes nothing. */
    private Outcome refused(BucketPlan plan, Outcome why) {
        if (!(why instanceof Outcome.Blocked)) {
            return why;
        }
        Outcome shut = converge(plan.shut(), Map.of(), Map.of());
        return shut.done() ? why : shut;
    }

    /** What follows in the plan needs the key's name, and the next plan knows it. */
    private Outcome kept(BucketPlan plan, MintedKey key) {
        boolean kept = minted.keep(plan.identity(), key);
        return new Outcome.Waiting(new Finding(
                Reason.KeySettling,
                "bucket " + plan.bucket(),
                kept
                        ? "has a key that ObjectStore " + plan.store() + " made; goes on with it at once"
                        : "was given a key that could not be kept, as the tenant's keys were changed meanwhile; another"
                                + " is made"));
    }

    private Optional<MintedKey> make(
            BucketPlan plan,
            BucketChange change,
            Map<Slot, SlotSecret> secrets,
            List<String> made,
            Set<BucketChange> refused) {
        try {
            Optional<MintedKey> key = Optional.empty();
            switch (change) {
                case BucketChange.Setting setting -> driver.change(plan, setting);
                case BucketChange.IssueKey(Slot slot) -> key = driver.issueKey(plan, secret(secrets, slot));
                case BucketChange.RevokeKey(Slot slot) -> driver.revokeKey(plan, slot);
            }
            made.add(change.name());
            return key;
        } catch (StoreException e) {
            if (!canBeDoneWithout(plan, change, e)) {
                throw e;
            }
            refused.add(change);
            return Optional.empty();
        }
    }

    /** The server said no to hardening that nothing else depends on: said in the outcome, and carried on. */
    private static boolean canBeDoneWithout(BucketPlan plan, BucketChange change, StoreException e) {
        boolean hardening = switch (change) {
            // Where ACLs count, it keeps out what the policy cannot see.
            case BucketChange.BlockPublicAccess _ ->
                plan.settings().ownership() != BucketOwnership.BucketOwnerPreferred;
            case BucketChange.SetOwnership _,
                    BucketChange.EnableVersioning _,
                    BucketChange.SetObjectLock _,
                    BucketChange.Encrypt _,
                    BucketChange.SetLifecycle _,
                    BucketChange.SetCors _,
                    BucketChange.SetQuota _ -> true;
            case BucketChange.Create _,
                    BucketChange.SetTags _,
                    BucketChange.CloseAcl _,
                    BucketChange.SetPolicy _,
                    BucketChange.RemovePolicy _,
                    BucketChange.IssueKey _,
                    BucketChange.RevokeKey _ -> false;
        };
        return hardening
                && (e.failure() == StoreException.StoreFailure.Unsupported
                        || e.failure() == StoreException.StoreFailure.Rejected);
    }

    private static SlotSecret secret(Map<Slot, SlotSecret> secrets, Slot slot) {
        SlotSecret secret = secrets.get(slot);
        if (secret == null) {
            throw new IllegalStateException("a plan issues keys of live slots only");
        }
        return secret;
    }

    private static void report(BucketPlan plan, List<String> made) {
        if (!made.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("objectStore", plan.store())
                    .addKeyValue("bucket", plan.bucket())
                    .addKeyValue("changes", made)
                    .log(plan.closed() ? "bucket closed" : "bucket brought to its plan");
        }
    }
}
