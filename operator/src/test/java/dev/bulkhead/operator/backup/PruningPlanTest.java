package dev.bulkhead.operator.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole plans as text, reviewed as files. To write them anew after a wanted change: {@code -Dbulkhead.regenerate=true}, then
 * read the difference.
 */
class PruningPlanTest {
    private static final Path FOLDER = Path.of("src/test/resources/dev/bulkhead/operator/backup");
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOW = berlin("2026-11-30T12:00");
    private static final KeepFor NOTHING = new KeepFor(0, 0, 0, 0);

    enum PruningGolden {
        /** Daily increments for 7 days, weekly full ones for 12 weeks. */
        WEEKLY_AND_DAILY,
        /** One of each reason. */
        EVERY_REASON,
        NOTHING_VERIFIED,
        MONTHS_AND_YEARS;

        private String file() {
            return "pruning-" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
        }

        private PruningPlan plan() {
            return switch (this) {
                case WEEKLY_AND_DAILY -> PruningPlan.of(weeklyAndDaily(), new KeepFor(7, 12, 0, 0), BERLIN, NOW);
                case EVERY_REASON -> PruningPlan.of(everyReason(), new KeepFor(1, 1, 0, 0), BERLIN, NOW);
                case NOTHING_VERIFIED ->
                    PruningPlan.of(
                            List.of(
                                    full("2026-01-01T02:00", BackupState.Complete),
                                    full("2026-01-02T02:00", BackupState.Incomplete),
                                    full("2026-01-03T02:00", BackupState.Complete)),
                            new KeepFor(7, 0, 0, 0),
                            BERLIN,
                            NOW);
                case MONTHS_AND_YEARS ->
                    PruningPlan.of(
                            Stream.of(
                                            "2024-02-29T02:00",
                                            "2024-12-31T02:00",
                                            "2025-12-31T02:00",
                                            "2026-08-31T23:59",
                                            "2026-09-01T00:00",
                                            "2026-10-31T02:00",
                                            "2026-11-01T02:00",
                                            "2026-11-30T02:00")
                                    .map(at -> full(at, BackupState.Verified))
                                    .toList(),
                            new KeepFor(0, 0, 2, 1),
                            BERLIN,
                            NOW);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_plan_is_what_was_reviewed(PruningGolden golden) throws IOException {
        String text = golden.plan().text() + "in the order " + golden.plan().prune() + "\n";
        Path file = FOLDER.resolve(golden.file());
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(file, text);
        }
        assertThat(file).exists();
        assertThat(text).isEqualTo(Files.readString(file));
    }

    @Test
    void every_golden_file_belongs_to_a_case() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("pruning-")))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(PruningGolden.values())
                            .map(PruningGolden::file)
                            .toList());
        }
    }

    /** The first moment at which it goes, and the last one at which it stays. */
    @ParameterizedTest(name = "{0} kept {1}")
    @CsvSource({
        "2026-11-22T23:59, 7 0 0 0, 2026-11-30T00:00",
        "2026-11-23T00:00, 7 0 0 0, 2026-12-01T00:00",
        // The longest and the shortest day.
        "2026-10-25T00:00, 1 0 0 0, 2026-10-27T00:00",
        "2026-03-28T00:00, 1 0 0 0, 2026-03-30T00:00",
        "2026-08-16T02:00, 90 0 0 0, 2026-11-15T00:00",
        // A Sunday, and the Monday after it; over the end of a year with 53 weeks.
        "2026-09-06T02:00, 0 12 0 0, 2026-11-30T00:00",
        "2026-09-07T00:00, 0 12 0 0, 2026-12-07T00:00",
        "2027-01-03T02:00, 0 1 0 0, 2027-01-11T00:00",
        "2026-01-31T02:00, 0 0 1 0, 2026-03-01T00:00",
        "2028-02-29T02:00, 0 0 1 0, 2028-04-01T00:00",
        "2028-02-29T02:00, 0 0 0 1, 2030-01-01T00:00",
    })
    void it_stays_for_so_many_whole_days_weeks_months_or_years(String made, String keep, String goes) {
        List<Integer> counts =
                Arrays.stream(keep.split(" ")).map(Integer::valueOf).toList();
        KeepFor keepFor = new KeepFor(counts.get(0), counts.get(1), counts.get(2), counts.get(3));
        KnownBackup backup = full(made, BackupState.Complete);
        Instant at = berlin(goes);
        KnownBackup later = new KnownBackup(
                "later", BackupKind.Full, new TreeSet<>(), at.minusSeconds(1), BackupState.Verified, null, false);
        assertThat(PruningPlan.of(List.of(backup, later), keepFor, BERLIN, at.minusNanos(1))
                        .prune())
                .isEmpty();
        assertThat(PruningPlan.of(List.of(backup, later), keepFor, BERLIN, at).prune())
                .containsExactly(backup.id());
    }

    @Test
    void of_a_week_the_newest_full_one_stays_and_of_a_day_the_newest() {
        List<KnownBackup> backups = List.of(
                backup("b-1", "2026-11-24T02:00", BackupState.Complete),
                backup("b-2", "2026-11-25T02:00", BackupState.Complete),
                backup("b-3", "2026-11-25T03:00", BackupState.Complete, "b-1"),
                backup("b-4", "2026-11-30T11:00", BackupState.Verified));
        assertThat(PruningPlan.of(backups, new KeepFor(0, 1, 0, 0), BERLIN, NOW).prune())
                .containsExactly("b-3", "b-1");
        assertThat(PruningPlan.of(backups, new KeepFor(7, 0, 0, 0), BERLIN, NOW).prune())
                .containsExactly("b-2");
    }

    @Test
    void a_lock_ends_at_its_second() {
        KnownBackup locked = new KnownBackup(
                "b-1", BackupKind.Full, new TreeSet<>(), NOW.minusSeconds(100), BackupState.Complete, NOW, false);
        List<KnownBackup> backups = List.of(locked, full("2026-11-30T11:59:50", BackupState.Verified));
        assertThat(PruningPlan.of(backups, NOTHING, BERLIN, NOW.minusNanos(1)).prune())
                .isEmpty();
        assertThat(PruningPlan.of(backups, NOTHING, BERLIN, NOW).prune()).containsExactly("b-1");
    }

    @Test
    void two_backups_of_one_id_are_refused() {
        KnownBackup one = full("2026-11-29T02:00", BackupState.Complete);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PruningPlan.of(List.of(one, one), NOTHING, BERLIN, NOW))
                .withMessage("two backups have the id b-20261129-0200");
    }

    @Provide
    static Arbitrary<List<KnownBackup>> shelves() {
        Arbitrary<KnownBackup> one = Combinators.combine(
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.of(BackupKind.class),
                        Arbitraries.integers().between(0, 11).set().ofMaxSize(3),
                        Arbitraries.longs().between(-400, 10),
                        Arbitraries.of(
                                BackupState.Verified,
                                BackupState.Complete,
                                BackupState.Complete,
                                BackupState.Incomplete,
                                BackupState.Damaged,
                                BackupState.UnderWay),
                        Arbitraries.longs().between(-20, 3).injectNull(0.8),
                        Arbitraries.integers().between(0, 9))
                .as((id, kind, needs, hours, state, lock, hold) -> new KnownBackup(
                        "b-" + id,
                        kind,
                        needs.stream()
                                .filter(need -> !need.equals(id))
                                .map(need -> "b-" + need)
                                .collect(Collectors.toCollection(TreeSet::new)),
                        hours(hours),
                        state,
                        lock == null ? null : hours(lock),
                        hold == 0));
        return one.list().ofMaxSize(12).uniqueElements(KnownBackup::id);
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void whatever_lies_there_nothing_goes_that_may_be_needed(@ForAll("shelves") List<KnownBackup> backups) {
        PruningPlan plan = PruningPlan.of(backups, new KeepFor(2, 1, 0, 0), BERLIN, NOW);
        List<KnownBackup> left = new ArrayList<>(backups);
        left.removeIf(b -> plan.prune().contains(b.id()));
        for (KnownBackup gone : backups.stream().filter(b -> !left.contains(b)).toList()) {
            assertThat(gone.legalHold()).isFalse();
            assertThat(gone.lockedUntil() != null && gone.lockedUntil().isAfter(NOW))
                    .isFalse();
            assertThat(gone.state()).isNotEqualTo(BackupState.UnderWay);
            assertThat(left)
                    .as("a later one that was verified stays")
                    .anyMatch(b -> b.state() == BackupState.Verified
                            && restorable(b, left)
                            && b.started().isAfter(gone.started())
                            && !b.started().isAfter(NOW));
            assertThat(left).as("needs it").noneMatch(b -> b.needs().contains(gone.id()));
        }
        assertThat(PruningPlan.of(left, new KeepFor(2, 1, 0, 0), BERLIN, NOW).prune())
                .as("planned again")
                .isEmpty();
    }

    @Property(tries = 1000, edgeCases = EdgeCasesMode.NONE)
    void whoever_stops_while_pruning_leaves_nothing_that_only_looks_whole(
            @ForAll("shelves") List<KnownBackup> backups) {
        List<KnownBackup> left = new ArrayList<>(backups);
        for (String id : PruningPlan.of(backups, NOTHING, BERLIN, NOW).prune()) {
            List<KnownBackup> restorable =
                    left.stream().filter(b -> restorable(b, left)).toList();
            left.removeIf(b -> b.id().equals(id));
            assertThat(restorable.stream().filter(left::contains)).allMatch(b -> restorable(b, left));
        }
    }

    private static boolean restorable(KnownBackup backup, List<KnownBackup> there) {
        return restorable(backup.id(), there, List.of());
    }

    private static boolean restorable(String id, List<KnownBackup> there, List<String> neededBy) {
        List<String> path = new ArrayList<>(neededBy);
        path.add(id);
        return !neededBy.contains(id)
                && there.stream()
                        .filter(b -> b.id().equals(id))
                        .anyMatch(b -> (b.state() == BackupState.Verified || b.state() == BackupState.Complete)
                                && b.needs().stream().allMatch(need -> restorable(need, there, path)));
    }

    // ---- what lies there

    private static List<KnownBackup> weeklyAndDaily() {
        List<KnownBackup> backups = new ArrayList<>();
        String full = "";
        for (LocalDate day = LocalDate.of(2026, 8, 30);
                day.isBefore(LocalDate.of(2026, 12, 1));
                day = day.plusDays(1)) {
            boolean sunday = day.getDayOfWeek() == DayOfWeek.SUNDAY;
            String id = "b-" + day;
            full = sunday ? id : full;
            backups.add(new KnownBackup(
                    id,
                    sunday ? BackupKind.Full : BackupKind.Increment,
                    sunday ? new TreeSet<>() : new TreeSet<>(List.of(full)),
                    berlin(day + "T02:00"),
                    sunday ? BackupState.Verified : BackupState.Complete,
                    null,
                    false));
        }
        return backups;
    }

    private static List<KnownBackup> everyReason() {
        return List.of(
                backup("b-01-over", "2026-10-01T02:00", BackupState.Verified),
                backup("b-02-incomplete", "2026-10-02T02:00", BackupState.Incomplete),
                backup("b-03-damaged", "2026-10-03T02:00", BackupState.Damaged),
                backup("b-04-rests-on-incomplete", "2026-10-04T02:00", BackupState.Complete, "b-02-incomplete"),
                backup("b-05-rests-on-nothing", "2026-10-05T02:00", BackupState.Verified, "b-00-gone"),
                backup("b-06-rests-on-5", "2026-10-06T02:00", BackupState.Complete, "b-05-rests-on-nothing"),
                backup("b-07-under-way", "2026-10-07T02:00", BackupState.UnderWay),
                locked("b-08-locked", "2026-12-24T00:00", false, "b-09-needed"),
                backup("b-09-needed", "2026-10-09T02:00", BackupState.Complete, "b-10-needed-by-9"),
                backup("b-10-needed-by-9", "2026-10-10T02:00", BackupState.Complete),
                locked("b-11-held", null, true),
                locked("b-12-lock-is-over", "2026-11-30T12:00", false),
                backup("b-13-newest-verified", "2026-10-13T02:00", BackupState.Verified, "b-14-clock-was-set-back"),
                backup("b-14-clock-was-set-back", "2026-10-13T03:00", BackupState.Complete),
                backup("b-15-later", "2026-10-15T02:00", BackupState.Damaged),
                backup("b-16-kept-by-rule", "2026-11-29T02:00", BackupState.Complete),
                backup("b-17-newer-of-that-day", "2026-11-29T14:00", BackupState.Complete),
                backup("b-18-to-come", "2027-01-01T02:00", BackupState.Verified));
    }

    private static KnownBackup backup(String id, String local, BackupState state, String... needs) {
        return new KnownBackup(
                id,
                needs.length == 0 ? BackupKind.Full : BackupKind.Increment,
                new TreeSet<>(List.of(needs)),
                berlin(local),
                state,
                null,
                false);
    }

    private static KnownBackup locked(String id, @Nullable String until, boolean hold, String... needs) {
        KnownBackup free = backup(id, "2026-10-08T02:00", BackupState.Complete, needs);
        return new KnownBackup(
                id,
                free.kind(),
                free.needs(),
                free.started(),
                free.state(),
                until == null ? null : berlin(until),
                hold);
    }

    private static KnownBackup full(String local, BackupState state) {
        return backup(
                "b-" + local.substring(0, 16).replace("-", "").replace("T", "-").replace(":", ""), local, state);
    }

    private static Instant hours(long fromNow) {
        return NOW.plusSeconds(fromNow * 3600);
    }

    private static Instant berlin(String local) {
        return LocalDateTime.parse(local).atZone(BERLIN).toInstant();
    }
}
