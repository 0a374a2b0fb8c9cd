package dev.bulkhead.operator.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.BucketLifecycleConfiguration;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.CORSRule;
import software.amazon.awssdk.services.s3.model.CreateBucketConfiguration;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.ExpirationStatus;
import software.amazon.awssdk.services.s3.model.GetBucketAclResponse;
import software.amazon.awssdk.services.s3.model.GetBucketCorsResponse;
import software.amazon.awssdk.services.s3.model.GetBucketLifecycleConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetBucketPolicyResponse;
import software.amazon.awssdk.services.s3.model.GetObjectLockConfigurationResponse;
import software.amazon.awssdk.services.s3.model.GetPublicAccessBlockResponse;
import software.amazon.awssdk.services.s3.model.LifecycleRule;
import software.amazon.awssdk.services.s3.model.LifecycleRuleFilter;
import software.amazon.awssdk.services.s3.model.ListBucketsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.OwnershipControlsRule;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.ServerSideEncryptionRule;
import software.amazon.awssdk.services.s3.model.Tag;

/**
 * Buckets and their settings by plain S3, the same for every driver. One request per method unless said otherwise; what
 * fails is a {@link StoreException}.
 */
public final class S3Buckets {
    private static final String LIFECYCLE_RULE = "bulkhead";

    private final @Nullable StoreQuotas quotas;
    private final S3Client s3;
    private final StoreGate gate;
    private final String region;
    private final String accessKeyId;
    private volatile @Nullable String account;

    /**
     * Buckets of one account.
     *
     * @param accessKeyId the operator's; stands for the account where the server tells no owner of its buckets
     */
    public S3Buckets(S3Client s3, StoreGate gate, String region, String accessKeyId) {
        this(s3, gate, region, accessKeyId, null);
    }

    /**
     * The same.
     *
     * @param quotas how the server limits buckets; null where it does not
     */
    S3Buckets(S3Client s3, StoreGate gate, String region, String accessKeyId, @Nullable StoreQuotas quotas) {
        this.quotas = quotas;
        this.s3 = s3;
        this.gate = gate;
        this.region = region;
        this.accessKeyId = accessKeyId;
    }

    /** All buckets of the account, page by page. */
    public Set<String> names() {
        Set<String> names = new HashSet<>();
        String from = null;
        do {
            String token = from;
            ListBucketsResponse page = read("ListBuckets", () -> s3.listBuckets(r -> r.continuationToken(token)));
            page.buckets().forEach(bucket -> names.add(bucket.name()));
            account = page.owner() == null || page.owner().id() == null
                    ? accessKeyId
                    : page.owner().id();
            from = page.continuationToken();
        } while (from != null && !from.isEmpty());
        return names;
    }

    /** The operator's account, as the server names the owner of a bucket; asked for once. */
    String account() {
        if (account == null) {
            names();
        }
        return Objects.requireNonNull(account);
    }

    /** Reads what the plan has an opinion on: up to ten requests, three more for a bucket without the mark. */
    ObservedBucket observe(BucketPlan plan) {
        String bucket = plan.bucket();
        BucketPlan.Settings wanted = plan.settings();
        Optional<GetBucketAclResponse> found = found("GetBucketAcl", () -> s3.getBucketAcl(r -> r.bucket(bucket)));
        if (found.isEmpty()) {
            return new ObservedBucket.Missing();
        }
        GetBucketAclResponse acl = found.get();
        String owner = acl.owner() == null || acl.owner().id() == null
                ? ""
                : acl.owner().id();
        Map<String, String> tags = wanted.tags().isEmpty() ? Map.of() : tags(bucket);
        boolean marked = !wanted.tags().isEmpty()
                && tags.entrySet().containsAll(wanted.tags().entrySet());
        Optional<ObjectLockConfiguration> lock = wanted.objectLock() ? objectLock(bucket) : Optional.empty();
        return new ObservedBucket.Present(
                owner,
                owner.equals(account()),
                tags,
                lock.isPresent(),
                lock.map(S3Buckets::locksByDefault).orElse(false),
                wanted.versioning() && versioning(bucket),
                wanted.publicAccessBlock() && publicAccessBlock(bucket),
                wanted.ownership() == null ? "" : ownership(bucket),
                foreignGrants(acl, owner),
                wanted.encryption() && encryption(bucket),
                wanted.lifecycle() == null ? null : lifecycle(bucket),
                wanted.cors() == null ? List.of() : cors(bucket),
                quotas == null || wanted.quotaBytes() == null ? null : quotas.of(bucket),
                plan.policy() == null && plan.sealed() == null
                        ? null
                        : policy(bucket).orElse(null),
                marked ? null : empty(bucket));
    }

    /** Makes the change; {@code tags} is what a new bucket is created with. */
    void change(BucketPlan plan, BucketChange.Setting change, Map<String, String> tags) {
        String bucket = plan.bucket();
        switch (change) {
            case BucketChange.Create _ ->
                create(bucket, plan.settings().objectLock(), plan.settings().ownership(), tags);
            case BucketChange.SetTags set -> setTags(bucket, set.tags());
            case BucketChange.BlockPublicAccess _ -> blockPublicAccess(bucket);
            case BucketChange.SetOwnership set -> setOwnership(bucket, set.ownership());
            case BucketChange.CloseAcl _ ->
                write(
                        "PutBucketAcl",
                        () -> s3.putBucketAcl(r -> r.bucket(bucket).acl(BucketCannedACL.PRIVATE)));
            case BucketChange.EnableVersioning _ -> enableVersioning(bucket);
            case BucketChange.SetObjectLock _ -> setObjectLock(bucket);
            case BucketChange.Encrypt _ -> encrypt(bucket);
            case BucketChange.SetLifecycle set -> setLifecycle(bucket, set.lifecycle());
            case BucketChange.SetCors set -> setCors(bucket, set.rules());
            case BucketChange.SetQuota set -> quotas().set(bucket, set.bytes());
            case BucketChange.SetPolicy set -> setPolicy(bucket, set.policy());
            case BucketChange.RemovePolicy _ ->
                write("DeleteBucketPolicy", () -> s3.deleteBucketPolicy(r -> r.bucket(bucket)));
        }
    }

    /** A bucket that this account already has is not an error: the request before this one may have got through. */
    public void create(
            String bucket, boolean objectLock, @Nullable BucketOwnership ownership, Map<String, String> tags) {
        CreateBucketRequest.Builder request = CreateBucketRequest.builder().bucket(bucket);
        if (objectLock) {
            request.objectLockEnabledForBucket(true);
        }
        if (ownership != null) {
            request.objectOwnership(ownership.name());
        }
        CreateBucketConfiguration.Builder body = CreateBucketConfiguration.builder();
        if (!region.equals("us-east-1")) {
            body.locationConstraint(region);
        }
        if (!tags.isEmpty()) {
            body.tags(tagList(tags));
        }
        if (!tags.isEmpty() || !region.equals("us-east-1")) {
            request.createBucketConfiguration(body.build());
        }
        try {
            write("CreateBucket", () -> s3.createBucket(request.build()));
        } catch (StoreException e) {
            if (e.failure() != StoreException.StoreFailure.Exists) {
                throw e;
            }
        }
    }

    private StoreQuotas quotas() {
        return Objects.requireNonNull(quotas, "a quota is planned where the server has one");
    }

    void delete(String bucket) {
        write("DeleteBucket", () -> s3.deleteBucket(r -> r.bucket(bucket)));
    }

    /** All tags of the bucket; none where there are none. */
    public Map<String, String> tags(String bucket) {
        Map<String, String> tags = new TreeMap<>();
        found("GetBucketTagging", () -> s3.getBucketTagging(r -> r.bucket(bucket)))
                .ifPresent(answer -> answer.tagSet().forEach(tag -> tags.put(tag.key(), tag.value())));
        return tags;
    }

    /** Writes all tags; those that are not among them go. */
    public void setTags(String bucket, Map<String, String> tags) {
        write(
                "PutBucketTagging",
                () -> s3.putBucketTagging(r -> r.bucket(bucket).tagging(t -> t.tagSet(tagList(tags)))));
    }

    /** Whether the bucket belongs to the operator's account. */
    boolean ours(String bucket) {
        GetBucketAclResponse acl = read("GetBucketAcl", () -> s3.getBucketAcl(r -> r.bucket(bucket)));
        return acl.owner() != null && account().equals(acl.owner().id());
    }

    /** Whether versioning is enabled. */
    public boolean versioning(String bucket) {
        return read("GetBucketVersioning", () -> s3.getBucketVersioning(r -> r.bucket(bucket)))
                        .status()
                == BucketVersioningStatus.ENABLED;
    }

    /** Versioning on. */
    public void enableVersioning(String bucket) {
        write(
                "PutBucketVersioning",
                () -> s3.putBucketVersioning(
                        r -> r.bucket(bucket).versioningConfiguration(v -> v.status(BucketVersioningStatus.ENABLED))));
    }

    /** The lock as it is set, where there is one. */
    public Optional<ObjectLockConfiguration> objectLock(String bucket) {
        return found("GetObjectLockConfiguration", () -> s3.getObjectLockConfiguration(r -> r.bucket(bucket)))
                .map(GetObjectLockConfigurationResponse::objectLockConfiguration)
                .filter(lock -> lock.objectLockEnabled() == ObjectLockEnabled.ENABLED);
    }

    void setObjectLock(String bucket) {
        write(
                "PutObjectLockConfiguration",
                () -> s3.putObjectLockConfiguration(r ->
                        r.bucket(bucket).objectLockConfiguration(c -> c.objectLockEnabled(ObjectLockEnabled.ENABLED))));
    }

    boolean publicAccessBlock(String bucket) {
        return found("GetPublicAccessBlock", () -> s3.getPublicAccessBlock(r -> r.bucket(bucket)))
                .map(GetPublicAccessBlockResponse::publicAccessBlockConfiguration)
                .filter(block -> Boolean.TRUE.equals(block.blockPublicAcls())
                        && Boolean.TRUE.equals(block.ignorePublicAcls())
                        && Boolean.TRUE.equals(block.blockPublicPolicy())
                        && Boolean.TRUE.equals(block.restrictPublicBuckets()))
                .isPresent();
    }

    void blockPublicAccess(String bucket) {
        write(
                "PutPublicAccessBlock",
                () -> s3.putPublicAccessBlock(r -> r.bucket(bucket)
                        .publicAccessBlockConfiguration(b -> b.blockPublicAcls(true)
                                .ignorePublicAcls(true)
                                .blockPublicPolicy(true)
                                .restrictPublicBuckets(true))));
    }

    /** Object ownership; empty when none is set. */
    String ownership(String bucket) {
        return found("GetBucketOwnershipControls", () -> s3.getBucketOwnershipControls(r -> r.bucket(bucket)))
                .flatMap(answer -> answer.ownershipControls().rules().stream().findFirst())
                .map(OwnershipControlsRule::objectOwnershipAsString)
                .orElse("");
    }

    void setOwnership(String bucket, BucketOwnership ownership) {
        write(
                "PutBucketOwnershipControls",
                () -> s3.putBucketOwnershipControls(r -> r.bucket(bucket)
                        .ownershipControls(c -> c.rules(List.of(OwnershipControlsRule.builder()
                                .objectOwnership(ownership.name())
                                .build())))));
    }

    boolean encryption(String bucket) {
        return found("GetBucketEncryption", () -> s3.getBucketEncryption(r -> r.bucket(bucket)))
                .filter(answer -> answer.serverSideEncryptionConfiguration().rules().stream()
                        .anyMatch(rule -> rule.applyServerSideEncryptionByDefault() != null))
                .isPresent();
    }

    void encrypt(String bucket) {
        write(
                "PutBucketEncryption",
                () -> s3.putBucketEncryption(r -> r.bucket(bucket)
                        .serverSideEncryptionConfiguration(c -> c.rules(List.of(ServerSideEncryptionRule.builder()
                                .applyServerSideEncryptionByDefault(d -> d.sseAlgorithm(ServerSideEncryption.AES256))
                                .build())))));
    }

    /** The rules, when they are the one rule that {@link #setLifecycle} writes; null otherwise. */
    @Nullable
    BucketLifecycle lifecycle(String bucket) {
        List<LifecycleRule> rules = found(
                        "GetBucketLifecycleConfiguration",
                        () -> s3.getBucketLifecycleConfiguration(r -> r.bucket(bucket)))
                .map(GetBucketLifecycleConfigurationResponse::rules)
                .orElse(List.of());
        if (rules.size() != 1) {
            return null;
        }
        LifecycleRule rule = rules.getFirst();
        boolean ours = rule.status() == ExpirationStatus.ENABLED
                && (rule.filter() == null
                        || rule.filter().prefix() == null
                        || rule.filter().prefix().isEmpty())
                && rule.transitions().isEmpty()
                && rule.noncurrentVersionTransitions().isEmpty()
                && rule.expiration() != null
                && rule.expiration().days() == null
                && rule.expiration().date() == null
                && rule.noncurrentVersionExpiration() != null
                && rule.noncurrentVersionExpiration().noncurrentDays() != null
                && rule.abortIncompleteMultipartUpload() != null
                && rule.abortIncompleteMultipartUpload().daysAfterInitiation() != null;
        return ours
                ? new BucketLifecycle(
                        rule.noncurrentVersionExpiration().noncurrentDays(),
                        rule.abortIncompleteMultipartUpload().daysAfterInitiation())
                : null;
    }

    void setLifecycle(String bucket, BucketLifecycle lifecycle) {
        LifecycleRule rule = LifecycleRule.builder()
                .id(LIFECYCLE_RULE)
                .status(ExpirationStatus.ENABLED)
                .filter(LifecycleRuleFilter.builder().prefix("").build())
                .expiration(e -> e.expiredObjectDeleteMarker(true))
                .noncurrentVersionExpiration(e -> e.noncurrentDays(lifecycle.noncurrentDays()))
                .abortIncompleteMultipartUpload(a -> a.daysAfterInitiation(lifecycle.abortMultipartDays()))
                .build();
        write(
                "PutBucketLifecycleConfiguration",
                () -> s3.putBucketLifecycleConfiguration(r -> r.bucket(bucket)
                        .lifecycleConfiguration(BucketLifecycleConfiguration.builder()
                                .rules(rule)
                                .build())));
    }

    /** The rules for pages of other origins. */
    List<CrossOriginRule> cors(String bucket) {
        return found("GetBucketCors", () -> s3.getBucketCors(r -> r.bucket(bucket)))
                .map(GetBucketCorsResponse::corsRules)
                .orElse(List.of())
                .stream()
                .map(rule -> new CrossOriginRule(
                        rule.allowedOrigins(),
                        rule.allowedMethods(),
                        rule.allowedHeaders(),
                        rule.exposeHeaders(),
                        Objects.requireNonNullElse(rule.maxAgeSeconds(), 0)))
                .toList();
    }

    void setCors(String bucket, List<CrossOriginRule> rules) {
        if (rules.isEmpty()) {
            write("DeleteBucketCors", () -> s3.deleteBucketCors(r -> r.bucket(bucket)));
            return;
        }
        List<CORSRule> all = rules.stream()
                .map(rule -> CORSRule.builder()
                        .allowedOrigins(rule.origins())
                        .allowedMethods(rule.methods())
                        .allowedHeaders(rule.headers())
                        .exposeHeaders(rule.exposed())
                        .maxAgeSeconds(rule.maxAgeSeconds())
                        .build())
                .toList();
        write("PutBucketCors", () -> s3.putBucketCors(r -> r.bucket(bucket).corsConfiguration(c -> c.corsRules(all))));
    }

    Optional<String> policy(String bucket) {
        return found("GetBucketPolicy", () -> s3.getBucketPolicy(r -> r.bucket(bucket)))
                .map(GetBucketPolicyResponse::policy)
                .filter(policy -> !policy.isEmpty());
    }

    void setPolicy(String bucket, BucketPolicy policy) {
        write("PutBucketPolicy", () -> s3.putBucketPolicy(r -> r.bucket(bucket).policy(policy.json())));
    }

    /** Whether the server takes object ACLs, asked about an object that does not exist. */
    void putObjectAcl(String bucket, String key) {
        write(
                "PutObjectAcl",
                () -> s3.putObjectAcl(r -> r.bucket(bucket).key(key).acl(ObjectCannedACL.PRIVATE)));
    }

    /** Whether there is no version, delete marker, object or unfinished upload. */
    boolean empty(String bucket) {
        ListObjectVersionsResponse versions = read(
                "ListObjectVersions",
                () -> s3.listObjectVersions(r -> r.bucket(bucket).maxKeys(1)));
        if (!versions.versions().isEmpty() || !versions.deleteMarkers().isEmpty()) {
            return false;
        }
        if (!read("ListObjectsV2", () -> s3.listObjectsV2(r -> r.bucket(bucket).maxKeys(1)))
                .contents()
                .isEmpty()) {
            return false;
        }
        return read(
                        "ListMultipartUploads",
                        () -> s3.listMultipartUploads(r -> r.bucket(bucket).maxUploads(1)))
                .uploads()
                .isEmpty();
    }

    /** Some servers answer with an empty rule when there is none. */
    private static boolean locksByDefault(ObjectLockConfiguration lock) {
        return lock.rule() != null
                && lock.rule().defaultRetention() != null
                && (lock.rule().defaultRetention().days() != null
                        || lock.rule().defaultRetention().years() != null);
    }

    private static List<String> foreignGrants(GetBucketAclResponse acl, String owner) {
        TreeSet<String> foreign = new TreeSet<>();
        acl.grants().forEach(grant -> {
            String id = grant.grantee() == null
                    ? ""
                    : String.valueOf(grant.grantee().id());
            String uri = grant.grantee() == null || grant.grantee().uri() == null
                    ? ""
                    : grant.grantee().uri();
            if (!uri.isEmpty() || !id.equals(owner)) {
                foreign.add((uri.isEmpty() ? id : uri) + " " + grant.permissionAsString());
            }
        });
        return new ArrayList<>(foreign);
    }

    private static List<Tag> tagList(Map<String, String> tags) {
        return new TreeMap<>(tags)
                .entrySet().stream()
                        .map(tag -> Tag.builder()
                                .key(tag.getKey())
                                .value(tag.getValue())
                                .build())
                        .toList();
    }

    private <T> T read(String operation, Callable<T> request) {
        return gate.call(Verb.read, operation, request);
    }

    private void write(String operation, Callable<?> request) {
        gate.call(Verb.write, operation, request);
    }

    /** What is not set is answered with 404, what the server does not know with 501. */
    private <T> Optional<T> found(String operation, Callable<T> request) {
        try {
            return Optional.of(read(operation, request));
        } catch (StoreException e) {
            if (e.failure() == StoreException.StoreFailure.Missing
                    || e.failure() == StoreException.StoreFailure.Unsupported) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
