package dev.bulkhead.operator.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.boundary.QuotaSplit.Result;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class QuotaSplitTest {
    private static final long MI = 1 << 20;
    private static final long GI = 1 << 30;

    @Test
    void one_namespace_gets_everything() {
        assertThat(split("[{ name: web }]", "{ cpu: \"8\", memory: 16Gi, storage: 100Gi, pods: 40 }"))
                .extracting(
                        share -> share.namespace().fullName(), Share::cpu, Share::memory, Share::storage, Share::pods)
                .containsExactly(tuple("acme--web", 8000L, 16 * GI, 100 * GI, 40));
    }

    @Test
    void namespaces_that_claim_nothing_share_evenly_and_the_first_of_them_takes_what_does_not_divide() {
        List<Share> shares = split(
                "[{ name: c }, { name: a }, { name: b }]", "{ cpu: \"8\", memory: 16Gi, storage: 1Gi, pods: 41 }");

        assertThat(shares).extracting(share -> share.namespace().name()).containsExactly("c", "a", "b");
        assertThat(shares).extracting(Share::cpu).containsExactly(2668L, 2666L, 2666L);
        assertThat(shares).extracting(Share::memory).containsExactly(5462 * MI, 5461 * MI, 5461 * MI);
        assertThat(shares).extracting(Share::storage).containsExactly(342 * MI, 341 * MI, 341 * MI);
        assertThat(shares).extracting(Share::pods).containsExactly(15, 13, 13);
    }

    @Test
    void a_claim_is_given_and_the_others_share_the_rest() {
        List<Share> shares = split(
                "[{ name: a, quota: { cpu: \"5\" } }, { name: b }, { name: c, quota: { cpu: 500m, memory: 1Gi } }]",
                "{ cpu: \"8\", memory: 4Gi, pods: 9 }");

        assertThat(shares).extracting(Share::cpu).containsExactly(5000L, 2500L, 500L);
        assertThat(shares).extracting(Share::memory).containsExactly(1536 * MI, 1536 * MI, 1024 * MI);
        assertThat(shares).extracting(Share::storage).containsExactly(0L, 0L, 0L);
    }

    @Test
    void claims_above_the_total_are_refused_by_name() {
        assertThat(refused(
                        "[{ name: a, quota: { memory: 3Gi } }, { name: b, quota: { memory: 2Gi } }]",
                        "{ cpu: \"1\", memory: 4Gi }"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.reason()).isEqualTo(Reason.InvalidSpec);
                    assertThat(finding.text()).contains("quota.memory").contains("raise the total or lower the claims");
                });
    }

    @Test
    void a_namespace_that_is_left_with_nothing_is_refused_by_name() {
        assertThat(refused("[{ name: a, quota: { cpu: \"1\" } }, { name: idle }]", "{ cpu: \"1\", memory: 4Gi }"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.subject()).isEqualTo("spec.namespaces[idle].quota.cpu"));
    }

    @Test
    void a_namespace_may_claim_nothing() {
        assertThat(split(
                        "[{ name: a }, { name: data, quota: { cpu: \"0\", memory: \"0\", pods: 0 } }]",
                        "{ cpu: \"1\", memory: 4Gi, storage: 1Gi }"))
                .extracting(Share::cpu)
                .containsExactly(1000L, 0L);
    }

    @Test
    void an_amount_that_cannot_be_counted_is_refused_by_field() {
        assertThat(refused(
                        "[{ name: a, quota: { storage: lots } }]", "{ cpu: 999999999Pi, memory: 4Gi, storage: 1Gi }"))
                .extracting(Finding::subject)
                .containsExactlyInAnyOrder("spec.quota.cpu", "spec.namespaces[a].quota.storage");
    }

    @Property
    void shares_never_exceed_the_total_and_claims_are_kept(
            @ForAll("totals") long total, @ForAll("claims") List<Optional<Long>> claims) {
        switch (QuotaSplit.split(specOf(total, claims), "acme")) {
            case Result.Split(List<Share> shares) -> {
                assertThat(shares).hasSameSizeAs(claims);
                checkSum(total, claims, shares, Share::cpu);
                checkSum(total, claims, shares, Share::memory);
                checkSum(total, claims, shares, Share::storage);
            }
            case Result.Refused(List<Finding> findings) -> {
                long claimed =
                        claims.stream().mapToLong(claim -> claim.orElse(0L)).sum();
                long sharers = claims.stream().filter(Optional::isEmpty).count();
                assertThat(claimed > total || (sharers > 0 && total - claimed < sharers * MI))
                        .as(findings.toString())
                        .isTrue();
            }
        }
    }

    @Provide
    Arbitrary<Long> totals() {
        return Arbitraries.longs().between(1, 999_999_999);
    }

    @Provide
    Arbitrary<List<Optional<Long>>> claims() {
        return Arbitraries.longs()
                .between(0, 200_000_000)
                .optional(0.5)
                .list()
                .ofMinSize(1)
                .ofMaxSize(10);
    }

    private static void checkSum(
            long total, List<Optional<Long>> claims, List<Share> shares, ToLongFunction<Share> amount) {
        long sum = shares.stream().mapToLong(amount).sum();
        assertThat(sum).isLessThanOrEqualTo(total);
        if (claims.stream().anyMatch(Optional::isEmpty)) {
            assertThat(sum).as("nothing of the total is lost").isEqualTo(total);
        }
        for (int i = 0; i < claims.size(); i++) {
            long given = amount.applyAsLong(shares.get(i));
            assertThat(given).isEqualTo(claims.get(i).orElse(given));
        }
    }

    /** The same numbers for every resource: millicores for CPU, bytes for memory and storage. */
    private static TenantSpec specOf(long total, List<Optional<Long>> claims) {
        List<String> namespaces = new ArrayList<>();
        for (Optional<Long> claim : claims) {
            String quota = claim.map(amount ->
                            ", quota: { cpu: %1$dm, memory: \"%1$d\", storage: \"%1$d\", pods: 1 }".formatted(amount))
                    .orElse("");
            namespaces.add("{ name: n" + namespaces.size() + quota + " }");
        }
        return spec(
                namespaces.toString(),
                "{ cpu: %1$dm, memory: \"%1$d\", storage: \"%1$d\", pods: 1000 }".formatted(total));
    }

    private static List<Share> split(String namespaces, String quota) {
        return switch (QuotaSplit.split(spec(namespaces, quota), "acme")) {
            case Result.Split(List<Share> shares) -> shares;
            case Result.Refused(List<Finding> findings) -> throw new AssertionError(findings);
        };
    }

    private static List<Finding> refused(String namespaces, String quota) {
        return switch (QuotaSplit.split(spec(namespaces, quota), "acme")) {
            case Result.Split(List<Share> shares) -> throw new AssertionError(shares);
            case Result.Refused(List<Finding> findings) -> findings;
        };
    }

    private static TenantSpec spec(String namespaces, String quota) {
        return Tenants.spec("""
                profile: portal
                displayName: Acme
                namespaces: %s
                quota: %s
                """.formatted(namespaces, quota));
    }
}
