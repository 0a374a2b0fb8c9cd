package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.objectstore.PolicyStatement.Effect;
import dev.bulkhead.operator.objectstore.PolicyStatement.PolicyCondition;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Finds out what a server can do by doing it to a bucket of the operator's own, and reading it back: some servers accept
 * what they then ignore. The bucket has a derived name and a mark of its own, never holds an object, and is removed
 * afterwards; one that a crash left behind is removed by the next run.
 */
final class CapabilityProbe {
    private static final Logger LOG = LoggerFactory.getLogger(CapabilityProbe.class);

    /** Bytes. */
    private static final long TRIED_QUOTA = 1L << 30;

    /** Value of the mark on the bucket: no tenant's, those are 64 hexadecimal characters. */
    private static final String MARK = "capabilities";

    private final StoreConnection connection;
    private final S3Buckets buckets;
    private final @Nullable StoreQuotas quotas;
    private final StoreGate gate;
    private final @Nullable TrialKeys keys;
    private final String bucket;
    private final Map<StoreFeature, SeenFeature> known;
    private final Map<StoreFeature, SeenFeature> seen = new EnumMap<>(StoreFeature.class);

    /** Short-lived keys, made as the driver makes them. */
    interface TrialKeys {
        /**
         * Makes one for somebody of that name; one that was left there goes.
         *
         * @throws StoreException NotYet while the server does not know it everywhere: then the next call goes on with it
         */
        MintedKey issue(String name);

        /** Removes somebody of that name with what keys there are. */
        void revoke(String name);
    }

    /**
     * For one server.
     *
     * @param quotas how it limits the size of buckets; null where it does not
     * @param keys how its driver makes keys; null where it can make none
     * @param known what its driver knows of it without asking; counts more than what is seen
     */
    CapabilityProbe(
            StoreConnection connection,
            S3Buckets buckets,
            @Nullable StoreQuotas quotas,
            StoreGate gate,
            @Nullable TrialKeys keys,
            Map<StoreFeature, SeenFeature> known) {
        this.known = Map.copyOf(known);
        this.connection = connection;
        this.buckets = buckets;
        this.quotas = quotas;
        this.gate = gate;
        this.keys = keys;
        this.bucket = "bh-capabilities-"
                + SecretDigest.of(connection.installation()).hex().substring(0, 16);
    }

    /**
     * One run, about twenty requests.
     *
     * @throws StoreException when the server cannot be asked; then nothing is known
     */
    StoreCapabilities run() {
        seen.clear();
        create();
        try {
            look();
        } finally {
            remove();
        }
        see(StoreFeature.Tls, connection.tls(), connection.tls() ? "the endpoint is https" : "the endpoint is http");
        seen.putAll(known);
        StoreCapabilities capabilities = new StoreCapabilities(seen);
        LOG.atInfo()
                .addKeyValue("objectStore", connection.store())
                .addKeyValue(
                        "available",
                        seen.entrySet().stream()
                                .filter(feature -> feature.getValue().available())
                                .map(feature -> feature.getKey().wireName())
                                .sorted()
                                .toList())
                .log("object store capabilities found");
        return capabilities;
    }

    private void create() {
        if (buckets.names().contains(bucket)) {
            removeLeftover();
        }
        if (!accepted(
                        StoreFeature.ObjectLock,
                        () -> buckets.create(
                                bucket,
                                true,
                                BucketOwnership.BucketOwnerEnforced,
                                Map.of(ObjectStorePlanner.MARK, MARK)))
                && !accepted(StoreFeature.TagsAtCreation, () -> buckets.create(bucket, true, null, Map.of()))) {
            buckets.create(bucket, false, null, Map.of());
        }
    }

    private void look() {
        boolean marked = MARK.equals(buckets.tags(bucket).get(ObjectStorePlanner.MARK));
        see(StoreFeature.TagsAtCreation, marked, marked ? "kept" : "ignored or refused");
        check(StoreFeature.Tags, () -> {
            if (!marked) {
                buckets.setTags(bucket, Map.of(ObjectStorePlanner.MARK, MARK));
            }
            return MARK.equals(buckets.tags(bucket).get(ObjectStorePlanner.MARK));
        });
        check(StoreFeature.Versioning, () -> {
            if (!buckets.versioning(bucket)) {
                buckets.enableVersioning(bucket);
            }
            return buckets.versioning(bucket);
        });
        check(StoreFeature.ObjectLock, () -> buckets.objectLock(bucket).isPresent());
        check(StoreFeature.OwnershipControls, () -> {
            buckets.setOwnership(bucket, BucketOwnership.BucketOwnerEnforced);
            return buckets.ownership(bucket).equals(BucketOwnership.BucketOwnerEnforced.name());
        });
        check(StoreFeature.PublicAccessBlock, () -> {
            buckets.blockPublicAccess(bucket);
            return buckets.publicAccessBlock(bucket);
        });
        check(StoreFeature.Encryption, () -> {
            buckets.encrypt(bucket);
            return buckets.encryption(bucket);
        });
        BucketLifecycle lifecycle = new BucketLifecycle(30, 7);
        check(StoreFeature.Lifecycle, () -> {
            buckets.setLifecycle(bucket, lifecycle);
            return lifecycle.equals(buckets.lifecycle(bucket));
        });
        check(StoreFeature.Cors, () -> {
            CrossOriginRule rule = new CrossOriginRule(
                    List.of("https://*.bulkhead.example"), List.of("GET", "PUT"), List.of("*"), List.of("ETag"), 600);
            buckets.setCors(bucket, List.of(rule));
            boolean kept = buckets.cors(bucket).equals(List.of(rule));
            buckets.setCors(bucket, List.of());
            return kept && buckets.cors(bucket).isEmpty();
        });
        quota();
        objectAcls();
        policies();
    }

    private void quota() {
        if (quotas == null) {
            see(StoreFeature.Quota, false, "no request of this driver limits a bucket");
            return;
        }
        check(StoreFeature.Quota, () -> {
            quotas.set(bucket, TRIED_QUOTA);
            return quotas.of(bucket) == TRIED_QUOTA;
        });
        SeenFeature found = seen.get(StoreFeature.Quota);
        if (found != null && found.available()) {
            see(StoreFeature.Quota, true, quotas.enforcement());
        }
    }

    /** Asked about an object that is not there: a server with object ACLs says so, one without says that. */
    private void objectAcls() {
        try {
            buckets.putObjectAcl(bucket, "none");
            see(StoreFeature.AclsDisabled, false, "object ACLs are taken");
        } catch (StoreException e) {
            boolean refused = e.failure() == StoreException.StoreFailure.Unsupported
                    || e.detail().endsWith(" AccessControlListNotSupported");
            if (!refused && e.failure() != StoreException.StoreFailure.Missing) {
                passOn(e);
            }
            see(
                    StoreFeature.AclsDisabled,
                    refused,
                    (refused ? "object ACLs are refused: " : "object ACLs are not refused: ") + e.detail());
        }
    }

    private void policies() {
        policy(StoreFeature.BucketPolicy, "s3:GetObject", null);
        policy(
                StoreFeature.AclConditions,
                "s3:PutObject",
                new PolicyCondition("StringLike", "s3:x-amz-acl", List.of("public-*", "authenticated-read")));
        policy(
                StoreFeature.GrantHeaderConditions,
                "s3:PutObject",
                new PolicyCondition("StringLike", "s3:x-amz-grant-read", List.of("*")));
        if (connection.tls()) {
            secureTransport();
        } else {
            see(StoreFeature.SecureTransport, false, "the endpoint is http");
        }
    }

    private void policy(StoreFeature feature, String action, @Nullable PolicyCondition condition) {
        BucketPolicy policy = new BucketPolicy(List.of(new PolicyStatement(
                "Probe",
                Effect.Deny,
                List.of(PolicyStatement.EVERYBODY),
                List.of(action),
                List.of("arn:aws:s3:::" + bucket + "/*"),
                condition)));
        check(feature, () -> {
            buckets.setPolicy(bucket, policy);
            return PolicyComparison.same(buckets.policy(bucket).orElse(null), policy);
        });
    }

    /**
     * Behind a proxy that ends TLS the server sees plain HTTP, and a policy that demands TLS would lock the tenant out.
     * So a short-lived key has to get in under a policy that lets it in by TLS only; where none can be made, somebody
     * without a key has to, for the moment, and to a bucket that never holds anything.
     */
    private void secureTransport() {
        if (keys == null) {
            secureTransport(PolicyStatement.EVERYBODY, S3Connection.anonymous(connection));
            return;
        }
        MintedKey key = keys.issue(bucket); // one that is not known yet the next run goes on with
        try {
            secureTransport(
                    key.name().principal(),
                    S3Connection.open(
                            connection, key.name().accessKeyId(), key.secret().secret()));
        } finally {
            keys.revoke(bucket);
        }
    }

    private void secureTransport(String principal, S3Client client) {
        BucketPolicy policy = new BucketPolicy(List.of(new PolicyStatement(
                "Probe",
                Effect.Allow,
                List.of(principal),
                List.of("s3:ListBucket"),
                List.of("arn:aws:s3:::" + bucket),
                new PolicyCondition("Bool", "aws:SecureTransport", List.of("true")))));
        check(StoreFeature.SecureTransport, () -> {
            try (client) {
                buckets.setPolicy(bucket, policy);
                gate.call(ExternalCalls.Verb.read, "ListObjectsV2", () -> client.listObjectsV2(r -> r.bucket(bucket)));
                return true;
            } catch (StoreException e) {
                if (e.failure() == StoreException.StoreFailure.Forbidden) {
                    return false; // it does not know that this is TLS, or blocks policies for everybody
                }
                throw e;
            }
        });
    }

    private void check(StoreFeature feature, BooleanSupplier attempt) {
        try {
            boolean works = attempt.getAsBoolean();
            see(feature, works, works ? "tried" : "accepted and ignored");
        } catch (StoreException e) {
            passOn(e);
            see(feature, false, e.detail());
        }
    }

    private boolean accepted(StoreFeature feature, Runnable attempt) {
        try {
            attempt.run();
            return true;
        } catch (StoreException e) {
            passOn(e);
            see(feature, false, e.detail());
            return false;
        }
    }

    /** Only a server that answers "no, I do not do that" tells something about itself. */
    private static void passOn(StoreException e) {
        boolean aboutTheServer = switch (e.failure()) {
            case Unsupported, Rejected, Missing -> true;
            case Unreachable, Untrusted, Slow, Busy, NotYet, Credentials, Clock, Forbidden, Taken, Exists, Stopped ->
                false;
        };
        if (!aboutTheServer) {
            throw e;
        }
    }

    private void see(StoreFeature feature, boolean available, String message) {
        seen.put(feature, new SeenFeature(available, message));
    }

    private void removeLeftover() {
        // An unmarked one is what a crash right after its creation leaves; the name cannot be met by chance.
        String mark = buckets.tags(bucket).get(ObjectStorePlanner.MARK);
        if (!buckets.ours(bucket) || (mark != null && !mark.equals(MARK))) {
            throw new StoreException(
                    StoreException.StoreFailure.Taken, "CreateBucket", "bucket " + bucket + " is not ours");
        }
        buckets.delete(bucket); // which no server does to a bucket that holds anything
        if (connection.tls() && keys != null) {
            keys.revoke(bucket);
        }
    }

    private void remove() {
        try {
            buckets.delete(bucket);
        } catch (StoreException e) {
            // The next run removes it; what was found out is true all the same.
            LOG.atWarn()
                    .addKeyValue("objectStore", connection.store())
                    .addKeyValue("bucket", bucket)
                    .addKeyValue("cause", e.getMessage())
                    .log("bucket of the capability probe is still there");
        }
    }
}
