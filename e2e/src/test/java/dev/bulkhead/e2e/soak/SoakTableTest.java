package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.bench.Latencies;
import dev.bulkhead.e2e.bench.Machine;
import dev.bulkhead.e2e.soak.Attempts.Attempt;
import dev.bulkhead.e2e.soak.ProcessWatch.ProcessFate;
import dev.bulkhead.e2e.soak.SoakResult.LapseLine;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SoakTableTest {
    @Test
    void it_shows_what_was_done_what_was_seen_and_why_it_failed() {
        assertThat(rows(result(List.of("bulkhead-prober was started anew 1 times"))))
                .contains(
                        "minutes / tenants watched 30 / 8, with a node",
                        "applies that changed nothing / specs changed 1200 / 180",
                        "change to observedGeneration p50 / p99 / max 0.40 s / 2.50 s / 3.00 s, not yet seen 1",
                        "unchanged tenants: status writes / rewritten 42 / 0",
                        "bulkhead-operator: instances, MiB at start / most / end 1, 200 / 260 / 240",
                        "becomes a neighbour 0 worked, 9 refused: permission denied",
                        "evicted in soak-hostile--jobs 3 pods",
                        "log, 2 times bulkhead-prober WARN slow",
                        "a TI-DB Inconclusive 2 times, longest 61 s, still: no answer",
                        "FAILED bulkhead-prober was started anew 1 times",
                        "verdict failed");
    }

    @Test
    void without_a_failure_it_passed() {
        assertThat(rows(result(List.of()))).contains("verdict passed").noneMatch(row -> row.startsWith("FAILED"));
    }

    private static Stream<String> rows(SoakResult result) {
        return SoakTable.of(result).lines().map(line -> line.replaceAll(" {2,}", " "));
    }

    private static SoakResult result(List<String> failures) {
        return new SoakResult(
                "2026-11-30T12:00:00Z",
                new Machine(2, "a processor", 24_000, "Linux", 0.1),
                7.5,
                30,
                true,
                8,
                1200,
                180,
                new Latencies(180, 400, 2_500, 3_000),
                1,
                42,
                0,
                new TreeMap<>(Map.of("soak-hostile--jobs", 3)),
                Map.of("becomes a neighbour", new Attempt(0, 9, "permission denied")),
                List.of(new ProcessFate("bulkhead-operator", 1, 200, 260, 240)),
                new TreeMap<>(Map.of("bulkhead-prober WARN slow", 2)),
                List.of(new LapseLine("a", "TI-DB", "Inconclusive", 2, 61, true, "no answer")),
                List.of(),
                List.of(),
                failures);
    }
}
