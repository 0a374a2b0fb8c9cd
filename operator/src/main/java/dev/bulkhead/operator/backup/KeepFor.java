package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.LocalDate;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long backups stay. The newest of a day stays for so many whole days after that day, and likewise for weeks, months and
 * years; 0 keeps none for that reason.
 *
 * @param daily whole calendar days
 * @param weekly whole weeks, Monday to Sunday
 * @param monthly whole calendar months
 * @param yearly whole calendar years
 */
@Pure
public record KeepFor(int daily, int weekly, int monthly, int yearly) {
    /** Refuses what is less than nothing. */
    public KeepFor {
        if (daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
            throw new IllegalArgumentException("backups are kept for 0 days, weeks, months or years, or for more");
        }
    }

    /** A stretch of the calendar of which one backup stays. */
    enum Period {
        DAY("day"),
        WEEK("week"),
        MONTH("month"),
        YEAR("year");

        private final String text;

        Period(String text) {
            this.text = text;
        }

        /** Its number: the following one has the following number. */
        long number(LocalDate date) {
            return switch (this) {
                case DAY -> date.toEpochDay();
                case WEEK -> Math.floorDiv(date.toEpochDay() + 3, 7); // 1970-01-01 was a Thursday
                case MONTH -> date.getLong(ChronoField.PROLEPTIC_MONTH);
                case YEAR -> date.getYear();
            };
        }

        /** What people call it. */
        String name(LocalDate date) {
            return text + " "
                    + switch (this) {
                        case DAY -> date.toString();
                        case WEEK ->
                            "%d-W%02d"
                                    .formatted(
                                            date.get(IsoFields.WEEK_BASED_YEAR),
                                            date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
                        case MONTH ->
                            date.toString().substring(0, date.toString().length() - 3);
                        case YEAR -> Integer.toString(date.getYear());
                    };
        }
    }

    /** How long each is kept; without those that keep none. */
    Map<Period, Integer> periods() {
        Map<Period, Integer> periods = new TreeMap<>(
                Map.of(Period.DAY, daily, Period.WEEK, weekly, Period.MONTH, monthly, Period.YEAR, yearly));
        periods.values().removeIf(count -> count == 0);
        return periods;
    }
}
