package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.ApiGroup;
import java.time.Duration;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * ISO 8601 durations such as {@code P90D}, {@code P24M} and {@code PT30S}, and how they compare.
 *
 * <p>Years are 12 months and weeks 7 days; a day is 24 hours. How many days a month has depends on the calendar:
 * {@code P24M} is 730 or 731 days. Two lengths are therefore compared over every day a period can start on, and one is
 * only below the other when it is so on each of them: {@code P730D} never exceeds {@code P24M}, but {@code P24M} may
 * exceed {@code P730D}.
 */
public final class Periods {
    private static final Pattern FORM =
            Pattern.compile("P(?:(?<Y>\\d+)Y)?(?:(?<M>\\d+)M)?(?:(?<W>\\d+)W)?(?:(?<D>\\d+)D)?"
                    + "(?:T(?:(?<h>\\d+)H)?(?:(?<m>\\d+)M)?(?:(?<s>\\d+)S)?)?");

    private static final Pattern ALLOWED = Pattern.compile(ApiGroup.DURATION);

    private Periods() {}

    /** How one length stands to another. */
    public enum Order {
        /** Shorter on some starting day and longer on none. */
        LESS,
        /** The same on every starting day. */
        EQUAL,
        /** Longer on some starting day and shorter on none. */
        GREATER,
        /** Shorter or longer, depending on the calendar. */
        DEPENDS
    }

    /** The length, or null when the text is no duration of the API's form; zero and negative ones are none. */
    public static @Nullable Length parse(@Nullable String text) {
        if (text == null
                || text.length() < ApiGroup.DURATION_MIN
                || !ALLOWED.matcher(text).matches()) {
            return null;
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            return null;
        }
        Duration exact = Duration.ofDays(number(parts, "W") * 7 + number(parts, "D"))
                .plusHours(number(parts, "h"))
                .plusMinutes(number(parts, "m"))
                .plusSeconds(number(parts, "s"));
        return new Length(number(parts, "Y") * 12 + number(parts, "M"), exact);
    }

    private static long number(Matcher parts, String group) {
        String digits = parts.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /**
     * A parsed duration.
     *
     * @param months calendar months
     * @param exact the part whose length does not depend on the calendar
     */
    public record Length(long months, Duration exact) {
        /** The Gregorian calendar repeats after this many years, weekdays included. */
        private static final int CYCLE_YEARS = 400;

        private static final double MEAN_MONTH_DAYS = 146_097.0 / (CYCLE_YEARS * 12);
        private static final double SECONDS_PER_DAY = 86_400;
        private static final double MOST_DAYS_OFF_MEAN = 10;

        private static final LocalDate CYCLE = LocalDate.of(2000, 1, 1);

        /** How this length stands to the other, over all starting days. */
        public Order compare(Length other) {
            int byMonths = Long.compare(months, other.months);
            int byRest = exact.compareTo(other.exact);
            return byMonths * byRest >= 0
                    ? order(Math.min(byMonths, byRest), Math.max(byMonths, byRest))
                    : compareOverCalendar(other);
        }

        /** Whether this length is never longer than the other, whenever it starts. */
        public boolean atMost(Length other) {
            return switch (compare(other)) {
                case LESS, EQUAL -> true;
                case GREATER, DEPENDS -> false;
            };
        }

        /** Whether this length is never shorter than the other, whenever it starts. */
        public boolean atLeast(Length other) {
            return switch (compare(other)) {
                case GREATER, EQUAL -> true;
                case LESS, DEPENDS -> false;
            };
        }

        /** The fewest whole days it can be. */
        public long shortestDays() {
            long least = Long.MAX_VALUE;
            LocalDate end = CYCLE.plusYears(CYCLE_YEARS);
            for (LocalDate month = CYCLE; month.isBefore(end); month = month.plusMonths(1)) {
                LocalDate last = month.withDayOfMonth(month.lengthOfMonth());
                least = Math.min(
                        least, Math.min(from(month).toDays(), from(last).toDays()));
                if (months == 0) {
                    break;
                }
            }
            return least;
        }

        private Order compareOverCalendar(Length other) {
            // Some months in a row are never further than this from as many months of mean length: mostly that decides.
            double days = (months - other.months) * MEAN_MONTH_DAYS
                    + exact.minus(other.exact).toSeconds() / SECONDS_PER_DAY;
            if (Math.abs(days) > MOST_DAYS_OFF_MEAN) {
                return days < 0 ? Order.LESS : Order.GREATER;
            }
            int least = 1;
            int most = -1;
            LocalDate end = CYCLE.plusYears(CYCLE_YEARS);
            for (LocalDate month = CYCLE; month.isBefore(end); month = month.plusMonths(1)) {
                // Starting on the 1st to the 28th makes no difference; later days may fall on the end of a month.
                for (int day : new int[] {1, 29, 30, 31}) {
                    if (day <= month.lengthOfMonth()) {
                        LocalDate start = month.withDayOfMonth(day);
                        int sign = from(start).compareTo(other.from(start));
                        least = Math.min(least, sign);
                        most = Math.max(most, sign);
                    }
                }
            }
            return order(least, most);
        }

        private Duration from(LocalDate start) {
            return Duration.ofDays(ChronoUnit.DAYS.between(start, start.plusMonths(months)))
                    .plus(exact);
        }

        private static Order order(int least, int most) {
            if (least == 0 && most == 0) {
                return Order.EQUAL;
            }
            if (most <= 0) {
                return Order.LESS;
            }
            return least >= 0 ? Order.GREATER : Order.DEPENDS;
        }
    }
}
