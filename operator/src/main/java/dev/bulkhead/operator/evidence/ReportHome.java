package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Where the report about a tenant lies: it stays where it is for as long as the tenant has that namespace, so that a
 * namespace which is added, whatever its name, takes no proof away.
 */
public final class ReportHome {
    private ReportHome() {}

    /**
     * The report that counts: one of this identity, the one with the youngest proof where an earlier version left several.
     *
     * @param reports what lies under {@link ReportPlanner#NAME} in the tenant's namespaces
     */
    public static Optional<Report> current(Collection<Report> reports, TenantIdentity identity) {
        return reports.stream()
                .filter(report -> Marks.ours(report, identity))
                .max(Comparator.comparing(ReportHome::youngest)
                        .thenComparing(report -> report.getMetadata().getNamespace(), Comparator.reverseOrder()));
    }

    /**
     * The namespace that the next report is written into.
     *
     * @param current the report that counts now, which lies in one of the namespaces
     * @param namespaces of the tenant, at least one, in order of their names
     */
    public static String namespace(Optional<Report> current, List<String> namespaces) {
        return current.map(report -> report.getMetadata().getNamespace())
                .filter(namespaces::contains)
                .orElseGet(namespaces::getFirst);
    }

    private static Instant youngest(Report report) {
        return TenantProofs.of(report, List.of()).lastProbe().orElse(Instant.MIN);
    }
}
