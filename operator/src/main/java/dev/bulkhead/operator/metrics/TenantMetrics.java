package dev.bulkhead.operator.metrics;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Verdicts, ages of proofs and incidents, counted from the caches when Prometheus asks: nothing is read from the cluster
 * and nothing is written. No label names a tenant, so their number does not grow with the tenants; {@link StorageMetrics}
 * is the exception. A stand-by says nothing, so that a sum over all replicas is right.
 */
public final class TenantMetrics implements MultiCollector {
    private final Supplier<Optional<Known>> known;
    private final Clock clock;

    /**
     * Collects.
     *
     * @param known what this replica has in its caches; empty on a stand-by
     */
    public TenantMetrics(Supplier<Optional<Known>> known, Clock clock) {
        this.known = known;
        this.clock = clock;
    }

    /** What is in the caches. */
    public record Known(Collection<Tenant> tenants, Collection<Incident> incidents) {
        /** Copies. */
        public Known {
            tenants = List.copyOf(tenants);
            incidents = List.copyOf(incidents);
        }
    }

    @Override
    public MetricSnapshots collect() {
        Instant now = clock.instant();
        return known.get()
                .map(seen -> snapshots(TenantCensus.of(seen.tenants(), seen.incidents(), now), now))
                .orElseGet(MetricSnapshots::of);
    }

    private static MetricSnapshots snapshots(TenantCensus census, Instant now) {
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(gauge(
                "bulkhead_tenants",
                "Tenants by phase.",
                census.phases(),
                phase -> Labels.of("phase", phase.name()),
                count -> count));
        all.add(gauge(
                "bulkhead_tenants_isolation",
                "Tenants by what the probes say of them as a whole.",
                census.isolation(),
                isolation -> Labels.of("isolation", isolation.name()),
                count -> count));
        all.add(gauge(
                "bulkhead_tenant_controls",
                "Tenants by control, how it is enforced and how it is proven; what no tenant has is left out.",
                census.controls(),
                state -> Labels.of(
                        "control", state.control().id(),
                        "enforcement", state.enforcement().name(),
                        "proof", state.proof().name()),
                count -> count));
        census.oldestProof()
                .ifPresent(at -> all.add(single(
                        "bulkhead_oldest_proof_age_seconds",
                        "Time since the tenant that was not probed for longest was probed, or made if it never was.",
                        Duration.between(at, now).toSeconds())));
        census.validUntil()
                .ifPresent(at -> all.add(single(
                        "bulkhead_proof_valid_until_timestamp_seconds",
                        "When the first proof of any tenant stops to count.",
                        at.getEpochSecond())));
        all.add(single("bulkhead_open_incidents", "Incidents that nobody acknowledged.", census.openIncidents()));
        all.add(gauge(
                "bulkhead_open_incident_deadline_timestamp_seconds",
                "First deadline of the open incidents: to document, to notify the customer, to report to the authority.",
                census.deadlines(),
                deadline -> Labels.of("deadline", deadline.name()),
                Instant::getEpochSecond));
        return new MetricSnapshots(all);
    }

    private static <K, V> GaugeSnapshot gauge(
            String name, String help, Map<K, V> values, Function<K, Labels> labels, Function<V, Long> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        values.forEach((key, found) -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels.apply(key))
                .value(value.apply(found))
                .build()));
        return gauge.build();
    }

    private static GaugeSnapshot single(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(
                        GaugeDataPointSnapshot.builder().value((double) value).build())
                .build();
    }
}
