package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.bench.BenchResult.OperatorFigures;
import dev.bulkhead.e2e.bench.BenchResult.ReplayFigures;
import dev.bulkhead.e2e.bench.CallCounts.Requests;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BenchTableTest {
    private static final BenchResult RESULT = new BenchResult(
            "2026-11-22T11:00:00Z",
            new Machine(2, "a processor", 24_000, "Linux", 0.1),
            20,
            16,
            new OperatorFigures(
                    5_200,
                    new Latencies(20, 3_100, 5_100, 5_150),
                    counts(new Requests(200, 860, 40)),
                    counts(new Requests(100, 2, 1)),
                    new Usage(new TreeMap<>(Map.of("bulkhead-operator", 3.25, "etcd", 1.0)), 4.25, 0.5),
                    new ProcessFigures.Memory(180, 190),
                    new Growth(100, 20, 24, 1.2)),
            new Latencies(10, 400, 600, 600),
            List.of(new BenchResult.ChangeFigures("suspended", 100, 12_340, 31.5)),
            new ReplayFigures(
                    4_000, counts(new Requests(0, 860, 40)), new Usage(new TreeMap<>(Map.of("bench", 1.5)), 1.5, 0)),
            1.3,
            1.2);

    @Test
    void the_table_shows_what_people_look_for() {
        assertThat(BenchTable.of(RESULT).lines().map(line -> line.replaceAll(" {2,}", " ")))
                .contains(
                        "tenants applied at once 20",
                        "apply to Ready p50 / p99 / max 3.10 s / 5.10 s / 5.15 s",
                        "all Ready 5.20 s",
                        "bare replay of the same writes 4.00 s",
                        "ratio of time 1.30",
                        "ratio of processor time 1.20",
                        "processor seconds until all Ready bulkhead-operator 3.3, etcd 1.0; others on the machine 0.5",
                        "one by one, idle system, p50 / p99 / max 0.40 s / 0.60 s / 0.60 s (10 tenants)",
                        "kubernetes: writes / refused / reads per tenant 43.0 / 2.0 / 10.0 replay 43.0 / 2.0 / 0.0",
                        "writes of the operator / of the replay 860 / 860",
                        "idle minute: writes / reads 3 / 100",
                        "PostgreSQL, ms per tenant, first / last 100 20.0 / 24.0, growth 1.20",
                        "100 suspended: all done / PostgreSQL each 12.34 s / 31.5 ms",
                        "operator's memory, resident / peak 180 MiB / 190 MiB");
    }

    @Test
    void the_json_carries_every_figure_with_its_unit_in_the_name() {
        JsonNode json = JsonMapper.builder().build().valueToTree(RESULT);

        assertThat(json.at("/operator/allReadyMillis").asLong()).isEqualTo(5_200);
        assertThat(json.at("/operator/ready/p99Millis").asLong()).isEqualTo(5_100);
        assertThat(json.at("/operator/calls/perBackend/kubernetes/writes").asLong())
                .isEqualTo(860);
        assertThat(json.at("/operator/memory/residentMiB").asLong()).isEqualTo(180);
        assertThat(json.at("/replay/allMillis").asLong()).isEqualTo(4_000);
        assertThat(json.at("/machine/processors").asInt()).isEqualTo(2);
        assertThat(json.at("/operator/usage/processorSeconds/etcd").asDouble()).isEqualTo(1.0);
        assertThat(json.at("/ratio").asDouble()).isEqualTo(1.3);
    }

    private static CallCounts counts(Requests kubernetes) {
        return new CallCounts(new TreeMap<>(Map.of("kubernetes", kubernetes)));
    }
}
