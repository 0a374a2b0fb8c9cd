package dev.bulkhead.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.backend.OpenBackend.Stored;
import dev.bulkhead.operator.backend.StoredBytes;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class StorageMetricsTest {
    @Test
    void each_tenant_has_a_line_for_what_is_known_and_none_for_what_is_not() {
        assertThat(scrape(List.of(
                        new StoredBytes("acme", "objects-1", new Stored(1_000L, 5_000L)),
                        new StoredBytes("burg", "objects-1", new Stored(0L, null)),
                        new StoredBytes("cork", "objects-2", new Stored(null, 7_000L)),
                        new StoredBytes("dorn", "objects-2", new Stored(null, null)))))
                .containsExactlyInAnyOrder(
                        "bulkhead_tenant_object_store_bytes{object_store=\"objects-1\",tenant=\"acme\"} 1000.0",
                        "bulkhead_tenant_object_store_bytes{object_store=\"objects-1\",tenant=\"burg\"} 0.0",
                        "bulkhead_tenant_object_store_quota_bytes{object_store=\"objects-1\",tenant=\"acme\"} 5000.0",
                        "bulkhead_tenant_object_store_quota_bytes{object_store=\"objects-2\",tenant=\"cork\"} 7000.0");
    }

    @Test
    void two_that_are_alike_do_not_end_the_scrape() {
        assertThat(scrape(List.of(
                        new StoredBytes("acme", "objects-1", new Stored(1L, null)),
                        new StoredBytes("acme", "objects-1", new Stored(2L, null)))))
                .containsExactly("bulkhead_tenant_object_store_bytes{object_store=\"objects-1\",tenant=\"acme\"} 2.0");
    }

    @Test
    void a_stand_by_says_nothing() {
        assertThat(scrape(List.of())).isEmpty();
    }

    private static List<String> scrape(List<StoredBytes> stored) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.getPrometheusRegistry().register(new StorageMetrics(() -> stored));
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
    }
}
