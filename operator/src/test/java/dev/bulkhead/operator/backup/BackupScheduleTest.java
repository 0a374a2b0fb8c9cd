package dev.bulkhead.operator.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackupScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** All that follow a moment, one after the other, are those that precede the end, one before the other. */
    @ParameterizedTest(name = "{0} at {1} in {2} from {3}: {4}")
    @CsvSource(
            delimiter = '|',
            value = {
                // Summer and winter time.
                "daily       | 02:00 | Europe/Berlin | 2026-03-28T00:00Z | 2026-03-28T01:00Z 2026-03-29T01:00Z 2026-03-30T00:00Z",
                "daily       | 02:30 | Europe/Berlin | 2026-03-28T00:00Z | 2026-03-28T01:30Z 2026-03-29T01:30Z 2026-03-30T00:30Z",
                "daily       | 02:00 | Europe/Berlin | 2026-10-24T00:00Z | 2026-10-25T00:00Z 2026-10-26T01:00Z",
                "daily       | 02:30 | Europe/Berlin | 2026-10-24T00:30Z | 2026-10-25T00:30Z 2026-10-26T01:30Z 2026-10-27T01:30Z",
                // Between both, and after the second one.
                "daily       | 02:30 | Europe/Berlin | 2026-10-25T01:00Z | 2026-10-26T01:30Z",
                "daily       | 02:30 | Europe/Berlin | 2026-10-25T01:30Z | 2026-10-26T01:30Z",
                // Half an hour only; midnight that is not there; midnight that is there twice; a day that never was.
                "daily       | 02:15 | Australia/Lord_Howe | 2026-10-02T20:00Z | 2026-10-03T15:45Z 2026-10-04T15:15Z",
                "daily       | 00:00 | Africa/Cairo  | 2026-04-22T23:00Z | 2026-04-23T22:00Z 2026-04-24T21:00Z",
                "daily       | 00:15 | America/Havana | 2026-10-31T12:00Z | 2026-11-01T04:15Z 2026-11-02T05:15Z",
                "daily       | 23:30 | America/Havana | 2026-10-31T12:00Z | 2026-11-01T03:30Z 2026-11-02T04:30Z",
                "daily       | 00:00 | America/St_Johns | 2010-11-06T12:00Z | 2010-11-07T02:30Z 2010-11-08T03:30Z",
                "daily       | 02:00 | Pacific/Apia  | 2011-12-29T11:00Z | 2011-12-29T12:00Z 2011-12-30T12:00Z 2011-12-31T12:00Z",
                // Weeks and months.
                "SUNDAY      | 03:00 | Europe/Berlin | 2026-10-18T01:00Z | 2026-10-25T02:00Z 2026-11-01T02:00Z",
                "MONDAY      | 00:00 | UTC           | 2026-12-27T23:59Z | 2026-12-28T00:00Z 2027-01-04T00:00Z",
                "31          | 00:00 | UTC           | 2027-12-31T00:00Z | 2028-01-31T00:00Z 2028-02-29T00:00Z 2028-03-31T00:00Z 2028-04-30T00:00Z",
                "29          | 23:59 | UTC           | 2027-01-30T00:00Z | 2027-02-28T23:59Z 2027-03-29T23:59Z",
                "29          | 23:59 | UTC           | 2100-02-01T00:00Z | 2100-02-28T23:59Z 2100-03-29T23:59Z",
                "1           | 02:00 | Europe/Berlin | 2026-12-31T23:30Z | 2027-01-01T01:00Z 2027-02-01T01:00Z",
            })
    void its_moments_are_these(String rhythm, LocalTime at, ZoneId zone, String from, String moments) {
        BackupSchedule schedule = schedule(rhythm, at);
        List<Instant> expected = List.of(moments.split(" ")).stream()
                .map(BackupScheduleTest::instant)
                .toList();
        List<Instant> onwards = new ArrayList<>();
        for (Instant at1 = instant(from); onwards.size() < expected.size(); ) {
            at1 = schedule.nextAfter(at1, zone);
            onwards.add(at1);
        }
        assertThat(onwards).isEqualTo(expected);
        List<Instant> backwards = new ArrayList<>();
        for (Instant at1 = expected.getLast(); backwards.size() < expected.size(); at1 = at1.minusNanos(1)) {
            at1 = schedule.lastAt(at1, zone);
            backwards.addFirst(at1);
        }
        assertThat(backwards).isEqualTo(expected);
        assertThat(expected)
                .allSatisfy(moment -> assertThat(schedule.lastAt(moment.plusSeconds(900), zone))
                        .isEqualTo(moment));
    }

    @Provide
    static Arbitrary<ZoneId> zones() {
        return Arbitraries.of(ZoneId.getAvailableZoneIds().stream().sorted().toList())
                .map(ZoneId::of);
    }

    @Provide
    static Arbitrary<String> rhythms() {
        return Arbitraries.oneOf(
                Arbitraries.just("daily"),
                Arbitraries.of(DayOfWeek.class).map(Enum::name),
                Arbitraries.integers().between(1, 31).map(String::valueOf));
    }

    /** From 1900 to 2100, in every zone there is. */
    @Property(tries = 3000)
    void the_last_and_the_next_moment_have_none_between_them_and_the_given_one(
            @ForAll("zones") ZoneId zone,
            @ForAll("rhythms") String rhythm,
            @ForAll @IntRange(max = 1439) int minute,
            @ForAll @LongRange(min = -2_208_988_800L, max = 4_102_444_800L) long second) {
        BackupSchedule schedule = schedule(rhythm, LocalTime.ofSecondOfDay(minute * 60L));
        Instant now = Instant.ofEpochSecond(second);
        Instant last = schedule.lastAt(now, zone);
        Instant next = schedule.nextAfter(now, zone);
        assertThat(last).isBeforeOrEqualTo(now);
        assertThat(next).isAfter(now);
        assertThat(schedule.nextAfter(last, zone)).isEqualTo(next);
        assertThat(schedule.lastAt(next.minusNanos(1), zone)).isEqualTo(last);
        assertThat(schedule.lastAt(next, zone)).isEqualTo(next);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 32, -1})
    void a_day_that_no_month_has_is_refused(int day) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rhythm.Monthly(day))
                .withMessage("no month has a day " + day + ": 1 to 31 are needed");
    }

    @Test
    void parts_of_a_minute_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> schedule("daily", LocalTime.of(2, 0, 1)));
    }

    static BackupSchedule schedule(String rhythm, LocalTime at) {
        return new BackupSchedule("nightly", "local", BackupKind.Full, rhythm(rhythm), at);
    }

    static Rhythm rhythm(String text) {
        if (text.equals("daily")) {
            return new Rhythm.Daily();
        }
        return Character.isDigit(text.charAt(0))
                ? new Rhythm.Monthly(Integer.parseInt(text))
                : new Rhythm.Weekly(DayOfWeek.valueOf(text));
    }

    static Instant berlin(String local) {
        return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
    }

    private static Instant instant(String text) {
        return OffsetDateTime.parse(text).toInstant();
    }
}
