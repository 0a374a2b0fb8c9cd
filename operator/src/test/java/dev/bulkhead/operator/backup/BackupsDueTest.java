package dev.bulkhead.operator.backup;

import static dev.bulkhead.operator.backup.BackupScheduleTest.berlin;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** With what the products promise: daily increments and weekly full ones here, a full one elsewhere each day. */
class BackupsDueTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final LocalTime TWO = LocalTime.of(2, 0);
    private static final BackupSchedule DAILY =
            new BackupSchedule("daily", "local", BackupKind.Increment, new Rhythm.Daily(), TWO);
    private static final BackupSchedule WEEKLY =
            new BackupSchedule("weekly", "local", BackupKind.Full, new Rhythm.Weekly(DayOfWeek.SUNDAY), TWO);
    private static final BackupSchedule OFFSITE =
            new BackupSchedule("offsite", "other-provider", BackupKind.Full, new Rhythm.Daily(), LocalTime.of(4, 0));
    private static final GoodBackup SUNDAYS = full("2026-11-29T02:00:20");

    @Test
    void who_has_no_backup_gets_one_at_once_that_does_for_all_of_its_target() {
        assertThat(texts("2026-11-30T15:00", DAILY, WEEKLY, OFFSITE))
                .containsExactly(
                        "full backup to local: daily has no earlier one; weekly has no earlier one",
                        "full backup to other-provider: offsite has no earlier one");
    }

    @Test
    void an_increment_waits_for_its_minute_and_is_due_until_one_was_made() {
        assertThat(texts("2026-11-30T01:59:59.999999999", List.of(SUNDAYS), DAILY, WEEKLY))
                .isEmpty();
        String due = "increment to local: daily is due since 2026-11-30T02:00+01:00";
        assertThat(texts("2026-11-30T02:00", List.of(SUNDAYS), DAILY, WEEKLY)).containsExactly(due);
        assertThat(texts("2026-11-30T23:59", List.of(SUNDAYS), DAILY, WEEKLY)).containsExactly(due);
        assertThat(texts("2026-11-30T23:59", List.of(SUNDAYS, increment("2026-11-30T02:00")), DAILY, WEEKLY))
                .isEmpty();
    }

    @Test
    void what_was_begun_a_moment_too_early_does_not_do() {
        assertThat(texts("2026-11-30T02:00", List.of(SUNDAYS, increment("2026-11-30T01:59:59")), DAILY))
                .hasSize(1);
    }

    @Test
    void the_greater_one_covers_the_smaller_one_and_never_the_other_way_round() {
        assertThat(texts("2026-12-06T02:00", List.of(SUNDAYS, increment("2026-12-05T02:00")), DAILY, WEEKLY))
                .containsExactly("full backup to local: daily is due since 2026-12-06T02:00+01:00;"
                        + " weekly is due since 2026-12-06T02:00+01:00");
        assertThat(texts("2026-12-06T02:10", List.of(SUNDAYS, full("2026-12-06T02:00")), DAILY, WEEKLY))
                .isEmpty();
        assertThat(texts("2026-12-06T02:10", List.of(SUNDAYS, increment("2026-12-06T02:00")), DAILY, WEEKLY))
                .containsExactly("full backup to local: weekly is due since 2026-12-06T02:00+01:00");
    }

    @Test
    void a_backup_elsewhere_does_not_do() {
        GoodBackup elsewhere = new GoodBackup("other-provider", BackupKind.Full, berlin("2026-11-30T05:00"));
        assertThat(texts("2026-11-30T05:10", List.of(elsewhere), DAILY, OFFSITE))
                .containsExactly("full backup to local: daily has no earlier one;"
                        + " full, since there is no full one to build upon");
    }

    @Test
    void an_increment_without_a_full_one_is_a_full_one_and_says_so() {
        assertThat(texts("2026-11-30T02:00", List.of(increment("2026-11-29T02:00")), DAILY))
                .containsExactly("full backup to local: daily is due since 2026-11-30T02:00+01:00;"
                        + " full, since there is no full one to build upon");
    }

    @Test
    void one_run_makes_up_for_all_that_were_missed_and_says_how_many() {
        assertThat(texts("2026-12-14T15:00", List.of(SUNDAYS), DAILY, WEEKLY))
                .containsExactly("full backup to local:"
                        + " daily is due since 2026-12-14T02:00+01:00 and makes up for 14 runs missed before;"
                        + " weekly is due since 2026-12-13T02:00+01:00 and makes up for 1 run missed before");
        assertThat(texts("2026-12-14T15:00", List.of(SUNDAYS, full("2026-12-14T14:59")), DAILY, WEEKLY))
                .isEmpty();
        assertThat(texts("2036-01-01T15:00", List.of(SUNDAYS), DAILY))
                .containsExactly(
                        "increment to local:"
                                + " daily is due since 2036-01-01T02:00+01:00 and makes up for 1000 or more runs missed before");
    }

    @Test
    void a_local_time_that_is_there_twice_is_due_once() {
        BackupSchedule halfPast =
                new BackupSchedule("daily", "local", BackupKind.Full, new Rhythm.Daily(), LocalTime.of(2, 30));
        GoodBackup first = new GoodBackup("local", BackupKind.Full, Instant.parse("2026-10-25T00:30:00Z"));
        assertThat(BackupsDue.at(Instant.parse("2026-10-25T01:45:00Z"), BERLIN, List.of(halfPast), List.of(first)))
                .isEqualTo(new BackupsDue(List.of(), Instant.parse("2026-10-26T01:30:00Z")));
    }

    @Test
    void a_local_time_that_is_not_there_is_due_once() {
        BackupSchedule halfPast =
                new BackupSchedule("daily", "local", BackupKind.Full, new Rhythm.Daily(), LocalTime.of(2, 30));
        GoodBackup before = new GoodBackup("local", BackupKind.Full, Instant.parse("2026-03-28T01:30:00Z"));
        assertThat(texts("2026-03-29T03:29", List.of(before), halfPast)).isEmpty();
        assertThat(texts("2026-03-29T03:30", List.of(before), halfPast))
                .containsExactly("full backup to local: daily is due since 2026-03-29T03:30+02:00");
    }

    @Test
    void a_clock_set_back_over_the_moment_of_a_run_makes_no_second_one() {
        GoodBackup made = increment("2026-11-30T02:00:20");
        assertThat(texts("2026-11-30T01:50", List.of(SUNDAYS, made), DAILY, WEEKLY))
                .isEmpty();
        assertThat(texts("2026-11-30T02:00", List.of(SUNDAYS, made), DAILY, WEEKLY))
                .isEmpty();
    }

    @Test
    void backups_of_a_clock_that_was_years_ahead_do_not_stop_all_others() {
        GoodBackup ahead = full("2031-06-01T02:00");
        assertThat(texts("2026-11-30T01:00", List.of(SUNDAYS, ahead), DAILY, WEEKLY))
                .isEmpty();
        assertThat(texts("2026-11-30T02:00", List.of(SUNDAYS, ahead), DAILY, WEEKLY))
                .containsExactly("increment to local: daily is due since 2026-11-30T02:00+01:00");
        assertThat(texts("2026-11-30T02:00", List.of(ahead), DAILY))
                .containsExactly("increment to local: daily has no earlier one");
    }

    @Test
    void the_next_one_is_the_first_of_all() {
        assertThat(BackupsDue.at(berlin("2026-11-30T02:00"), BERLIN, List.of(DAILY, WEEKLY, OFFSITE), List.of())
                        .next())
                .isEqualTo(berlin("2026-11-30T04:00"));
        assertThat(BackupsDue.at(berlin("2026-11-30T04:00"), BERLIN, List.of(WEEKLY, DAILY, OFFSITE), List.of())
                        .next())
                .isEqualTo(berlin("2026-12-01T02:00"));
    }

    @Test
    void without_schedules_nothing_is_due() {
        assertThat(BackupsDue.at(berlin("2026-11-30T02:00"), BERLIN, List.of(), List.of(SUNDAYS)))
                .isEqualTo(new BackupsDue(List.of(), null));
    }

    /** However rarely somebody looks: each moment that is the latest one when he does gets one run, and no second one. */
    @Property(tries = 200)
    void a_clock_that_goes_on_sees_one_run_for_each_latest_moment(
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long from,
            @ForAll @Size(60) List<@LongRange(min = 1, max = 200_000) Long> steps) {
        Instant now = Instant.ofEpochSecond(from);
        List<GoodBackup> good = new ArrayList<>();
        good.add(new GoodBackup("local", BackupKind.Full, now));
        Set<Instant> moments = new HashSet<>();
        moments.add(DAILY.lastAt(now, BERLIN));
        for (long step : steps) {
            now = now.plus(Duration.ofSeconds(step));
            boolean another = moments.add(DAILY.lastAt(now, BERLIN));
            BackupsDue due = BackupsDue.at(now, BERLIN, List.of(DAILY), good);
            assertThat(due.runs()).hasSize(another ? 1 : 0);
            for (BackupsDue.DueBackup run : due.runs()) {
                good.add(new GoodBackup(run.target(), run.kind(), now));
            }
        }
    }

    private static List<String> texts(String now, BackupSchedule... schedules) {
        return texts(now, List.of(), schedules);
    }

    private static List<String> texts(String now, List<GoodBackup> good, BackupSchedule... schedules) {
        return BackupsDue.at(berlin(now), BERLIN, List.of(schedules), good).runs().stream()
                .map(run -> run.text(BERLIN))
                .toList();
    }

    private static GoodBackup full(String local) {
        return new GoodBackup("local", BackupKind.Full, berlin(local));
    }

    private static GoodBackup increment(String local) {
        return new GoodBackup("local", BackupKind.Increment, berlin(local));
    }
}
