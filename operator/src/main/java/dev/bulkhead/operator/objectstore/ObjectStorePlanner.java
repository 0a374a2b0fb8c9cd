package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.PolicyStatement.Effect;
import dev.bulkhead.operator.objectstore.PolicyStatement.PolicyCondition;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From a tenant to its bucket, keys and bucket policy. Pure. */
@Pure
public final class ObjectStorePlanner {
    /** Tag that carries {@link TenantIdentity#hash()} on every bucket of the operator. */
    public static final String MARK = "bulkhead";

    private static final int ABORT_MULTIPART_DAYS = 7;

    /** What a tenant does with its objects. Never DeleteObjectVersion, and nothing that changes the bucket. */
    private static final List<String> OBJECT_ACTIONS = List.of(
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:AbortMultipartUpload",
            "s3:ListMultipartUploadParts",
            "s3:GetObjectVersion",
            "s3:GetObjectTagging",
            "s3:PutObjectTagging");

    /** What clients ask of their bucket before and beside that: a refusal of a harmless read stops some of them. */
    private static final List<String> LIST_ACTIONS = List.of(
            "s3:ListBucket",
            "s3:GetBucketLocation",
            "s3:ListBucketMultipartUploads",
            "s3:ListBucketVersions",
            "s3:GetBucketVersioning",
            "s3:GetBucketTagging",
            "s3:GetBucketCORS");

    /**
     * By it a tenant, and who probes as it, sees who else is let in. A key that somebody else made is held to be too wide
     * where it may read that (see the driver Static), so it is given where the operator makes the keys.
     */
    private static final String READ_POLICY = "s3:GetBucketPolicy";

    private static final String PUT_ACL = "s3:PutObjectAcl";

    /** What clients say who say what holds anyway. */
    private static final List<String> PRIVATE_ACLS = List.of("private", "bucket-owner-full-control");

    private ObjectStorePlanner() {}

    /** The plan of a tenant whose only key is the one it started with, as far as its identity tells. */
    public static BucketPlan plan(
            TenantIdentity identity,
            ValidTenant.ValidObjectStore store,
            StoreCapabilities capabilities,
            boolean closed) {
        return plan(identity, store, capabilities, StoreKeys.derived(identity), SlotUse.FIRST.live(), closed);
    }

    /**
     * The plan of a tenant's bucket.
     *
     * @param capabilities of the server
     * @param keys of the slots in use, at least
     * @param live slots that have a key; of no meaning for a closed tenant
     * @param closed whether all keys and permissions are to go
     */
    public static BucketPlan plan(
            TenantIdentity identity,
            ValidTenant.ValidObjectStore store,
            StoreCapabilities capabilities,
            StoreKeys keys,
            Set<Slot> live,
            boolean closed) {
        String bucket = identity.bucket();
        Set<Slot> slots = closed ? Set.of() : live;
        List<PolicyStatement> refusals = refusals(bucket, capabilities);
        List<PolicyStatement> all = new ArrayList<>();
        if (!slots.isEmpty()) {
            all.addAll(permissions(bucket, keys.principals(slots), capabilities));
            if (aclsCount(capabilities)) {
                all.add(new PolicyStatement(
                        "TenantAcls",
                        Effect.Allow,
                        keys.principals(slots),
                        List.of(PUT_ACL),
                        List.of(objects(bucket)),
                        new PolicyCondition("StringEquals", "s3:x-amz-acl", PRIVATE_ACLS)));
            }
        }
        all.addAll(refusals);
        return new BucketPlan(
                identity,
                store.store(),
                bucket,
                closed,
                settings(identity, store, capabilities),
                bucket,
                keys,
                slots,
                policy(all, capabilities),
                policy(refusals, capabilities),
                false,
                notEnforceable(bucket, store, capabilities));
    }

    /**
     * The plan of a tenant that is going: keys and permissions away, nothing else touched. Needs nothing but what a
     * Tombstone knows.
     */
    public static BucketPlan closing(TenantIdentity identity, String store, StoreCapabilities capabilities) {
        String bucket = identity.bucket();
        BucketPolicy refusals = policy(refusals(bucket, capabilities), capabilities);
        return new BucketPlan(
                identity,
                store,
                bucket,
                true,
                new BucketPlan.Settings(
                        mark(identity, capabilities), false, false, false, null, false, null, null, null),
                bucket,
                StoreKeys.derived(identity),
                Set.of(),
                refusals,
                refusals,
                false,
                List.of());
    }

    private static Map<String, String> mark(TenantIdentity identity, StoreCapabilities capabilities) {
        return capabilities.has(StoreFeature.Tags) ? Map.of(MARK, identity.hash()) : Map.of();
    }

    private static BucketPlan.Settings settings(
            TenantIdentity identity, ValidTenant.ValidObjectStore store, StoreCapabilities capabilities) {
        boolean versioning = capabilities.has(StoreFeature.Versioning);
        return new BucketPlan.Settings(
                mark(identity, capabilities),
                versioning && capabilities.has(StoreFeature.ObjectLock),
                versioning,
                capabilities.has(StoreFeature.PublicAccessBlock),
                ownership(capabilities),
                capabilities.has(StoreFeature.Encryption),
                capabilities.has(StoreFeature.Lifecycle)
                        ? new BucketLifecycle(store.noncurrentDays(), ABORT_MULTIPART_DAYS)
                        : null,
                capabilities.has(StoreFeature.Cors)
                        ? store.request().cors().stream()
                                .map(CrossOriginRule::of)
                                .toList()
                        : null,
                capabilities.has(StoreFeature.Quota) ? Objects.requireNonNullElse(store.quotaBytes(), 0L) : null);
    }

    /**
     * Whether a request that says an ACL is let through here, to be held to the two that publish nothing. That takes a
     * server whose ACLs count (where they do not, none is refused), and all of what keeps the others out.
     */
    private static boolean aclsCount(StoreCapabilities capabilities) {
        return !capabilities.has(StoreFeature.AclsDisabled)
                && Stream.of(
                                StoreFeature.PrivateAcls,
                                StoreFeature.AclConditions,
                                StoreFeature.GrantHeaderConditions,
                                StoreFeature.OwnershipControls,
                                StoreFeature.PublicAccessBlock)
                        .allMatch(capabilities::has);
    }

    private static @Nullable BucketOwnership ownership(StoreCapabilities capabilities) {
        if (!capabilities.has(StoreFeature.OwnershipControls)) {
            return null;
        }
        return aclsCount(capabilities) ? BucketOwnership.BucketOwnerPreferred : BucketOwnership.BucketOwnerEnforced;
    }

    private static @Nullable BucketPolicy policy(List<PolicyStatement> statements, StoreCapabilities capabilities) {
        return statements.isEmpty() || !capabilities.has(StoreFeature.BucketPolicy)
                ? null
                : new BucketPolicy(statements);
    }

    private static List<PolicyStatement> permissions(
            String bucket, List<String> principals, StoreCapabilities capabilities) {
        List<String> reads = new ArrayList<>(LIST_ACTIONS);
        if (capabilities.has(StoreFeature.RevokesKeys)) {
            reads.add(READ_POLICY);
        }
        return List.of(
                new PolicyStatement(
                        "TenantObjects", Effect.Allow, principals, OBJECT_ACTIONS, List.of(objects(bucket)), null),
                new PolicyStatement("TenantList", Effect.Allow, principals, reads, List.of(arn(bucket)), null));
    }

    private static List<PolicyStatement> refusals(String bucket, StoreCapabilities capabilities) {
        List<PolicyStatement> refusals = new ArrayList<>();
        if (capabilities.has(StoreFeature.AclConditions)) {
            refusals.add(noPut(
                    "NoPublicAcl",
                    bucket,
                    capabilities,
                    new PolicyCondition("StringLike", "s3:x-amz-acl", List.of("public-*", "authenticated-read"))));
        }
        if (capabilities.has(StoreFeature.GrantHeaderConditions)) {
            // One statement for each header: the conditions of one statement would all have to hold.
            for (GrantHeader header : GrantHeader.values()) {
                refusals.add(noPut(
                        "NoGrant" + header.name(),
                        bucket,
                        capabilities,
                        new PolicyCondition("StringLike", "s3:x-amz-grant-" + header.header, List.of("*"))));
            }
        }
        if (capabilities.has(StoreFeature.SecureTransport)) {
            refusals.add(new PolicyStatement(
                    "TlsOnly",
                    Effect.Deny,
                    List.of(PolicyStatement.EVERYBODY),
                    List.of("s3:*"),
                    List.of(arn(bucket), objects(bucket)),
                    new PolicyCondition("Bool", "aws:SecureTransport", List.of("false"))));
        }
        return refusals;
    }

    private static PolicyStatement noPut(
            String sid, String bucket, StoreCapabilities capabilities, PolicyCondition condition) {
        return new PolicyStatement(
                sid,
                Effect.Deny,
                List.of(PolicyStatement.EVERYBODY),
                aclsCount(capabilities) ? List.of("s3:PutObject", PUT_ACL) : List.of("s3:PutObject"),
                List.of(objects(bucket)),
                condition);
    }

    private static List<Finding> notEnforceable(
            String bucket, ValidTenant.ValidObjectStore store, StoreCapabilities capabilities) {
        Set<StoreFeature> needed = EnumSet.allOf(StoreFeature.class);
        needed.remove(StoreFeature.PrivateAcls); // a convenience of clients
        needed.remove(StoreFeature.BucketSize); // a number for people; nothing is open without it
        if (store.quotaBytes() == null) {
            needed.remove(StoreFeature.Quota);
        }
        if (store.request().cors().isEmpty()) {
            needed.remove(StoreFeature.Cors);
        }
        if (!store.tls()) {
            needed.remove(StoreFeature.SecureTransport); // the finding about TLS says it already
        }
        if (aclsCount(capabilities)) {
            needed.remove(StoreFeature.AclsDisabled); // what would publish is refused
        }
        if (capabilities.has(StoreFeature.AclsDisabled)) {
            // What refuses publishing by ACL is not missed where an ACL publishes nothing.
            needed.remove(StoreFeature.AclConditions);
            needed.remove(StoreFeature.GrantHeaderConditions);
        }
        return Arrays.stream(StoreFeature.values())
                .filter(feature -> needed.contains(feature) && !capabilities.has(feature))
                .map(feature -> new Finding(
                        Reason.NotEnforceable,
                        "bucket " + bucket + " " + feature.wireName(),
                        feature.consequence() + " (ObjectStore " + store.store() + ": " + capabilities.message(feature)
                                + ")"))
                .toList();
    }

    private static String arn(String bucket) {
        return "arn:aws:s3:::" + bucket;
    }

    private static String objects(String bucket) {
        return arn(bucket) + "/*";
    }

    private enum GrantHeader {
        Read("read"),
        Write("write"),
        ReadAcp("read-acp"),
        WriteAcp("write-acp"),
        FullControl("full-control");

        private final String header;

        GrantHeader(String header) {
            this.header = header;
        }
    }
}
