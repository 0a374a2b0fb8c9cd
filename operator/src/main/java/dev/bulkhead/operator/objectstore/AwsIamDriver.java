package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.objectstore.AwsIamUsers.IamUser;
import dev.bulkhead.operator.objectstore.AwsIamUsers.Keeping;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.iam.model.AccessKey;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A server that speaks the IAM API: a user for each tenant, a key for each slot that is live. Ids and secrets of keys the
 * server chooses, and it tells a secret once; a key whose secret nobody kept is deleted and another is made. What users may
 * do stands in bucket policies, which name them by the ARN that the server said.
 *
 * <p>A server may take its time until it knows everywhere what was made or deleted. A new key is waited for before anybody
 * is told to use it.
 */
final class AwsIamDriver extends S3Driver {
    private static final Map<StoreFeature, StoreCapabilities.SeenFeature> GIVENS = Map.of(
            StoreFeature.PrivateAcls,
            new StoreCapabilities.SeenFeature(false, "no right to any ACL is given there"),
            StoreFeature.RevokesKeys,
            new StoreCapabilities.SeenFeature(true, "keys are made and deleted through the server's IAM API"),
            StoreFeature.Quota,
            new StoreCapabilities.SeenFeature(false, "no S3 request limits a bucket"),
            StoreFeature.BucketSize,
            new StoreCapabilities.SeenFeature(false, "no S3 request tells the size of a bucket"));

    /** From then on a new key that does not work is no news that is still under way. */
    private static final Duration SETTLING = Duration.ofMinutes(2);

    private final AwsIamUsers users;
    private final Clock clock;
    private final TrialUser trial = new TrialUser();

    /** Ids of keys that were let into their buckets once. */
    private final Set<String> working = ConcurrentHashMap.newKeySet();

    /** Since when others were tried. */
    private final Map<String, Instant> settling = new ConcurrentHashMap<>();

    /**
     * For one connection.
     *
     * @param known what the server can do; null means that it is still to be found out
     */
    AwsIamDriver(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known, Clock clock) {
        super(connection, calls, known, null);
        this.clock = clock;
        this.users = new AwsIamUsers(
                connection, new IamRequests(IamConnection.open(connection), gate(), new IamThrottle(clock)));
    }

    @Override
    Map<StoreFeature, StoreCapabilities.SeenFeature> givens() {
        Keeping _ = users.keeping(); // found out with the rest
        return GIVENS;
    }

    @Override
    CapabilityProbe.TrialKeys probeKeys() {
        return trial;
    }

    @Override
    public List<Capability> remarks() {
        Keeping keeping = users.keeping();
        return List.of(
                new Capability(
                        "userPaths",
                        keeping.paths(),
                        keeping.paths()
                                ? "tried"
                                : "accepted and ignored: users are told from those of others by their names alone"),
                new Capability(
                        "userTags",
                        keeping.tags(),
                        keeping.tags() ? "tried" : "not kept: users do not carry the operator's mark"));
    }

    @Override
    public Map<Slot, ObservedKey> observeKeys(BucketPlan plan) {
        Map<Slot, ObservedKey> found = new EnumMap<>(Slot.class);
        IamUser user = users.find(plan.user()).orElse(null);
        if (user == null) {
            return found;
        }
        boolean plain = user.isPlain() && unknown(plan, user).isEmpty();
        plan.keys().bySlot().forEach((slot, name) -> {
            Boolean works = user.keys().get(name.accessKeyId());
            if (works != null) {
                boolean ordinary = plain && works && name.principal().equals(user.arn());
                found.put(slot, new ObservedKey(ordinary, null));
            }
        });
        if (found.isEmpty() && plan.live().isEmpty()) {
            found.put(Slot.One, new ObservedKey(false, null)); // the user itself is to go, whatever keys it has
        }
        return found;
    }

    @Override
    public void forgetKeys() {
        users.forget();
    }

    @Override
    public Optional<MintedKey> issueKey(BucketPlan plan, SlotSecret secret) {
        IamUser user = users.ensure(plan.user(), plan.identity().hash());
        unknown(plan, user).forEach(id -> users.deleteKey(user.name(), id));
        users.strip(user);
        StoreKeys.Named name = plan.keys().of(secret.slot());
        Boolean works = user.keys().get(name.accessKeyId());
        if (works == null) {
            return Optional.of(mint(user, secret.slot()));
        }
        if (!works) {
            users.activate(user.name(), name.accessKeyId());
        }
        return name.principal().equals(user.arn())
                ? Optional.empty()
                : Optional.of(new MintedKey(new StoreKeys.Named(name.accessKeyId(), user.arn()), secret));
    }

    @Override
    public void revokeKey(BucketPlan plan, Slot slot) {
        Set<Slot> gone = plan.live().isEmpty() ? plan.keys().bySlot().keySet() : Set.of(slot);
        gone.forEach(each -> {
            working.remove(plan.accessKeyId(each));
            settling.remove(plan.accessKeyId(each));
        });
        if (plan.live().isEmpty()) {
            if (users.find(plan.user()).isPresent()) {
                users.remove(plan.user());
            }
        } else {
            users.deleteKey(plan.user(), plan.accessKeyId(slot));
        }
    }

    /** A policy that names a user which was made a moment ago may be refused for that. */
    @Override
    public void change(BucketPlan plan, BucketChange.Setting change) {
        try {
            super.change(plan, change);
        } catch (StoreException e) {
            boolean unknownYet = plan.live().stream()
                    .map(plan::accessKeyId)
                    .filter(id -> !working.contains(id))
                    .anyMatch(id -> !isLate(id));
            throw change instanceof BucketChange.SetPolicy && e.failure() == StoreFailure.Rejected && unknownYet
                    ? new StoreException(StoreFailure.NotYet, e.operation(), e.detail())
                    : e;
        }
    }

    @Override
    public Optional<Outcome> misfit(BucketPlan plan, Collection<SlotSecret> secrets) {
        return secrets.stream()
                .filter(secret -> !working.contains(plan.accessKeyId(secret.slot())))
                .map(secret -> settling(plan, secret))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<Outcome> settling(BucketPlan plan, SlotSecret secret) {
        String id = plan.accessKeyId(secret.slot());
        try (S3Client tenant = S3Connection.open(connection(), id, secret.secret())) {
            gate().call(
                            Verb.read,
                            "ListObjectsV2",
                            () -> tenant.listObjectsV2(
                                    r -> r.bucket(plan.bucket()).maxKeys(1)));
            working.add(id);
            settling.remove(id);
            return Optional.empty();
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Credentials && e.failure() != StoreFailure.Forbidden) {
                throw e;
            }
            boolean late = isLate(id);
            Instant since = refusedSince(id);
            return Optional.of(new Outcome.Waiting(new Finding(
                    late ? Reason.ObjectStoreRefused : Reason.KeySettling,
                    "bucket " + plan.bucket(),
                    late
                            ? "lets key " + id + " in by its policy, and ObjectStore " + plan.store()
                                    + " refuses it all the same since " + since + " (" + e.detail()
                                    + "): check that nothing beside the policy denies it, such as a policy of the"
                                    + " organisation"
                            : "has key " + id + ", which ObjectStore " + plan.store()
                                    + " does not know everywhere yet (" + e.detail() + "); tried again by itself")));
        }
    }

    /** Whether a key had its time to be known everywhere. */
    private boolean isLate(String accessKeyId) {
        return !clock.instant().isBefore(refusedSince(accessKeyId).plus(SETTLING));
    }

    private Instant refusedSince(String accessKeyId) {
        return settling.computeIfAbsent(accessKeyId, _ -> clock.instant());
    }

    /** Keys whose secrets nobody kept, or that somebody else made. */
    private static Set<String> unknown(BucketPlan plan, IamUser user) {
        Set<String> ours = plan.keys().bySlot().values().stream()
                .map(StoreKeys.Named::accessKeyId)
                .collect(Collectors.toSet());
        return user.keys().keySet().stream().filter(id -> !ours.contains(id)).collect(Collectors.toSet());
    }

    private MintedKey mint(IamUser user, Slot slot) {
        AccessKey key = users.mint(user.name());
        return new MintedKey(
                new StoreKeys.Named(key.accessKeyId(), user.arn()), new SlotSecret(slot, key.secretAccessKey()));
    }

    @Override
    public void close() {
        users.close();
        super.close();
    }

    /** For the capability probe; its key is kept in mind until the server knows it. */
    private final class TrialUser implements CapabilityProbe.TrialKeys {
        private static final String MARK = "capabilities";

        private @Nullable MintedKey made;

        @Override
        public MintedKey issue(String name) {
            IamUser user = users.ensure(name, MARK);
            MintedKey key = made;
            if (key == null || !user.keys().containsKey(key.name().accessKeyId())) {
                user.keys().keySet().forEach(id -> users.deleteKey(name, id));
                key = mint(user, Slot.One);
                made = key;
            }
            try (S3Client somebody = S3Connection.open(
                    connection(), key.name().accessKeyId(), key.secret().secret())) {
                gate().call(Verb.read, "ListBuckets", somebody::listBuckets);
            } catch (StoreException e) {
                if (e.failure() == StoreFailure.Credentials) {
                    throw new StoreException(StoreFailure.NotYet, e.operation(), e.detail());
                }
                if (e.failure() != StoreFailure.Forbidden) {
                    throw e;
                }
            }
            return key;
        }

        @Override
        public void revoke(String name) {
            made = null;
            users.remove(name);
        }
    }
}
