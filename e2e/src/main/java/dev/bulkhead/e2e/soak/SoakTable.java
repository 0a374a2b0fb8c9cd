package dev.bulkhead.e2e.soak;

import dev.bulkhead.e2e.bench.Latencies;
import java.util.Locale;

/** What a soak saw as people read it. Pure. */
public final class SoakTable {
    private static final int LABEL = 48;

    private SoakTable() {}

    /** One row for each figure, behind its label. */
    public static String of(SoakResult result) {
        StringBuilder table = new StringBuilder();
        row(table, "date", result.date());
        row(
                table,
                "machine",
                result.machine().text() + String.format(Locale.ROOT, ", at the end %.1f", result.loadAtEnd()));
        row(
                table,
                "minutes / tenants watched",
                result.minutes() + " / " + result.tenants() + (result.node() ? ", with a node" : ", without a node"));
        row(table, "applies that changed nothing / specs changed", result.applies() + " / " + result.changes());
        Latencies observed = result.observed();
        if (observed != null) {
            row(
                    table,
                    "change to observedGeneration p50 / p99 / max",
                    seconds(observed.p50Millis()) + " / " + seconds(observed.p99Millis()) + " / "
                            + seconds(observed.maxMillis()) + ", not yet seen " + result.unobserved());
        }
        row(table, "unchanged tenants: status writes / rewritten", result.statusWrites() + " / " + result.rewritten());
        result.processes()
                .forEach(process -> row(
                        table,
                        process.name() + ": instances, MiB at start / most / end",
                        process.instances() + ", " + process.startMiB() + " / " + process.mostMiB() + " / "
                                + process.endMiB()));
        result.attempts()
                .forEach((kind, attempt) -> row(
                        table,
                        kind,
                        attempt.worked() + " worked, " + attempt.refused() + " refused"
                                + (attempt.refusal() == null ? "" : ": " + attempt.refusal())));
        result.evicted().forEach((namespace, pods) -> row(table, "evicted in " + namespace, pods + " pods"));
        result.warnings().forEach((line, times) -> row(table, "log, " + times + " times", line));
        result.lapses()
                .forEach(lapse -> row(
                        table,
                        lapse.tenant() + " " + lapse.what() + " " + lapse.state(),
                        lapse.times() + " times, longest " + lapse.seconds() + " s"
                                + (lapse.atEnd() ? ", still: " : ": ") + lapse.message()));
        result.incidents().forEach(incident -> row(table, "Incident", incident));
        result.notes().forEach(note -> row(table, "note", note));
        result.failures().forEach(failure -> row(table, "FAILED", failure));
        row(table, "verdict", result.failures().isEmpty() ? "passed" : "failed");
        return table.toString();
    }

    private static void row(StringBuilder table, String label, String value) {
        table.append(String.format(Locale.ROOT, "%-" + LABEL + "s %s%n", label, value));
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }
}
