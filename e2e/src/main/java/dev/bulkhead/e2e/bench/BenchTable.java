package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.bench.BenchResult.OperatorFigures;
import dev.bulkhead.e2e.bench.BenchResult.ReplayFigures;
import dev.bulkhead.e2e.bench.CallCounts.Requests;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The figures of a run as people read them. Pure. */
final class BenchTable {
    private static final int LABEL = 44;

    private BenchTable() {}

    static String of(BenchResult result) {
        OperatorFigures operator = result.operator();
        ReplayFigures replay = result.replay();
        int tenants = result.tenants();
        StringBuilder table = new StringBuilder();
        row(table, "date", result.date());
        row(table, "machine", result.machine().text());
        row(table, "tenants applied at once", Integer.toString(tenants));
        row(table, "apply to Ready p50 / p99 / max", latencies(operator.ready()));
        row(table, "all Ready", seconds(operator.allReadyMillis()));
        row(table, "bare replay of the same writes", seconds(replay.allMillis()));
        row(table, "ratio of time", String.format(Locale.ROOT, "%.2f", result.ratio()));
        row(table, "ratio of processor time", String.format(Locale.ROOT, "%.2f", result.processorRatio()));
        Latencies oneByOne = result.oneByOne();
        if (oneByOne != null) {
            row(
                    table,
                    "one by one, idle system, p50 / p99 / max",
                    latencies(oneByOne) + " (" + oneByOne.count() + " tenants)");
        }
        SortedSet<String> backends = new TreeSet<>(operator.calls().perBackend().keySet());
        backends.addAll(replay.calls().perBackend().keySet());
        for (String backend : backends) {
            row(
                    table,
                    backend + ": writes / refused / reads per tenant",
                    perTenant(operator.calls(), backend, tenants) + "   replay "
                            + perTenant(replay.calls(), backend, tenants));
        }
        row(
                table,
                "writes of the operator / of the replay",
                operator.calls().writes() + " / " + replay.calls().writes());
        row(
                table,
                "idle minute: writes / reads",
                operator.idleMinute().writes() + operator.idleMinute().refused() + " / "
                        + operator.idleMinute().reads());
        row(
                table,
                "operator's memory, resident / peak",
                operator.memory().residentMiB() + " MiB / " + operator.memory().peakMiB() + " MiB");
        Growth postgres = operator.postgres();
        if (postgres != null) {
            row(
                    table,
                    "PostgreSQL, ms per tenant, first / last " + postgres.tenants(),
                    String.format(
                            Locale.ROOT,
                            "%.1f / %.1f, growth %.2f",
                            postgres.firstMillis(),
                            postgres.lastMillis(),
                            postgres.ratio()));
        }
        result.changes()
                .forEach(change -> row(
                        table,
                        change.tenants() + " " + change.change() + ": all done / PostgreSQL each",
                        seconds(change.allMillis())
                                + String.format(Locale.ROOT, " / %.1f ms", change.postgresMillis())));
        row(table, "processor seconds until all Ready", processors(operator.usage()));
        row(table, "processor seconds of the replay", processors(replay.usage()));
        return table.toString();
    }

    private static void row(StringBuilder table, String label, String value) {
        table.append(String.format(Locale.ROOT, "%-" + LABEL + "s %s%n", label, value));
    }

    private static String latencies(Latencies latencies) {
        return seconds(latencies.p50Millis()) + " / " + seconds(latencies.p99Millis()) + " / "
                + seconds(latencies.maxMillis());
    }

    private static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1000.0);
    }

    private static String perTenant(CallCounts calls, String backend, int tenants) {
        Requests requests = calls.perBackend().getOrDefault(backend, Requests.NONE);
        return String.format(
                Locale.ROOT,
                "%.1f / %.1f / %.1f",
                (double) requests.writes() / tenants,
                (double) requests.refused() / tenants,
                (double) requests.reads() / tenants);
    }

    private static String processors(Usage usage) {
        return usage.processorSeconds().entrySet().stream()
                        .map(e -> String.format(Locale.ROOT, "%s %.1f", e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", "))
                + String.format(Locale.ROOT, "; others on the machine %.1f", usage.otherSeconds());
    }
}
