package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;

/** The days on which something is to be done. */
@Pure
public sealed interface Rhythm {
    /** The last of its days that is not after a date. */
    LocalDate onOrBefore(LocalDate date);

    /** The first of its days that is after a date. */
    LocalDate after(LocalDate date);

    /** Every day. */
    record Daily() implements Rhythm {
        @Override
        public LocalDate onOrBefore(LocalDate date) {
            return date;
        }

        @Override
        public LocalDate after(LocalDate date) {
            return date.plusDays(1);
        }
    }

    /** One day of each week. */
    record Weekly(DayOfWeek day) implements Rhythm {
        @Override
        public LocalDate onOrBefore(LocalDate date) {
            return date.with(TemporalAdjusters.previousOrSame(day));
        }

        @Override
        public LocalDate after(LocalDate date) {
            return date.with(TemporalAdjusters.next(day));
        }
    }

    /**
     * One day of each month.
     *
     * @param day 1 to 31; the last day of a month that has no such day
     */
    record Monthly(int day) implements Rhythm {
        /** Refuses a day that no month has. */
        public Monthly {
            if (day < 1 || day > 31) {
                throw new IllegalArgumentException("no month has a day " + day + ": 1 to 31 are needed");
            }
        }

        @Override
        public LocalDate onOrBefore(LocalDate date) {
            LocalDate here = in(YearMonth.from(date));
            return here.isAfter(date) ? in(YearMonth.from(date).minusMonths(1)) : here;
        }

        @Override
        public LocalDate after(LocalDate date) {
            LocalDate here = in(YearMonth.from(date));
            return here.isAfter(date) ? here : in(YearMonth.from(date).plusMonths(1));
        }

        private LocalDate in(YearMonth month) {
            return month.atDay(Math.min(day, month.lengthOfMonth()));
        }
    }
}
