package dev.bulkhead.operator.probe.objectstore;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.objectstore.S3Connection;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreException;
import dev.bulkhead.operator.objectstore.StoreGate;
import dev.bulkhead.operator.probe.ApiAnswers;
import dev.bulkhead.operator.probe.objectstore.ObjectAttempt.AttemptPlace;
import dev.bulkhead.operator.probe.objectstore.ObjectAttempt.Request;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.Bucket;

/** Sends one tenant's attempts, one after the other. Every check runs once and counts for all attempts of its kind. */
final class BucketAttacker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BucketAttacker.class);

    private final StoreGate gate;
    private final Subject self;
    private final String own;
    private final S3Client key;
    private final S3Client nobody;
    private final String actor;
    private final Map<Request, Attempt> checks = new HashMap<>();

    BucketAttacker(StoreGate gate, StoreConnection connection, Subject self, String own) {
        this.gate = gate;
        this.self = self;
        this.own = own;
        this.key = S3Connection.open(connection);
        this.nobody = S3Connection.anonymous(connection);
        this.actor = ObjectStoreProbe.actor(self);
    }

    /**
     * Everything there is to try.
     *
     * @param store the tenant's ObjectStore; others that are on another one have nothing that this key could be tried on
     */
    List<Trial> attack(List<Subject> others, String store, LentKeys keys) throws InterruptedException {
        String tag;
        try {
            gate.call(Verb.write, "AbortMultipartUpload", () -> {
                ObjectAttempts.abortUploads(key, own);
                return true;
            });
            tag = canary(key, own);
        } catch (StoreException e) {
            // Whoever replaced the policy may have shut the tenant out and let everybody else in.
            List<Trial> trials = new ArrayList<>();
            AttemptPlace shut = new AttemptPlace(own, "", own, "");
            for (ObjectAttempt attempt : ObjectAttempts.WITHOUT_KEY) {
                if (!attempt.attack().needsCanary()) {
                    attack(attempt, nobody, "somebody without a key", shut, shut, self)
                            .ifPresent(trials::add);
                }
            }
            trials.add(ObjectStoreProbe.unclear(self, StoreAnswer.of(e)));
            return trials;
        }
        AttemptPlace home = new AttemptPlace(own, tag, own, tag);
        List<Trial> trials = new ArrayList<>();
        for (ObjectAttempt attempt : ObjectAttempts.AT_HOME) {
            attack(attempt, key, actor, home, home, self).ifPresent(trials::add);
        }
        for (ObjectAttempt attempt : ObjectAttempts.WITHOUT_KEY) {
            attack(attempt, nobody, "somebody without a key", home, home, self).ifPresent(trials::add);
        }
        tidy(trials, key, own);
        trials.add(seesBuckets(home));
        letsGuestsIn(home, keys).ifPresent(trials::add);
        for (Subject other : others) {
            Home there = other.homes().of(PartId.objectStore).orElse(null);
            if (there != null && there.place().backend().equals(store)) {
                trials.addAll(attack(other, there.name(), home, keys));
            }
        }
        return trials;
    }

    private List<Trial> attack(Subject other, String bucket, AttemptPlace home, LentKeys keys)
            throws InterruptedException {
        Optional<StoreConnection> theirs;
        try {
            theirs = keys.of(other);
        } catch (KubernetesClientException e) {
            // It is suspended, or its key is delivered elsewhere, at this moment: that ends no attack on all the
            // others.
            return withoutCanary(other, bucket, home, new StoreAnswer(Ending.Broken, ApiAnswers.reason(e)));
        }
        if (theirs.isEmpty()) {
            return attackWithoutCanary(other, bucket, home); // nobody could have put the object that some ask for
        }
        try (S3Client their = S3Connection.open(theirs.get())) {
            String tag;
            try {
                tag = canary(their, bucket);
            } catch (StoreException e) {
                return withoutCanary(other, bucket, home, StoreAnswer.of(e));
            }
            List<Trial> trials = attack(other, new AttemptPlace(bucket, tag, own, home.tag()), home, _ -> true);
            tidy(trials, their, bucket);
            return trials;
        }
    }

    private List<Trial> attack(Subject other, AttemptPlace place, AttemptPlace home, Predicate<Request> sensible)
            throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (ObjectAttempt attempt : ObjectAttempts.ON_OTHERS) {
            if (sensible.test(attempt.attack())) {
                attack(attempt, key, actor, place, home, other).ifPresent(trials::add);
            }
        }
        return trials;
    }

    private List<Trial> attackWithoutCanary(Subject other, String bucket, AttemptPlace home)
            throws InterruptedException {
        return attack(other, new AttemptPlace(bucket, "", own, home.tag()), home, request -> !request.needsCanary());
    }

    /** The same, and that the rest could not be tried. */
    private List<Trial> withoutCanary(Subject other, String bucket, AttemptPlace home, StoreAnswer why)
            throws InterruptedException {
        List<Trial> trials = attackWithoutCanary(other, bucket, home);
        trials.add(new Trial(
                Control.TI_OBJ,
                "reads an object of another tenant",
                Trial.TrialKind.BreakOut,
                Attempt.broken(actor, target(bucket, other), "not tried"),
                why.by(ObjectStoreProbe.actor(other), target(bucket, other))));
        return trials;
    }

    /** Whoever let an upload begin need not let the same key abort it. */
    private void tidy(List<Trial> trials, S3Client owner, String bucket) {
        if (trials.stream().allMatch(trial -> trial.result() == Trial.TrialResult.Blocked)) {
            return;
        }
        try {
            gate.call(Verb.write, "AbortMultipartUpload", () -> {
                ObjectAttempts.abortUploads(owner, bucket);
                return true;
            });
        } catch (StoreException e) {
            LOG.atDebug().addKeyValue("cause", e.getMessage()).log("uploads are left to the next round");
        }
    }

    /** The trial; none where the server has nothing of the kind, which it says to its owner as well. */
    private Optional<Trial> attack(
            ObjectAttempt attempt, S3Client as, String who, AttemptPlace place, AttemptPlace home, Subject victim)
            throws InterruptedException {
        StoreAnswer answer = send(attempt.attack(), as, place);
        if (answer.notImplemented() && send(attempt.attack(), key, home).notImplemented()) {
            return Optional.empty();
        }
        Attempt check = checks.get(attempt.check());
        if (check == null) {
            check = send(attempt.check(), key, home).by(actor, target(own, self));
            checks.put(attempt.check(), check);
        }
        return Optional.of(new Trial(
                Control.TI_OBJ, attempt.name(), attempt.kind(), answer.by(who, target(place.bucket(), victim)), check));
    }

    private Trial seesBuckets(AttemptPlace home) throws InterruptedException {
        StoreAnswer answer;
        interruptible();
        try {
            List<String> foreign = gate.call(
                    Verb.read,
                    "ListBuckets",
                    () -> key.listBuckets().buckets().stream()
                            .map(Bucket::name)
                            .filter(bucket -> !bucket.equals(own))
                            .toList());
            answer = foreign.isEmpty()
                    ? new StoreAnswer(Ending.Refused, "none of others listed")
                    : new StoreAnswer(Ending.Succeeded, foreign.size() + " listed");
        } catch (StoreException e) {
            answer = StoreAnswer.of(e);
        }
        Request list = ObjectAttempts.ON_OTHERS.getFirst().check();
        return new Trial(
                Control.TI_OBJ,
                "sees buckets of others",
                Trial.TrialKind.BreakOut,
                answer.by(actor, "the store"),
                send(list, key, home).by(actor, target(own, self)));
    }

    /**
     * Whether the bucket's policy names somebody else. What is found is read once more: the operator may be at it just now.
     * A policy that is hidden from the tenant proves nothing, unless the key is one that has to be kept from it.
     */
    private Optional<Trial> letsGuestsIn(AttemptPlace home, LentKeys keys) throws InterruptedException {
        StoreAnswer answer;
        try {
            Optional<SortedSet<String>> guests = guests();
            if (guests.isEmpty()) {
                return Optional.empty();
            }
            SortedSet<String> still = new TreeSet<>(guests.get());
            if (!still.isEmpty()) {
                still.retainAll(guests().orElseGet(TreeSet::new));
            }
            answer = still.isEmpty()
                    ? new StoreAnswer(Ending.Refused, "the policy names nobody else")
                    : new StoreAnswer(
                            Ending.Succeeded,
                            "the policy lets in " + still.first()
                                    + (still.size() > 1 ? " and " + (still.size() - 1) + " more" : ""));
        } catch (StoreException e) {
            boolean none = e.failure() == StoreException.StoreFailure.Missing;
            if (none || (e.failure() == StoreException.StoreFailure.Forbidden && keys.supplied(self))) {
                return Optional.empty();
            }
            answer = new StoreAnswer(Ending.Broken, "its policy was not told, " + e.detail());
        } catch (JsonProcessingException e) {
            answer = new StoreAnswer(Ending.Broken, "its policy cannot be read");
        }
        Request list = ObjectAttempts.ON_OTHERS.getFirst().check();
        return Optional.of(new Trial(
                Control.TI_OBJ,
                "shares its bucket with others",
                Trial.TrialKind.BreakOut,
                answer.by("whoever the policy names", target(own, self)),
                send(list, key, home).by(actor, target(own, self))));
    }

    private Optional<SortedSet<String>> guests() throws InterruptedException, JsonProcessingException {
        interruptible();
        return PolicyGuests.of(
                gate.call(
                        Verb.read,
                        "GetBucketPolicy",
                        () -> key.getBucketPolicy(r -> r.bucket(own)).policy()),
                self.identity());
    }

    private StoreAnswer send(Request request, S3Client as, AttemptPlace place) throws InterruptedException {
        interruptible();
        try {
            gate.call(request.verb(), request.operation(), () -> {
                request.call().accept(as, place);
                return true;
            });
            return StoreAnswer.done();
        } catch (StoreException e) {
            return StoreAnswer.of(e);
        }
    }

    /** The ETag of the permanent object, which is put where it is missing. */
    private String canary(S3Client s3, String bucket) throws InterruptedException {
        interruptible();
        try {
            return gate.call(
                    Verb.read,
                    "HeadObject",
                    () -> s3.headObject(r -> r.bucket(bucket).key(ObjectAttempts.CANARY))
                            .eTag());
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Missing) {
                throw e;
            }
        }
        return gate.call(
                Verb.write,
                "PutObject",
                () -> s3.putObject(
                                r -> r.bucket(bucket).key(ObjectAttempts.CANARY),
                                RequestBody.fromString(ObjectAttempts.CONTENT))
                        .eTag());
    }

    @Override
    public void close() {
        key.close();
        nobody.close();
    }

    private static String target(String bucket, Subject whose) {
        return "bucket " + bucket + " of " + whose.tenant();
    }

    private static void interruptible() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the round ends");
        }
    }
}
