package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Reason;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The differ against a model of a bucket: whatever the start, the changes lead to the plan, and never through more openness. */
class BucketDiffTest {
    private static final TenantIdentity IDENTITY = Fixtures.identity(9);
    private static final StoreCapabilities ALL = StoreCapabilities.of(EnumSet.allOf(StoreFeature.class));
    private static final StoreCapabilities WITH_ACLS =
            StoreCapabilities.of(EnumSet.complementOf(EnumSet.of(StoreFeature.AclsDisabled)));
    private static final String OPEN_TO_ALL = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
            + "\"Principal\":\"*\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::x/*\"}]}";

    private static final CrossOriginRule FOREIGN =
            new CrossOriginRule(List.of("*"), List.of("GET"), List.of(), List.of(), 0);

    /** A starting point, out of the cases of each part. */
    record Start(
            boolean lock,
            boolean retention,
            boolean versioning,
            boolean block,
            boolean enforced,
            boolean foreignGrant,
            boolean encryption,
            boolean lifecycle,
            boolean foreignCors,
            boolean foreignQuota,
            int policy,
            int firstKey,
            int secondKey) {}

    @Property(tries = 2000)
    void from_any_start_the_changes_lead_to_the_plan_and_a_second_look_finds_nothing(
            @ForAll int bits, @ForAll Set<Slot> live, @ForAll boolean closed, @ForAll boolean aclsCount) {
        BucketPlan plan = ObjectStorePlanner.plan(
                IDENTITY,
                Fixtures.store(true, null),
                aclsCount ? WITH_ACLS : ALL,
                StoreKeys.derived(IDENTITY),
                live,
                closed);
        Map<Slot, SecretDigest> digests = digests(plan.live());
        Model model = new Model(start(bits), plan);

        BucketDiff.Ours first = (BucketDiff.Ours) BucketDiff.of(plan, model.bucket(), model.keys, digests);
        for (BucketChange change : first.changes()) {
            boolean foreignBefore = model.openToForeigners();
            model.apply(change, plan, digests);
            assertThat(!foreignBefore && model.openToForeigners())
                    .as("%s opens the bucket to others", change)
                    .isFalse();
        }

        assertThat(BucketDiff.of(plan, model.bucket(), model.keys, digests))
                .isEqualTo(new BucketDiff.Ours(List.of(), false));
    }

    @Property(tries = 2000)
    void what_is_open_to_others_is_closed_before_anything_is_given(
            @ForAll int bits, @ForAll Set<Slot> live, @ForAll boolean aclsCount) {
        BucketPlan plan = ObjectStorePlanner.plan(
                IDENTITY,
                Fixtures.store(true, null),
                aclsCount ? WITH_ACLS : ALL,
                StoreKeys.derived(IDENTITY),
                live,
                false);
        Map<Slot, SecretDigest> digests = digests(plan.live());
        Model model = new Model(start(bits), plan);
        Set<Slot> before = new HashSet<>(model.keys.keySet());

        BucketDiff.Ours diff = (BucketDiff.Ours) BucketDiff.of(plan, model.bucket(), model.keys, digests);
        for (BucketChange change : diff.changes()) {
            boolean gives = change instanceof BucketChange.IssueKey issue && !before.contains(issue.slot());
            if (gives) {
                assertThat(model.openToForeigners()).isFalse();
            }
            model.apply(change, plan, digests);
        }
    }

    @Test
    void the_order_of_a_repair_of_everything() {
        BucketPlan plan = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, false);
        Model model =
                new Model(new Start(true, true, false, false, true, true, false, false, true, true, 2, 0, 1), plan);
        model.tags.clear();
        model.tags.put("cost", "7");
        model.tags.put("bulkhead", IDENTITY.hash());

        BucketDiff.Ours diff = (BucketDiff.Ours) BucketDiff.of(plan, model.bucket(), model.keys, digests(plan.live()));

        assertThat(diff.changes().stream().map(BucketChange::name))
                .containsExactly(
                        "SetPolicy",
                        "RevokeKey2",
                        "SetOwnership",
                        "CloseAcl",
                        "BlockPublicAccess",
                        "SetOwnership",
                        "EnableVersioning",
                        "SetObjectLock",
                        "Encrypt",
                        "SetLifecycle",
                        "SetCors",
                        "SetQuota",
                        "IssueKey1",
                        "SetPolicy");
        assertThat(diff.changes().getFirst())
                .isEqualTo(new BucketChange.SetPolicy(Objects.requireNonNull(plan.sealed())));
    }

    @Test
    void a_key_whose_secret_the_server_does_not_tell_is_left_as_it_is() {
        BucketPlan plan = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, false);
        Model model =
                new Model(new Start(true, false, true, true, true, false, true, true, false, false, 1, 1, 0), plan);
        model.keys.put(Slot.One, new ObservedKey(true, null));

        assertThat(BucketDiff.of(plan, model.bucket(), model.keys, digests(plan.live())))
                .isEqualTo(new BucketDiff.Ours(List.of(), false));
    }

    @Test
    void a_bucket_that_was_made_is_not_made_anew_and_what_nobody_planned_is_revoked() {
        BucketPlan plan = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, false);
        Map<Slot, ObservedKey> keys = Map.of(Slot.Two, new ObservedKey(true, null));
        ObservedBucket missing = new ObservedBucket.Missing();

        assertThat(BucketDiff.of(plan, missing, Map.of(), Map.of()))
                .isEqualTo(new BucketDiff.Ours(List.of(new BucketChange.Create()), true));
        assertThat(BucketDiff.of(plan.asMade(), missing, keys, Map.of()))
                .isInstanceOfSatisfying(BucketDiff.Gone.class, gone -> {
                    assertThat(gone.revocations()).containsExactly(new BucketChange.RevokeKey(Slot.Two));
                    assertThat(gone.finding().reason()).isEqualTo(Reason.DataGone);
                });
        BucketPlan closed = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), ALL, true);
        assertThat(BucketDiff.of(closed.asMade(), missing, keys, Map.of()))
                .isEqualTo(new BucketDiff.Ours(List.of(new BucketChange.RevokeKey(Slot.Two)), false));
    }

    private static Start start(int bits) {
        return new Start(
                (bits & 1) != 0,
                (bits & 2) != 0,
                (bits & 4) != 0,
                (bits & 8) != 0,
                (bits & 16) != 0,
                (bits & 32) != 0,
                (bits & 64) != 0,
                (bits & 128) != 0,
                (bits & 256) != 0,
                (bits & 512) != 0,
                (bits >>> 10 & 0x3f) % 4,
                (bits >>> 16 & 0xff) % 4,
                (bits >>> 24 & 0xff) % 4);
    }

    private static Map<Slot, SecretDigest> digests(Set<Slot> live) {
        Map<Slot, SecretDigest> digests = new EnumMap<>(Slot.class);
        live.forEach(slot -> digests.put(slot, Fixtures.secret(IDENTITY, slot).digest()));
        return digests;
    }

    /** A bucket of ours in memory. */
    private static final class Model {
        private final Map<String, String> tags = new HashMap<>(Map.of("bulkhead", IDENTITY.hash()));
        private final Map<Slot, ObservedKey> keys = new EnumMap<>(Slot.class);
        private final BucketPlan plan;
        private boolean lock;
        private boolean retention;
        private boolean versioning;
        private boolean block;
        private String ownership;
        private List<String> grants;
        private boolean encryption;
        private @Nullable BucketLifecycle lifecycle;
        private List<CrossOriginRule> cors;
        private long quota;
        private @Nullable String policy;

        Model(Start start, BucketPlan plan) {
            this.plan = plan;
            lock = start.lock();
            retention = start.retention();
            versioning = start.versioning();
            block = start.block();
            ownership = start.enforced() ? "BucketOwnerEnforced" : "ObjectWriter";
            grants = start.foreignGrant() ? List.of("AllUsers READ") : List.of();
            encryption = start.encryption();
            lifecycle = start.lifecycle() ? plan.settings().lifecycle() : null;
            cors = start.foreignCors() ? List.of(FOREIGN) : List.of();
            quota = start.foreignQuota() ? 1 : 0;
            BucketPolicy wanted = plan.policy();
            BucketPolicy sealed = plan.sealed();
            policy = switch (start.policy()) {
                case 0 -> null;
                case 1 -> wanted == null ? null : wanted.json();
                case 2 -> OPEN_TO_ALL;
                default -> sealed == null ? null : sealed.json();
            };
            key(Slot.One, start.firstKey());
            key(Slot.Two, start.secondKey());
        }

        private void key(Slot slot, int kind) {
            SecretDigest right = Fixtures.secret(IDENTITY, slot).digest();
            switch (kind) {
                case 0 -> {}
                case 1 -> keys.put(slot, new ObservedKey(true, right));
                case 2 -> keys.put(slot, new ObservedKey(true, SecretDigest.of("intruder")));
                default -> keys.put(slot, new ObservedKey(false, right));
            }
        }

        ObservedBucket bucket() {
            return new ObservedBucket.Present(
                    "us",
                    true,
                    tags,
                    lock,
                    retention,
                    versioning,
                    block,
                    ownership,
                    grants,
                    encryption,
                    lifecycle,
                    cors,
                    quota,
                    policy,
                    null);
        }

        boolean openToForeigners() {
            return !grants.isEmpty() || PolicyComparison.opensMore(policy, plan.policy());
        }

        void apply(BucketChange change, BucketPlan current, Map<Slot, SecretDigest> digests) {
            switch (change) {
                case BucketChange.Create _ -> throw new AssertionError("it is there");
                case BucketChange.SetTags set -> tags.putAll(set.tags());
                case BucketChange.BlockPublicAccess _ -> block = true;
                case BucketChange.SetOwnership set ->
                    ownership = set.ownership().name();
                case BucketChange.CloseAcl _ -> {
                    assertThat(ownership).as("an ACL can be written").isNotEqualTo("BucketOwnerEnforced");
                    grants = List.of();
                }
                case BucketChange.EnableVersioning _ -> versioning = true;
                case BucketChange.SetObjectLock _ -> {
                    assertThat(versioning).as("a lock needs versions").isTrue();
                    lock = true;
                    retention = false;
                }
                case BucketChange.Encrypt _ -> encryption = true;
                case BucketChange.SetLifecycle set -> lifecycle = set.lifecycle();
                case BucketChange.SetCors set -> cors = set.rules();
                case BucketChange.SetQuota set -> quota = set.bytes();
                case BucketChange.SetPolicy set -> {
                    set.policy().statements().stream()
                            .filter(statement -> statement.effect() == PolicyStatement.Effect.Allow)
                            .flatMap(statement -> statement.principals().stream())
                            .forEach(id -> assertThat(keys.keySet().stream().map(current::accessKeyId))
                                    .as("a policy names only keys that are there")
                                    .contains(id));
                    policy = set.policy().json();
                }
                case BucketChange.RemovePolicy _ -> policy = null;
                case BucketChange.IssueKey(Slot slot) -> keys.put(slot, new ObservedKey(true, digests.get(slot)));
                case BucketChange.RevokeKey(Slot slot) -> keys.remove(slot);
            }
        }
    }
}
