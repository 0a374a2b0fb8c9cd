package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ObjectStorePlannerTest {
    private static final TenantIdentity IDENTITY = Fixtures.identity(7);

    @Property(tries = 300)
    void whatever_the_server_can_do_nobody_but_the_tenants_live_keys_is_let_in(
            @ForAll("capabilities") StoreCapabilities capabilities,
            @ForAll StoreKind kind,
            @ForAll Set<Slot> live,
            @ForAll boolean closed) {
        BucketPlan plan = ObjectStorePlanner.plan(
                IDENTITY, Fixtures.store(kind, true, null), capabilities, kind.keys(IDENTITY), live, closed);

        Set<String> ids = new TreeSet<>();
        if (!closed) {
            live.forEach(slot -> ids.add(plan.keys().of(slot).principal()));
        }
        BucketPolicy policy = plan.policy();
        List<PolicyStatement> allows = policy == null
                ? List.of()
                : policy.statements().stream()
                        .filter(statement -> statement.effect() == PolicyStatement.Effect.Allow)
                        .toList();
        assertThat(allows).allSatisfy(statement -> {
            assertThat(statement.principals()).containsExactlyElementsOf(ids);
            assertThat(statement.resources())
                    .allMatch(resource -> resource.equals("arn:aws:s3:::" + plan.bucket())
                            || resource.equals("arn:aws:s3:::" + plan.bucket() + "/*"));
            assertThat(statement.actions())
                    .noneMatch(action -> action.contains("*")
                            || action.contains("DeleteObjectVersion")
                            || action.contains("PutBucket")
                            || action.contains("Bypass")
                            || (action.contains("Policy") && !action.equals("s3:GetBucketPolicy"))
                            || action.contains("Lifecycle"));
        });
        assertThat(allows)
                .filteredOn(statement -> statement.actions().toString().contains("Acl"))
                .allSatisfy(statement -> {
                    assertThat(statement.actions()).containsExactly("s3:PutObjectAcl");
                    assertThat(statement.condition())
                            .isEqualTo(new PolicyStatement.PolicyCondition(
                                    "StringEquals", "s3:x-amz-acl", List.of("private", "bucket-owner-full-control")));
                    assertThat(plan.settings().publicAccessBlock()).isTrue();
                    assertThat(Objects.requireNonNull(policy).statements())
                            .filteredOn(refusal -> refusal.actions().contains("s3:PutObjectAcl")
                                    && refusal.effect() == PolicyStatement.Effect.Deny)
                            .extracting(PolicyStatement::sid)
                            .containsExactly(
                                    "NoPublicAcl",
                                    "NoGrantRead",
                                    "NoGrantWrite",
                                    "NoGrantReadAcp",
                                    "NoGrantWriteAcp",
                                    "NoGrantFullControl");
                });
        assertThat(allows.isEmpty()).isEqualTo(ids.isEmpty() || !capabilities.has(StoreFeature.BucketPolicy));
    }

    @Property(tries = 300)
    void nothing_is_planned_that_the_server_cannot_do_and_what_it_lacks_is_said(
            @ForAll("capabilities") StoreCapabilities capabilities) {
        BucketPlan plan = ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, 1L << 30), capabilities, false);

        BucketPlan.Settings settings = plan.settings();
        assertThat(settings.objectLock())
                .isEqualTo(capabilities.has(StoreFeature.ObjectLock) && capabilities.has(StoreFeature.Versioning));
        assertThat(settings.publicAccessBlock()).isEqualTo(capabilities.has(StoreFeature.PublicAccessBlock));
        assertThat(settings.encryption()).isEqualTo(capabilities.has(StoreFeature.Encryption));
        assertThat(settings.lifecycle() != null).isEqualTo(capabilities.has(StoreFeature.Lifecycle));
        assertThat(settings.quotaBytes() != null).isEqualTo(capabilities.has(StoreFeature.Quota));
        for (StoreFeature feature : EnumSet.of(
                StoreFeature.Versioning,
                StoreFeature.ObjectLock,
                StoreFeature.PublicAccessBlock,
                StoreFeature.Encryption,
                StoreFeature.Lifecycle,
                StoreFeature.Quota,
                StoreFeature.BucketPolicy)) {
            assertThat(said(plan, feature)).isEqualTo(!capabilities.has(feature));
        }
    }

    @Test
    void a_policy_that_is_closed_keeps_its_refusals_and_has_no_permission() {
        BucketPlan plan = ObjectStorePlanner.plan(
                IDENTITY, Fixtures.store(true, null), StoreKind.SeaweedFs.documented(true), true);

        assertThat(TestStore.policy(plan).statements())
                .extracting(PolicyStatement::sid)
                .containsExactly(
                        "NoPublicAcl",
                        "NoGrantRead",
                        "NoGrantWrite",
                        "NoGrantReadAcp",
                        "NoGrantWriteAcp",
                        "NoGrantFullControl",
                        "TlsOnly");
        assertThat(plan.live()).isEmpty();
    }

    @Test
    void names_and_keys_derive_from_the_identity_alone() {
        BucketPlan plan = ObjectStorePlanner.plan(
                IDENTITY, Fixtures.store(true, null), StoreKind.SeaweedFs.documented(true), false);

        assertThat(plan.bucket()).isEqualTo(IDENTITY.bucket()).matches("bh-[a-z2-7]{16}");
        assertThat(plan.accessKeyId(Slot.One)).isEqualTo(IDENTITY.bucket() + "-1");
        assertThat(plan.accessKeyId(Slot.Two)).isEqualTo(IDENTITY.bucket() + "-2");
        assertThat(BucketText.of(plan)).doesNotContain(IDENTITY.value());
    }

    @Test
    void a_missing_quota_is_said_only_when_one_is_asked_for() {
        StoreCapabilities capabilities = StoreKind.Static.documented(true);

        assertThat(said(
                        ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, null), capabilities, false),
                        StoreFeature.Quota))
                .isFalse();
        assertThat(said(
                        ObjectStorePlanner.plan(IDENTITY, Fixtures.store(true, 1L), capabilities, false),
                        StoreFeature.Quota))
                .isTrue();
    }

    @Provide
    Arbitrary<StoreCapabilities> capabilities() {
        return Arbitraries.of(StoreFeature.class).set().map(set -> StoreCapabilities.of(set));
    }

    private static boolean said(BucketPlan plan, StoreFeature feature) {
        return plan.notEnforceable().stream()
                .map(Finding::subject)
                .anyMatch(subject -> subject.endsWith(" " + feature.wireName()));
    }
}
