package dev.bulkhead.operator.metrics;

import dev.bulkhead.operator.backend.OpenBackend.Stored;
import dev.bulkhead.operator.backend.StoredBytes;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How much each tenant has in its object store, and how much it may: what is remembered when Prometheus asks. The one
 * collector whose labels name tenants, at two lines for each; what is not known has no line.
 */
public final class StorageMetrics implements MultiCollector {
    private final Supplier<List<StoredBytes>> stored;

    /**
     * Collects.
     *
     * @param stored what this replica knows; nothing on a stand-by
     */
    public StorageMetrics(Supplier<List<StoredBytes>> stored) {
        this.stored = stored;
    }

    @Override
    public MetricSnapshots collect() {
        List<StoredBytes> all = stored.get();
        return MetricSnapshots.of(
                gauge(
                        "bulkhead_tenant_object_store_bytes",
                        "Bytes in a tenant's bucket, as the store compares them with its quota; none where it does not"
                                + " tell.",
                        all,
                        Stored::used),
                gauge(
                        "bulkhead_tenant_object_store_quota_bytes",
                        "Quota of a tenant's bucket in bytes; none where there is none.",
                        all,
                        Stored::limit));
    }

    /** One line for each tenant and store, come what may: two that are alike would end the whole scrape. */
    private static GaugeSnapshot gauge(
            String name, String help, List<StoredBytes> all, Function<Stored, @Nullable Long> value) {
        Map<Labels, Long> lines = new TreeMap<>();
        all.forEach(stored -> {
            Long bytes = value.apply(stored.bytes());
            if (bytes != null) {
                lines.merge(Labels.of("tenant", stored.tenant(), "object_store", stored.backend()), bytes, Math::max);
            }
        });
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        lines.forEach((labels, bytes) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value((double) bytes)
                .build()));
        return gauge.build();
    }
}
