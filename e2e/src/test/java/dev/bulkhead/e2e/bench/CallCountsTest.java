package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulkhead.e2e.bench.CallCounts.Requests;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CallCountsTest {
    private static final String EXPOSITION = """
            # HELP bulkhead_external_calls_total Requests to the API server, PostgreSQL and S3.
            # TYPE bulkhead_external_calls_total counter
            bulkhead_external_calls_total{backend="kubernetes",result="ok",verb="read"} 7.0
            bulkhead_external_calls_total{backend="kubernetes",result="404",verb="read"} 2.0
            bulkhead_external_calls_total{backend="kubernetes",result="ok",verb="write"} 1.25E7
            bulkhead_external_calls_total{backend="kubernetes",result="409",verb="write"} 3.0
            bulkhead_external_calls_total{backend="kubernetes",result="403",verb="write"} 4.0
            bulkhead_external_calls_total{backend="s3",result="ok",verb="write"} 5.0
            jvm_memory_used_bytes{area="heap",id="Eden"} 1.0
            """;

    @Test
    void requests_are_told_apart_by_backend_verb_and_success() {
        CallCounts counts = CallCounts.parse(EXPOSITION);

        assertThat(counts.perBackend())
                .containsOnlyKeys("kubernetes", "s3")
                .containsEntry("kubernetes", new Requests(9, 12_500_000, 7))
                .containsEntry("s3", new Requests(0, 5, 0));
        assertThat(counts.reads()).isEqualTo(9);
        assertThat(counts.writes()).isEqualTo(12_500_005);
        assertThat(counts.refused()).isEqualTo(7);
    }

    @Test
    void what_the_operator_counts_is_what_the_bench_reads() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new JvmMemoryMetrics().bindTo(registry);
        CallMetrics calls = new CallMetrics(registry);
        calls.after(Backend.kubernetes, Verb.write, "POST namespaces", "ok");
        calls.after(Backend.kubernetes, Verb.write, "POST namespaces", "ok");
        calls.after(Backend.kubernetes, Verb.write, "POST serviceaccounts", "409");
        calls.after(Backend.postgresql, Verb.read, "LOOK", "ok");

        CallCounts counts = CallCounts.parse(registry.scrape());

        assertThat(counts.perBackend())
                .containsOnlyKeys("kubernetes", "postgresql")
                .containsEntry("kubernetes", new Requests(0, 2, 1))
                .containsEntry("postgresql", new Requests(1, 0, 0));
    }

    @Test
    void only_what_was_added_since_counts() {
        CallCounts before = CallCounts.parse(
                "bulkhead_external_calls_total{backend=\"kubernetes\",result=\"ok\",verb=\"write\"} 10.0\n");
        CallCounts after = CallCounts.parse("""
                bulkhead_external_calls_total{backend="kubernetes",result="ok",verb="write"} 15.0
                bulkhead_external_calls_total{backend="s3",result="ok",verb="read"} 2.0
                """);

        assertThat(after.since(before).perBackend())
                .containsEntry("kubernetes", new Requests(0, 5, 0))
                .containsEntry("s3", new Requests(2, 0, 0));
    }

    @Test
    void before_the_first_request_there_is_nothing() {
        assertThat(CallCounts.parse("")).isEqualTo(new CallCounts(new TreeMap<>()));
    }

    @Test
    void a_counter_that_changed_its_labels_is_noticed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallCounts.parse("bulkhead_external_calls_total{backend=\"s3\",verb=\"read\"} 1.0\n"))
                .withMessageContaining("result");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CallCounts.parse(
                        "bulkhead_external_calls_total{backend=\"s3\",result=\"ok\",verb=\"watch\"} 1.0\n"))
                .withMessageContaining("watch");
    }
}
