package dev.bulkhead.operator.backup;

import dev.bulkhead.operator.Pure;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which backups of one target stay, and which may go. A backup goes only when nothing keeps it:
 *
 * <ul>
 *   <li>a legal hold, a lock, or that somebody works on it
 *   <li>that it is the newest whole one of a day, week, month or year that is still kept; of a week, month or year the newest
 *       full one, where there is any
 *   <li>that it is the newest verified one, or that none was verified that is later
 *   <li>that one that stays cannot be restored without it
 * </ul>
 *
 * What is not whole, or rests on something that is not there or not whole, counts as no backup for any of these, and stays
 * itself until a later one was verified. What was begun in the future was begun by a clock that was wrong: it stays until that
 * time, and counts for nothing.
 *
 * @param fates one for each backup, the oldest first
 * @param prune ids of those that may go, each before those it needs: whoever stops in between leaves nothing that looks whole
 *     and is not
 */
@Pure
public record PruningPlan(List<BackupFate> fates, List<String> prune) {
    /** Makes the lists immutable. */
    public PruningPlan {
        fates = List.copyOf(fates);
        prune = List.copyOf(prune);
    }

    /**
     * What becomes of one backup.
     *
     * @param why all that keeps it, or why nothing does: the rest of a sentence about it
     */
    public record BackupFate(String id, boolean stays, String why) {}

    /**
     * Plans.
     *
     * @param backups all that lie there, in any order; two of one id are refused
     * @param zone in which days begin
     */
    public static PruningPlan of(List<KnownBackup> backups, KeepFor keep, ZoneId zone, Instant now) {
        Map<String, KnownBackup> byId = new TreeMap<>();
        for (KnownBackup backup : backups) {
            if (byId.put(backup.id(), backup) != null) {
                throw new IllegalArgumentException("two backups have the id " + backup.id());
            }
        }
        Shelf shelf = new Shelf(byId, now, zone);
        Map<String, List<String>> reasons = new HashMap<>();
        byId.keySet().forEach(id -> reasons.put(id, new ArrayList<>()));
        byId.values().forEach(b -> reasons(reasons, b).addAll(shelf.ownReasons(b)));
        keep.periods()
                .forEach((period, count) -> shelf.kept(period, count)
                        .forEach((date, b) -> reasons(reasons, b).add("stays for " + period.name(date))));
        KnownBackup newestVerified = shelf.newestVerified();
        byId.values().forEach(b -> {
            if (b.equals(newestVerified)) {
                reasons(reasons, b).add("the newest verified one");
            } else if (newestVerified == null || !newestVerified.started().isAfter(b.started())) {
                reasons(reasons, b).add("no later one was verified");
            }
        });
        keepWhatIsNeeded(byId, reasons);
        List<BackupFate> fates = shelf.oldestFirst().stream()
                .map(b -> {
                    List<String> its = reasons(reasons, b);
                    return its.isEmpty()
                            ? new BackupFate(
                                    b.id(),
                                    false,
                                    shelf.fault(b)
                                            + Objects.requireNonNull(newestVerified)
                                                    .id() + ", which is later, was verified")
                            : new BackupFate(b.id(), true, String.join("; ", its));
                })
                .toList();
        return new PruningPlan(fates, inOrder(fates, byId));
    }

    /** For people: one backup a line. */
    public String text() {
        return fates.stream()
                .map(fate -> (fate.stays() ? "keep  " : "prune ") + fate.id() + ": " + fate.why() + "\n")
                .collect(Collectors.joining());
    }

    private static List<String> reasons(Map<String, List<String>> reasons, KnownBackup of) {
        return Objects.requireNonNull(reasons.get(of.id()));
    }

    /** At any remove: what is restored from several must find all of them. */
    private static void keepWhatIsNeeded(Map<String, KnownBackup> byId, Map<String, List<String>> reasons) {
        List<KnownBackup> toVisit = new ArrayList<>(byId.values().stream()
                .filter(b -> !reasons(reasons, b).isEmpty())
                .toList());
        Map<String, List<String>> neededBy = new TreeMap<>();
        Set<String> seen = new HashSet<>(toVisit.stream().map(KnownBackup::id).toList());
        while (!toVisit.isEmpty()) {
            KnownBackup kept = toVisit.removeFirst();
            for (String id : kept.needs()) {
                KnownBackup needed = byId.get(id);
                if (needed != null) {
                    neededBy.computeIfAbsent(id, _ -> new ArrayList<>()).add(kept.id());
                    if (seen.add(id)) {
                        toVisit.add(needed);
                    }
                }
            }
        }
        neededBy.forEach((id, by) -> Objects.requireNonNull(reasons.get(id))
                .add(by.stream().sorted().collect(Collectors.joining(", "))
                        + (by.size() == 1 ? " needs it" : " need it")));
    }

    private static List<String> inOrder(List<BackupFate> fates, Map<String, KnownBackup> byId) {
        List<KnownBackup> left = new ArrayList<>(fates.reversed().stream()
                .filter(fate -> !fate.stays())
                .map(fate -> Objects.requireNonNull(byId.get(fate.id())))
                .toList());
        List<String> order = new ArrayList<>();
        while (!left.isEmpty()) {
            KnownBackup next = left.stream()
                    .filter(b -> left.stream().noneMatch(o -> o.needs().contains(b.id())))
                    .findFirst()
                    .orElse(left.getFirst()); // they need each other, so that none of them is whole
            left.remove(next);
            order.add(next.id());
        }
        return order;
    }

    /** All that lie there, those of them that are whole, and when they are looked at. */
    private record Shelf(Map<String, KnownBackup> byId, Set<String> whole, Instant now, ZoneId zone) {
        private static final Comparator<KnownBackup> BY_AGE =
                Comparator.comparing(KnownBackup::started).thenComparing(KnownBackup::id);

        private Shelf(Map<String, KnownBackup> byId, Instant now, ZoneId zone) {
            this(byId, whole(byId), now, zone);
        }

        /** Those that can be restored: whole themselves, as is all that they need. */
        private static Set<String> whole(Map<String, KnownBackup> byId) {
            Set<String> whole = new HashSet<>();
            boolean again = true;
            while (again) {
                again = whole.addAll(byId.values().stream()
                        .filter(b -> b.state().whole() && whole.containsAll(b.needs()))
                        .map(KnownBackup::id)
                        .toList());
            }
            return whole;
        }

        List<KnownBackup> oldestFirst() {
            return byId.values().stream().sorted(BY_AGE).toList();
        }

        List<String> ownReasons(KnownBackup b) {
            List<String> reasons = new ArrayList<>();
            if (b.legalHold()) {
                reasons.add("under a legal hold");
            }
            if (b.lockedUntil() != null && b.lockedUntil().isAfter(now)) {
                reasons.add("locked until " + seconds(b.lockedUntil()));
            }
            if (b.state() == BackupState.UnderWay) {
                reasons.add("it " + BackupState.UnderWay.text());
            }
            if (b.started().isAfter(now)) {
                reasons.add("begun at " + seconds(b.started()) + ", which is to come: a clock was wrong");
            }
            return reasons;
        }

        @Nullable
        KnownBackup newestVerified() {
            return counting()
                    .filter(b -> b.state() == BackupState.Verified)
                    .max(BY_AGE)
                    .orElse(null);
        }

        /** The backup that stays of each period that is not over yet, with its date. */
        Map<LocalDate, KnownBackup> kept(KeepFor.Period period, int count) {
            Comparator<KnownBackup> choice = period == KeepFor.Period.DAY
                    ? BY_AGE
                    : Comparator.comparing(KnownBackup::kind).thenComparing(BY_AGE);
            long current = period.number(LocalDate.ofInstant(now, zone));
            Map<Long, KnownBackup> chosen = new TreeMap<>();
            counting().forEach(b -> {
                long number = period.number(day(b));
                if (current - number <= count) {
                    chosen.merge(number, b, (one, other) -> choice.compare(one, other) < 0 ? other : one);
                }
            });
            Map<LocalDate, KnownBackup> dated = new TreeMap<>();
            chosen.values().forEach(b -> dated.put(day(b), b));
            return dated;
        }

        /** The beginning of a sentence on why nothing keeps it. */
        String fault(KnownBackup b) {
            if (!b.state().whole()) {
                return b.state().text() + ", and ";
            }
            return b.needs().stream()
                    .filter(id -> !whole.contains(id))
                    .findFirst()
                    .map(id -> "needs " + id + ", which is not there or not whole, and ")
                    .orElse("is kept by no rule any longer, and ");
        }

        private Stream<KnownBackup> counting() {
            return byId.values().stream()
                    .filter(b -> whole.contains(b.id()) && !b.started().isAfter(now));
        }

        private LocalDate day(KnownBackup b) {
            return LocalDate.ofInstant(b.started(), zone);
        }

        private static Instant seconds(Instant time) {
            return time.truncatedTo(ChronoUnit.SECONDS);
        }
    }
}
