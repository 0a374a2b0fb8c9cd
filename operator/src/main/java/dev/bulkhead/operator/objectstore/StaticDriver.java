package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Any S3 server with bucket policies, without an API for users and keys: the platform's administrator makes each tenant's
 * key where the provider lets people make keys. So a key is tried before anybody is let in by it.
 */
final class StaticDriver extends S3Driver {
    private static final Map<StoreFeature, StoreCapabilities.SeenFeature> GIVENS = Map.of(
            StoreFeature.KeepsBucketsApart,
            new StoreCapabilities.SeenFeature(false, "nobody has shown that this server does"),
            StoreFeature.KeysMakeNoKeys,
            new StoreCapabilities.SeenFeature(false, "there is no key to try it with"),
            StoreFeature.PrivateAcls,
            new StoreCapabilities.SeenFeature(false, "no right to ACLs is given where nobody knows the server"),
            StoreFeature.RevokesKeys,
            new StoreCapabilities.SeenFeature(false, "keys are supplied from outside"),
            StoreFeature.Quota,
            new StoreCapabilities.SeenFeature(false, "no S3 request limits a bucket"),
            StoreFeature.BucketSize,
            new StoreCapabilities.SeenFeature(false, "no S3 request tells the size of a bucket"));

    /**
     * For one connection.
     *
     * @param known what the server can do; null means that it is still to be found out
     */
    StaticDriver(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
        super(connection, calls, known, null);
    }

    @Override
    Map<StoreFeature, StoreCapabilities.SeenFeature> givens() {
        return GIVENS;
    }

    @Override
    CapabilityProbe.@Nullable TrialKeys probeKeys() {
        return null;
    }

    /** Supplied keys are there until somebody says otherwise; what the operator does not make it cannot list. */
    @Override
    public Map<Slot, ObservedKey> observeKeys(BucketPlan plan) {
        Map<Slot, ObservedKey> keys = new EnumMap<>(Slot.class);
        plan.live().forEach(slot -> keys.put(slot, new ObservedKey(true, null)));
        return keys;
    }

    @Override
    public void forgetKeys() {}

    @Override
    public Optional<MintedKey> issueKey(BucketPlan plan, SlotSecret secret) {
        throw new StoreException(StoreFailure.Unsupported, "IssueKey", "keys are supplied from outside");
    }

    @Override
    public void revokeKey(BucketPlan plan, Slot slot) {
        throw new StoreException(StoreFailure.Unsupported, "RevokeKey", "keys are supplied from outside");
    }

    @Override
    public Optional<Outcome> unfit(BucketPlan plan, Collection<SlotSecret> secrets) {
        if (!capabilities().has(StoreFeature.BucketPolicy)) {
            return Optional.of(new Outcome.Blocked(new Finding(
                    Reason.ObjectStoreRefused,
                    "ObjectStore " + plan.store(),
                    "takes no bucket policies, so nobody can be let into a bucket, or out of it, by the operator. Use a"
                            + " store that takes them (" + capabilities().message(StoreFeature.BucketPolicy) + ")")));
        }
        return secrets.stream()
                .map(secret -> unfit(plan, secret))
                .flatMap(Optional::stream)
                .findFirst();
    }

    @Override
    public Optional<Outcome> misfit(BucketPlan plan, Collection<SlotSecret> secrets) {
        return secrets.stream()
                .map(secret -> misfit(plan, secret))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Outcome> misfit(BucketPlan plan, SlotSecret secret) {
        if (!reaches(plan, secret, plan.bucket())) {
            return Optional.of(new Outcome.Waiting(finding(
                    plan,
                    Reason.ObjectStoreRefused,
                    "names principal " + plan.keys().of(secret.slot()).principal() + ", which bucket " + plan.bucket()
                            + " lets in, and its key is refused there all the same: check its "
                            + SuppliedKeys.PRINCIPAL + ", and that nothing at the provider denies the key S3")));
        }
        return readsItsPolicy(plan, secret) ? tooFar(plan) : Optional.empty();
    }

    private static Optional<Outcome> tooFar(BucketPlan plan) {
        return blocked(plan, "may read the policy of bucket " + plan.bucket() + ", which no tenant may");
    }

    /** Under a policy that somebody opened every key can do what that says; it is asked again once it is as planned. */
    private boolean isOpened(BucketPlan plan) {
        return PolicyComparison.opensMore(policy(plan.bucket()), plan.policy());
    }

    private Optional<Outcome> unfit(BucketPlan plan, SlotSecret secret) {
        StoreKeys.Named key = plan.keys().of(secret.slot());
        String admin = connection().accessKeyId();
        if (key.accessKeyId().equals(admin)
                || key.principal().equals(admin)
                || key.principal().equals(account())) {
            return blocked(plan, "is the key, or names the account, that the operator itself uses");
        }
        try {
            boolean _ = reaches(plan, secret, plan.bucket()); // whatever comes of it, the server has to know the key
            if (readsItsPolicy(plan, secret) && !isOpened(plan)) {
                return tooFar(plan);
            }
            Optional<String> other = another(plan);
            if (other.isPresent() && reaches(plan, secret, other.get()) && !isOpenToAll(other.get())) {
                return blocked(plan, "lists bucket " + other.get() + ", which is not its tenant's");
            }
            return Optional.empty();
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Credentials) {
                throw e;
            }
            return Optional.of(new Outcome.Waiting(finding(
                    plan,
                    Reason.ObjectStoreRefused,
                    "holds a key that ObjectStore " + plan.store() + " does not accept (" + e.detail()
                            + "): check both parts of it, or supply another")));
        }
    }

    /** Any other bucket of the operator's account, the same one each time. */
    private Optional<String> another(BucketPlan plan) {
        return new TreeSet<>(bucketNames())
                .stream().filter(name -> !name.equals(plan.bucket())).findFirst();
    }

    /** A policy that is not set is told to those only who may read it. */
    private boolean readsItsPolicy(BucketPlan plan, SlotSecret secret) {
        try (S3Client tenant =
                S3Connection.open(connection(), plan.keys().of(secret.slot()).accessKeyId(), secret.secret())) {
            gate().call(Verb.read, "GetBucketPolicy", () -> tenant.getBucketPolicy(r -> r.bucket(plan.bucket())));
            return true;
        } catch (StoreException e) {
            return switch (e.failure()) {
                case Missing -> e.detail().endsWith(" NoSuchBucketPolicy");
                case Forbidden, Unsupported, Rejected -> false;
                case Unreachable, Untrusted, Slow, Busy, NotYet, Credentials, Clock, Taken, Exists, Stopped -> throw e;
            };
        }
    }

    private boolean reaches(BucketPlan plan, SlotSecret secret, String bucket) {
        return lists(
                S3Connection.open(connection(), plan.keys().of(secret.slot()).accessKeyId(), secret.secret()), bucket);
    }

    /** A bucket that somebody opened says nothing about a key; its own tenant's sweep closes it. */
    private boolean isOpenToAll(String bucket) {
        return lists(S3Connection.anonymous(connection()), bucket);
    }

    private boolean lists(S3Client somebody, String bucket) {
        try (somebody) {
            gate().call(
                            Verb.read,
                            "ListObjectsV2",
                            () -> somebody.listObjectsV2(r -> r.bucket(bucket).maxKeys(1)));
            return true;
        } catch (StoreException e) {
            if (e.failure() == StoreFailure.Forbidden || e.failure() == StoreFailure.Missing) {
                return false;
            }
            throw e;
        }
    }

    private static Optional<Outcome> blocked(BucketPlan plan, String what) {
        return Optional.of(new Outcome.Blocked(finding(
                plan,
                Reason.Conflict,
                "holds a key that reaches too far: it " + what + ". Nobody is let in by it; supply the key of a user of"
                        + " its own, without rights of its own")));
    }

    private static Finding finding(BucketPlan plan, Reason reason, String message) {
        return new Finding(reason, "Secret " + SuppliedKeys.secretName(plan.identity()), message);
    }
}
