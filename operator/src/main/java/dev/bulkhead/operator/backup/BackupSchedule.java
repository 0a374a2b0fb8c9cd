package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;

/**
 * When backups are made. Each of its days has one moment in a zone: a local time that the clocks skip is as much later as they
 * skip, one that they show twice is the first.
 *
 * @param name what people call it
 * @param target where its backups go; backups there are no backups elsewhere
 * @param kind how much each of them holds
 * @param at local time, whole minutes
 */
@Pure
public record BackupSchedule(String name, String target, BackupKind kind, Rhythm rhythm, LocalTime at) {
    /** Refuses parts of a minute. */
    public BackupSchedule {
        if (!at.equals(at.truncatedTo(ChronoUnit.MINUTES))) {
            throw new IllegalArgumentException("a schedule has whole minutes, and " + at + " has parts of one");
        }
    }

    /** Its latest moment that is not after another. */
    Instant lastAt(Instant now, ZoneId zone) {
        // Where clocks are set back over midnight, moments of tomorrow may be past.
        LocalDate day = rhythm.onOrBefore(LocalDate.ofInstant(now, zone).plusDays(1));
        while (moment(day, zone).isAfter(now)) {
            day = rhythm.onOrBefore(day.minusDays(1));
        }
        return moment(day, zone);
    }

    /** Its first moment that is after another. */
    Instant nextAfter(Instant now, ZoneId zone) {
        // Where clocks skip midnight, or a day, moments of yesterday may be to come.
        LocalDate day = rhythm.after(LocalDate.ofInstant(now, zone).minusDays(3));
        while (!moment(day, zone).isAfter(now)) {
            day = rhythm.after(day);
        }
        return moment(day, zone);
    }

    private Instant moment(LocalDate day, ZoneId zone) {
        return ZonedDateTime.of(day, at, zone).toInstant();
    }
}
