package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.outcome.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuotaSplitTest {
    private static final long DISK = 10L << 30;
    private static final long MEBIBYTE = 1 << 20;

    @Property
    void what_is_left_is_shared_out_to_the_last_unit_and_never_more(
            @ForAll @LongRange(min = 0) long left,
            @ForAll @LongRange(min = 1, max = MEBIBYTE) long grain,
            @ForAll @Size(min = 1, max = 10) List<Boolean> claimed) {
        @Nullable Long[] claims = claimed.stream().map(c -> c ? 7L : null).toArray(Long[]::new);
        List<Long> shares = QuotaSplit.shares(left, grain, claims);
        assertThat(shares).hasSameSizeAs(claimed).allMatch(s -> s >= 0);
        List<Long> taken = new ArrayList<>();
        for (int i = 0; i < claims.length; i++) {
            if (claims[i] == null) {
                taken.add(shares.get(i));
            } else {
                assertThat(shares.get(i)).isEqualTo(7L);
            }
        }
        if (!taken.isEmpty()) {
            assertThat(taken.stream().mapToLong(s -> s).sum()).isEqualTo(left);
            assertThat(taken.stream().mapToLong(s -> s).max().orElseThrow()
                            - taken.stream().mapToLong(s -> s).min().orElseThrow())
                    .as("nobody is favoured by more than a unit and what does not divide into units")
                    .isLessThan(2 * grain);
        }
    }

    @Test
    void namespaces_share_evenly_what_nobody_claims() {
        assertThat(split(
                        quota("8", "16Gi", "100Gi", 41),
                        request("app", part("3", null, null, 1)),
                        request("a", null),
                        request("b", null)))
                .containsExactly(
                        new QuotaSplit.NamespaceShare(
                                3000, 5462 * MEBIBYTE, 34134 * MEBIBYTE, 3414 * MEBIBYTE, 1, Map.of()),
                        new QuotaSplit.NamespaceShare(
                                2500, 5461 * MEBIBYTE, 34133 * MEBIBYTE, 3413 * MEBIBYTE, 20, Map.of()),
                        new QuotaSplit.NamespaceShare(
                                2500, 5461 * MEBIBYTE, 34133 * MEBIBYTE, 3413 * MEBIBYTE, 20, Map.of()));
    }

    @Test
    void amounts_are_exact_in_every_notation() {
        assertThat(split(quota("1500m", "1.5Gi", "1M", 1), request("app", null)))
                .containsExactly(new QuotaSplit.NamespaceShare(1500, 1536 * MEBIBYTE, 1_000_000, DISK, 1, Map.of()));
    }

    @Test
    void all_claimed_leaves_the_rest_unused() {
        assertThat(split(quota("8", "16Gi", "0", 10), request("app", part("1", "1Gi", "0", 2))))
                .containsExactly(new QuotaSplit.NamespaceShare(1000, 1024 * MEBIBYTE, 0, DISK, 2, Map.of()));
    }

    @Test
    void a_namespace_may_claim_nothing_on_purpose() {
        assertThat(split(
                        quota("1", "1Gi", "0", 1),
                        request("app", part("1", "1Gi", "0", 1)),
                        request("records", part("0", "0", "0", 0))))
                .last()
                .isEqualTo(new QuotaSplit.NamespaceShare(0, 0, 0, DISK / 2, 0, Map.of()));
    }

    @Test
    void devices_are_whole_and_go_to_who_claims_them_or_to_the_first() {
        TenantSpec.QuotaPart claim = new TenantSpec.QuotaPart(null, null, null, null, null, Map.of("e.org/nic", 3));
        assertThat(split(
                        new TenantSpec.Quota("2", "2Gi", "0", "20Gi", 2, Map.of("e.org/gpu", 1, "e.org/nic", 4)),
                        request("app", null),
                        request("records", claim)))
                .extracting(QuotaSplit.NamespaceShare::devices)
                .containsExactly(Map.of("e.org/gpu", 1L, "e.org/nic", 1L), Map.of("e.org/gpu", 0L, "e.org/nic", 3L));
    }

    @Test
    void where_there_is_a_whole_unit_for_each_nobody_gets_a_part_of_one() {
        assertThat(QuotaSplit.shares(14, 4, new Long[3])).containsExactly(6L, 4L, 4L);
    }

    @Test
    void where_there_is_no_whole_unit_for_each_everybody_gets_something() {
        assertThat(QuotaSplit.shares(5, 4, new Long[3])).containsExactly(2L, 2L, 1L);
    }

    @Test
    void a_namespace_that_is_left_with_nothing_is_named_and_nothing_is_shared_out() {
        Findings findings = new Findings();

        assertThat(QuotaSplit.split(
                        quota("1", "2Gi", "0", 2),
                        List.of(request("app", part("1", "1Gi", null, 1)), request("records", null)),
                        findings))
                .isEmpty();
        assertThat(findings.list()).extracting(Finding::subject).containsExactly("spec.namespaces[records].quota.cpu");
    }

    @Test
    void a_claim_that_cannot_be_read_is_all_that_is_said_and_nothing_is_shared_out() {
        Findings findings = new Findings();

        assertThat(QuotaSplit.split(
                        quota("8", "16Gi", "0", 4),
                        List.of(
                                request("app", part("much", null, null, null)),
                                request("records", part("1", null, null, null))),
                        findings))
                .isEmpty();
        assertThat(findings.list()).extracting(Finding::subject).containsExactly("spec.namespaces[app].quota.cpu");
    }

    private static List<QuotaSplit.NamespaceShare> split(
            TenantSpec.Quota total, TenantSpec.NamespaceRequest... namespaces) {
        Findings findings = new Findings();
        List<QuotaSplit.NamespaceShare> parts = QuotaSplit.split(total, List.of(namespaces), findings);
        assertThat(findings.list()).isEmpty();
        return Objects.requireNonNull(parts);
    }

    private static TenantSpec.Quota quota(String cpu, String memory, String storage, int pods) {
        return new TenantSpec.Quota(cpu, memory, storage, "10Gi", pods, Map.of());
    }

    private static TenantSpec.QuotaPart part(
            @Nullable String cpu, @Nullable String memory, @Nullable String storage, @Nullable Integer pods) {
        return new TenantSpec.QuotaPart(cpu, memory, storage, null, pods, Map.of());
    }

    private static TenantSpec.NamespaceRequest request(String name, TenantSpec.@Nullable QuotaPart part) {
        return new TenantSpec.NamespaceRequest(name, part);
    }
}
