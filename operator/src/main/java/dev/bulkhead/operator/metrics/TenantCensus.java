package dev.bulkhead.operator.metrics;

import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.IncidentSpec;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All tenants counted at one moment. A proof that is past its validity counts as stale, whatever the status says: the
 * status may be older than that.
 *
 * @param phases tenants by phase; one that has no status yet is pending
 * @param isolation tenants by what the probes say of them as a whole
 * @param controls tenants by control and its state
 * @param oldestProof when the tenant that was not probed for longest was probed, or made where it never was; empty
 *     without tenants that are to be probed
 * @param validUntil when the first proof of a tenant that is to be probed stops to count; empty without proofs
 * @param openIncidents incidents that nobody acknowledged
 * @param deadlines of those, the first that ends
 */
record TenantCensus(
        Map<TenantPhase, Long> phases,
        Map<Isolation, Long> isolation,
        Map<ControlState, Long> controls,
        Optional<Instant> oldestProof,
        Optional<Instant> validUntil,
        int openIncidents,
        Map<Deadline, Instant> deadlines) {
    TenantCensus {
        phases = Map.copyOf(phases);
        isolation = Map.copyOf(isolation);
        controls = Map.copyOf(controls);
        deadlines = Map.copyOf(deadlines);
    }

    /** State of a control for one tenant. */
    record ControlState(Control control, Enforcement enforcement, Proof proof) {}

    /** What an incident wants done, and until when. */
    enum Deadline {
        document,
        notify,
        report;

        private String of(IncidentSpec.IncidentFinding finding) {
            return switch (this) {
                case document -> finding.documentBy();
                case notify -> finding.notifyBy();
                case report -> finding.reportBy();
            };
        }
    }

    /** Counts. */
    static TenantCensus of(Collection<Tenant> tenants, Collection<Incident> incidents, Instant now) {
        List<Tenant> probed =
                tenants.stream().filter(t -> Subject.of(t).isPresent()).toList();
        List<IncidentSpec.IncidentFinding> open = incidents.stream()
                .map(Incident::getSpec)
                .filter(i -> i != null && i.acknowledgement() == null)
                .map(IncidentSpec::finding)
                .toList();
        return new TenantCensus(
                count(tenants.stream().map(TenantCensus::phase), TenantPhase.values()),
                count(tenants.stream().map(t -> isolation(t, now)), Isolation.values()),
                tenants.stream()
                        .flatMap(t -> states(t, now))
                        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting())),
                probed.stream().flatMap(t -> lastProbe(t).stream()).min(Comparator.naturalOrder()),
                probed.stream()
                        .flatMap(t -> controls(t).stream())
                        .flatMap(c -> instant(c.validUntil()).stream())
                        .min(Comparator.naturalOrder()),
                open.size(),
                deadlines(open));
    }

    private static <E extends Enum<E>> Map<E, Long> count(Stream<E> found, E[] all) {
        Map<E, Long> counted = found.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        return Arrays.stream(all).collect(Collectors.toMap(Function.identity(), e -> counted.getOrDefault(e, 0L)));
    }

    private static TenantPhase phase(Tenant tenant) {
        if (tenant.getMetadata().getDeletionTimestamp() != null) {
            return TenantPhase.Deleting;
        }
        TenantStatus status = tenant.getStatus();
        return status == null || status.phase() == null ? TenantPhase.Pending : status.phase();
    }

    private static Isolation isolation(Tenant tenant, Instant now) {
        TenantStatus status = tenant.getStatus();
        if (status == null || status.isolation() == null) {
            return Isolation.Unknown;
        }
        boolean stale = states(tenant, now).anyMatch(s -> s.control().isolates() && s.proof() == Proof.Stale);
        return status.isolation() == Isolation.Verified && stale ? Isolation.Unknown : status.isolation();
    }

    private static Stream<ControlState> states(Tenant tenant, Instant now) {
        return controls(tenant).stream()
                .flatMap(c -> Control.of(c.id()).stream()
                        .map(control -> new ControlState(control, c.enforcement(), proof(c, now))));
    }

    private static Proof proof(ControlStatus control, Instant now) {
        boolean stale = instant(control.validUntil()).map(now::isAfter).orElse(false);
        return stale && control.proof() != Proof.Never ? Proof.Stale : control.proof();
    }

    private static Optional<Instant> lastProbe(Tenant tenant) {
        return controls(tenant).stream()
                .flatMap(c -> instant(c.observedAt()).stream())
                .max(Comparator.naturalOrder())
                .or(() -> instant(tenant.getMetadata().getCreationTimestamp()));
    }

    private static List<ControlStatus> controls(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        return status == null ? List.of() : status.controls();
    }

    private static Map<Deadline, Instant> deadlines(List<IncidentSpec.IncidentFinding> open) {
        Map<Deadline, Instant> first = new EnumMap<>(Deadline.class);
        for (Deadline deadline : Deadline.values()) {
            open.stream()
                    .flatMap(finding -> instant(deadline.of(finding)).stream())
                    .min(Comparator.naturalOrder())
                    .ifPresent(instant -> first.put(deadline, instant));
        }
        return first;
    }

    /** What cannot be read is not known. */
    private static Optional<Instant> instant(@Nullable String text) {
        try {
            return text == null ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
