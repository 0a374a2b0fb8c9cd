package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.PlatformReportPlanner.Coverage;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairCoverageTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final List<TenantIdentity> MANY =
            IntStream.range(0, 40).mapToObj(PairCoverageTest::tenant).toList();

    private final PairCoverage coverage = new PairCoverage(START);

    @Test
    void a_pair_counts_once_and_in_one_direction() {
        coverage.attacked(MANY.get(0), MANY.subList(1, 3), START);
        coverage.attacked(MANY.get(0), MANY.subList(1, 2), START);

        assertThat(coverage.of(MANY.subList(0, 3), START)).isEqualTo(new Coverage(2, 6, START));
    }

    @Test
    void what_was_attacked_longer_than_thirty_days_ago_counts_no_more() {
        coverage.attacked(MANY.get(0), MANY.subList(1, 2), START);
        Instant later = START.plus(Duration.ofDays(20));
        coverage.attacked(MANY.get(1), MANY.subList(0, 1), later);

        Instant now = START.plus(Duration.ofDays(32));
        assertThat(coverage.of(MANY.subList(0, 2), now)).isEqualTo(new Coverage(1, 2, now.minus(Duration.ofDays(30))));
    }

    @Test
    void a_tenant_that_is_gone_takes_its_pairs_along_and_the_next_one_starts_with_none() {
        for (TenantIdentity self : MANY) {
            coverage.attacked(
                    self, MANY.stream().filter(other -> !other.equals(self)).toList(), START);
        }
        assertThat(coverage.of(MANY, START)).isEqualTo(new Coverage(40 * 39, 40 * 39, START));

        assertThat(coverage.of(MANY.subList(1, 40), START)).isEqualTo(new Coverage(39 * 38, 39 * 38, START));
        coverage.attacked(tenant(99), MANY.subList(1, 2), START);

        assertThat(coverage.of(List.of(tenant(99), MANY.get(1), MANY.get(2)), START))
                .isEqualTo(new Coverage(3, 6, START));
    }

    @Test
    void one_tenant_alone_has_no_pairs() {
        assertThat(coverage.of(MANY.subList(0, 1), START)).isEqualTo(new Coverage(0, 0, START));
    }

    private static TenantIdentity tenant(int number) {
        return new TenantIdentity("0f8fad5b-d9cb-469f-a165-7086772895%02d".formatted(number));
    }
}
