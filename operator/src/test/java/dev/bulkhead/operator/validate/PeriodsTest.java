package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.validate.Periods.Length;
import dev.bulkhead.operator.validate.Periods.Order;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodsTest {
    /** Every day somebody may come to this code with, leap years and a century included. */
    private static final int DAYS = 365 * 400;

    private static final LocalDateTime BEGIN = LocalDate.of(1899, 12, 31).atStartOfDay();

    @ParameterizedTest
    @CsvSource({
        "P90D, 0, PT2160H",
        "P24M, 24, PT0S",
        "P2Y, 24, PT0S",
        "P1Y6M, 18, PT0S",
        "P2W, 0, PT336H",
        "PT30S, 0, PT30S",
        "PT1H30M, 0, PT1H30M",
        "P1Y2M3W4DT5H6M7S, 14, PT605H6M7S"
    })
    void durations_are_read(String text, long months, Duration exact) {
        assertThat(Periods.parse(text)).isEqualTo(new Length(months, exact));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "P",
                "PT",
                "P0D",
                "PT0S",
                "P0Y",
                "P00D",
                "P01D",
                "-P1D",
                "P-1D",
                "P1.5D",
                "P1D ",
                "P1DT",
                "P1S",
                "PT1D",
                "P1H",
                "90D",
                "90 days",
                "p1d",
                "P1D2M",
                "P999999D",
                "P١D"
            })
    void what_is_no_positive_duration_is_refused(String text) {
        assertThat(Periods.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "P24M, P2Y, EQUAL",
        "P7D, P1W, EQUAL",
        "P24M, P730D, GREATER",
        "P730D, P24M, LESS",
        "P731D, P24M, GREATER",
        "P24M, P731D, LESS",
        "P12M, P365D, GREATER",
        "P365D, P12M, LESS",
        "P366D, P12M, GREATER",
        "P1M, P30D, DEPENDS",
        "P30D, P1M, DEPENDS",
        "P27D, P1M, LESS",
        "P31D, P1M, GREATER",
        "P13M, P395D, DEPENDS",
        "P30D, P90D, LESS",
        "PT24H, P1D, EQUAL",
        "PT86401S, P1D, GREATER",
        "P1M1D, P1M, GREATER"
    })
    void lengths_compare_over_every_starting_day(String one, String other, Order order) {
        Length left = Objects.requireNonNull(Periods.parse(one));
        Length right = Objects.requireNonNull(Periods.parse(other));
        assertThat(left.compare(right)).isEqualTo(order);
        assertThat(left.atMost(right)).isEqualTo(order == Order.LESS || order == Order.EQUAL);
        assertThat(left.atLeast(right)).isEqualTo(order == Order.GREATER || order == Order.EQUAL);
    }

    @Property
    void no_starting_day_contradicts_the_comparison(
            @ForAll @IntRange(max = 40) int months,
            @ForAll @IntRange(min = 1, max = 1300) int days,
            @ForAll @IntRange(max = 40) int otherMonths,
            @ForAll @IntRange(max = 1300) int otherDays,
            @ForAll @IntRange(max = DAYS) int start) {
        Length one = new Length(months, Duration.ofDays(days));
        Length other = new Length(otherMonths, Duration.ofDays(otherDays));
        LocalDateTime from = BEGIN.plusDays(start);
        int seen = from.plusMonths(months)
                .plusDays(days)
                .compareTo(from.plusMonths(otherMonths).plusDays(otherDays));
        boolean fits = switch (one.compare(other)) {
            case LESS -> seen <= 0;
            case EQUAL -> seen == 0;
            case GREATER -> seen >= 0;
            case DEPENDS -> true;
        };
        assertThat(fits).as("%s and %s from %s", one, other, from).isTrue();
        assertThat(other.compare(one))
                .isEqualTo(
                        switch (one.compare(other)) {
                            case LESS -> Order.GREATER;
                            case EQUAL -> Order.EQUAL;
                            case GREATER -> Order.LESS;
                            case DEPENDS -> Order.DEPENDS;
                        });
    }

    @ParameterizedTest
    @CsvSource({"P30D, 30", "P1M, 28", "P2M, 59", "P12M, 365", "P48M, 1460", "PT36H, 1", "PT12H, 0", "P1M1D, 29"})
    void months_count_with_their_fewest_days(String text, long days) {
        assertThat(Objects.requireNonNull(Periods.parse(text)).shortestDays()).isEqualTo(days);
    }
}
