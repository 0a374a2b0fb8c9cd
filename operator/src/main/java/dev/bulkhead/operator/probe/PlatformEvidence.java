package dev.bulkhead.operator.probe;

import dev.bulkhead.api.openreports.ClusterReport;
import dev.bulkhead.api.openreports.ReportContent.ReportResult;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.evidence.PlatformAccess;
import dev.bulkhead.operator.evidence.PlatformReportPlanner;
import dev.bulkhead.operator.evidence.PlatformReportPlanner.TenantStanding;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report of the platform, for its administrators and auditors. Written when a verdict changed, and once in a while to
 * say that somebody still looks.
 */
final class PlatformEvidence {
    private static final Logger LOG = LoggerFactory.getLogger(PlatformEvidence.class);
    private static final PatchContext APPLY = new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager("bulkhead-prober")
            .withForce(true)
            .build();

    /** While many tenants change one after the other. */
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private final KubernetesClient client;
    private final PairCoverage coverage;
    private final Duration refresh;
    private Instant looked = Instant.MIN;
    private Instant wrote = Instant.MIN;

    PlatformEvidence(KubernetesClient client, PairCoverage coverage, Duration refresh) {
        this.client = client;
        this.coverage = coverage;
        this.refresh = refresh;
    }

    /** Writes the report if there is something to say; a failure is tried again with the next look. */
    void keep(Collection<Tenant> tenants, List<ServerStanding> servers, Optional<PlatformAccess> access, Instant now) {
        if (tenants.isEmpty() || now.isBefore(later(looked, BETWEEN))) {
            return;
        }
        looked = now;
        ClusterReport report = PlatformReportPlanner.plan(
                tenants.stream().map(PlatformEvidence::standing).toList(),
                coverage.of(tenants.stream().map(TenantIdentity::of).toList(), now),
                servers,
                access.orElse(null),
                now);
        try {
            // What is there, not what was written: others may have the right to write it, too.
            ClusterReport there = client.resource(report).get();
            if (there != null && sayTheSame(there, report) && now.isBefore(later(wrote, refresh))) {
                return;
            }
            client.resource(report).patch(APPLY);
            wrote = now;
        } catch (KubernetesClientException e) {
            LOG.atWarn().addKeyValue("reason", ApiAnswers.reason(e)).log("report of the platform not written");
        }
    }

    private static Instant later(Instant time, Duration by) {
        return time.equals(Instant.MIN) ? time : time.plus(by);
    }

    private static boolean sayTheSame(ClusterReport one, ClusterReport other) {
        return Objects.equals(one.getSummary(), other.getSummary())
                && verdicts(one).equals(verdicts(other));
    }

    /** Times, and how many pairs have been attacked so far, are no news. */
    private static Map<String, String> verdicts(ClusterReport report) {
        return report.getResults().stream()
                .filter(r -> !"coverage".equals(r.category()))
                .collect(Collectors.toMap(
                        r -> r.policy() + " " + r.properties().getOrDefault("tenant", "")
                                + r.properties().getOrDefault("server", ""),
                        PlatformEvidence::says,
                        (one, other) -> one + "; " + other));
    }

    private static String says(ReportResult result) {
        return result.result() + " " + result.message();
    }

    private static TenantStanding standing(Tenant tenant) {
        return tenant.getStatus() == null
                ? new TenantStanding(tenant.getMetadata().getName(), null, List.of())
                : new TenantStanding(
                        tenant.getMetadata().getName(),
                        tenant.getStatus().isolation(),
                        tenant.getStatus().controls());
    }
}
