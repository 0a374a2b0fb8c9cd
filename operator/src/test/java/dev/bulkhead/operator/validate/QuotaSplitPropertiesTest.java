package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSpec.NamespaceRequest;
import dev.bulkhead.api.v1beta1.TenantSpec.Quota;
import dev.bulkhead.api.v1beta1.TenantSpec.QuotaPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class QuotaSplitPropertiesTest {
    @Property
    void shares_never_exceed_the_total_nothing_is_lost_and_claims_are_kept(
            @ForAll("totals") long total, @ForAll("claims") List<Optional<Long>> claims) {
        Findings findings = new Findings();

        List<QuotaSplit.Part> parts = QuotaSplit.split(quota(total), namespaces(claims), findings);

        if (findings.isEmpty()) {
            assertThat(parts).hasSameSizeAs(claims);
            check(total, claims, parts, QuotaSplit.Part::cpu);
            check(total, claims, parts, QuotaSplit.Part::memory);
            check(total, claims, parts, QuotaSplit.Part::storage);
        } else {
            long claimed = claims.stream().mapToLong(claim -> claim.orElse(0L)).sum();
            long sharers = claims.stream().filter(Optional::isEmpty).count();
            assertThat(claimed > total || total - claimed < sharers)
                    .as(findings.list().toString())
                    .isTrue();
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

    private static void check(
            long total, List<Optional<Long>> claims, List<QuotaSplit.Part> parts, ToLongFunction<QuotaSplit.Part> of) {
        long sum = parts.stream().mapToLong(of).sum();
        assertThat(sum).isLessThanOrEqualTo(total);
        if (claims.stream().anyMatch(Optional::isEmpty)) {
            assertThat(sum).isEqualTo(total);
        }
        for (int i = 0; i < claims.size(); i++) {
            long given = of.applyAsLong(parts.get(i));
            assertThat(given).isEqualTo(claims.get(i).orElse(given));
        }
    }

    /** The same number for every resource: millicores of CPU, bytes of memory and storage. */
    private static Quota quota(long amount) {
        return new Quota(amount + "m", Long.toString(amount), Long.toString(amount), 1000);
    }

    private static List<NamespaceRequest> namespaces(List<Optional<Long>> claims) {
        List<NamespaceRequest> namespaces = new ArrayList<>();
        for (Optional<Long> claim : claims) {
            namespaces.add(new NamespaceRequest(
                    "n" + namespaces.size(),
                    claim.map(amount -> new QuotaPart(amount + "m", Long.toString(amount), Long.toString(amount), 1))
                            .orElse(null)));
        }
        return namespaces;
    }
}
