package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which backups are to be made now. A schedule is due from its moment until a backup that does for it was begun at or after
 * that moment: whatever failed, or was missed while everything was down, is made up for by one run. A run serves all schedules
 * of its target that are due; it is the greatest of them.
 *
 * @param runs one a target at most, sorted by target
 * @param next the next moment of any schedule; null without schedules
 */
@Pure
public record BackupsDue(List<DueBackup> runs, @Nullable Instant next) {
    /** Nobody needs the exact number of more. */
    static final int MOST_MISSED = 1000;

    /** Makes the list immutable. */
    public BackupsDue {
        runs = List.copyOf(runs);
    }

    /**
     * One run.
     *
     * @param schedules those that it serves
     * @param wantsBase whether it is a full one only because there is none for an increment to build upon
     */
    public record DueBackup(String target, BackupKind kind, List<DueSchedule> schedules, boolean wantsBase) {
        /** Makes the list immutable. */
        public DueBackup {
            schedules = List.copyOf(schedules);
        }

        /** Why it is made, in words. */
        public String text(ZoneId zone) {
            return (kind == BackupKind.Full ? "full backup" : "increment") + " to " + target + ": "
                    + schedules.stream().map(due -> due.text(zone)).collect(Collectors.joining("; "))
                    + (wantsBase ? "; full, since there is no full one to build upon" : "");
        }
    }

    /**
     * A schedule that a run serves.
     *
     * @param since its latest moment; null when no earlier backup does for it
     * @param missed how many moments before that had no backup either: these are not made any more; counted up to 1000
     */
    public record DueSchedule(String name, @Nullable Instant since, int missed) {
        private String text(ZoneId zone) {
            if (since == null) {
                return name + " has no earlier one";
            }
            String due = name + " is due since " + since.atZone(zone).toOffsetDateTime();
            return missed == 0
                    ? due
                    : due + " and makes up for " + (missed == MOST_MISSED ? missed + " or more" : missed)
                            + (missed == 1 ? " run" : " runs") + " missed before";
        }
    }

    /**
     * What is due.
     *
     * @param zone of the schedules' local times
     * @param good all backups that are whole, wherever they lie; in any order
     */
    public static BackupsDue at(Instant now, ZoneId zone, List<BackupSchedule> schedules, List<GoodBackup> good) {
        Map<String, List<BackupSchedule>> byTarget = new TreeMap<>();
        schedules.forEach(schedule -> byTarget.computeIfAbsent(schedule.target(), _ -> new ArrayList<>())
                .add(schedule));
        List<DueBackup> runs = new ArrayList<>();
        byTarget.forEach((target, there) -> {
            List<GoodBackup> goodThere =
                    good.stream().filter(b -> b.target().equals(target)).toList();
            BackupKind greatest = null;
            List<DueSchedule> due = new ArrayList<>();
            for (BackupSchedule schedule : there) {
                DueSchedule its = due(schedule, now, zone, goodThere);
                if (its != null) {
                    due.add(its);
                    greatest = greatest == null || schedule.kind().covers(greatest) ? schedule.kind() : greatest;
                }
            }
            if (greatest != null) {
                boolean wantsBase = greatest == BackupKind.Increment
                        && goodThere.stream().noneMatch(b -> b.kind() == BackupKind.Full);
                runs.add(new DueBackup(target, wantsBase ? BackupKind.Full : greatest, due, wantsBase));
            }
        });
        Instant next = schedules.stream()
                .map(schedule -> schedule.nextAfter(now, zone))
                .min(Comparator.naturalOrder())
                .orElse(null);
        return new BackupsDue(runs, next);
    }

    /**
     * A backup that was begun after the next moment was begun by a clock that was wrong, or this one is. It is not taken into
     * account: no backup for as long as the clocks differed would be worse than one too many.
     */
    private static @Nullable DueSchedule due(
            BackupSchedule schedule, Instant now, ZoneId zone, List<GoodBackup> goodThere) {
        Instant next = schedule.nextAfter(now, zone);
        Instant newest = goodThere.stream()
                .filter(b -> b.kind().covers(schedule.kind()))
                .map(GoodBackup::started)
                .filter(started -> started.isBefore(next))
                .max(Comparator.naturalOrder())
                .orElse(null);
        Instant moment = schedule.lastAt(now, zone);
        if (newest == null) {
            return new DueSchedule(schedule.name(), null, 0);
        }
        return newest.isBefore(moment)
                ? new DueSchedule(schedule.name(), moment, missed(schedule, newest, moment, zone))
                : null;
    }

    private static int missed(BackupSchedule schedule, Instant newest, Instant moment, ZoneId zone) {
        int missed = 0;
        Instant earlier = schedule.lastAt(moment.minusNanos(1), zone);
        while (earlier.isAfter(newest) && missed < MOST_MISSED) {
            missed++;
            earlier = schedule.lastAt(earlier.minusNanos(1), zone);
        }
        return missed;
    }
}
