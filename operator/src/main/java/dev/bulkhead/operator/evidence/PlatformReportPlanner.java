package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.openreports.ClusterReport;
import dev.bulkhead.api.openreports.ReportContent.ReportResult;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans the report of the platform: one result per control over all tenants, one about who has attacked whom, and then
 * one per tenant that does not count as isolated, as many as there is room for.
 */
public final class PlatformReportPlanner {
    /** Name of the report. */
    public static final String NAME = "bulkhead";

    private static final int NAMED = 10;

    /** Most servers: tenants that are not isolated need room, too. */
    private static final int SERVERS = 20;

    private PlatformReportPlanner() {}

    /**
     * How one tenant stands by its status.
     *
     * @param isolation null where nobody has looked yet
     */
    public record TenantStanding(String tenant, @Nullable Isolation isolation, List<ControlStatus> controls) {
        /** Copies. */
        public TenantStanding {
            controls = List.copyOf(controls);
        }
    }

    /**
     * Who has attacked whom.
     *
     * @param attacked ordered pairs of tenants in which the first has attacked the second
     * @param pairs all there are
     * @param since when counting began; no more than 30 days ago
     */
    public record Coverage(long attacked, long pairs, Instant since) {}

    /**
     * The report.
     *
     * @param servers that tenants share, of which something was found
     * @param access who of the platform reaches into all tenants; null when nobody has looked yet
     */
    public static ClusterReport plan(
            Collection<TenantStanding> standings,
            Coverage coverage,
            Collection<ServerStanding> servers,
            @Nullable PlatformAccess access,
            Instant now) {
        List<TenantStanding> tenants = standings.stream()
                .sorted(Comparator.comparing(TenantStanding::tenant))
                .toList();
        List<ReportResult> results = new ArrayList<>(Arrays.stream(Control.values())
                .map(control -> control(control, tenants, now))
                .toList());
        results.add(coverage(coverage, now));
        if (access != null) {
            results.add(
                    access(access, tenants.stream().map(TenantStanding::tenant).toList(), now));
        }
        servers.stream()
                .sorted(Comparator.comparing(ServerStanding::server))
                .limit(SERVERS)
                .map(server -> server(server, now))
                .forEach(results::add);
        List<ReportResult> open = tenants.stream()
                .filter(t -> t.isolation() != Isolation.Verified)
                // A breach must not be what there is no room for.
                .sorted(Comparator.comparing(t -> t.isolation() != Isolation.Breached))
                .map(t -> tenant(t, now))
                .toList();
        int room = ReportPlanner.RESULTS - results.size() - 1;
        results.addAll(open.subList(0, Math.min(room, open.size())));
        results.add(complete(open.size() - room, now));
        ClusterReport report = new ClusterReport();
        report.setMetadata(new ObjectMetaBuilder()
                .withName(NAME)
                .addToLabels("app.kubernetes.io/managed-by", "bulkhead-prober")
                .build());
        report.setSource(ReportPlanner.SOURCE);
        report.setSummary(ReportPlanner.summary(results));
        report.setResults(results);
        return report;
    }

    private static ReportResult control(Control control, List<TenantStanding> tenants, Instant now) {
        Map<Proof, List<String>> proofs = new TreeMap<>();
        Map<Enforcement, Integer> enforced = new TreeMap<>();
        for (TenantStanding tenant : tenants) {
            ControlStatus status = tenant.controls().stream()
                    .filter(c -> c.id().equals(control.id()))
                    .findFirst()
                    .orElse(null);
            proofs.computeIfAbsent(proof(status, now), _ -> new ArrayList<>()).add(tenant.tenant());
            if (status != null) {
                enforced.merge(status.enforcement(), 1, Integer::sum);
            }
        }
        Map<String, String> facts = new TreeMap<>();
        proofs.forEach((proof, names) -> facts.put("proof." + proof, String.valueOf(names.size())));
        enforced.forEach((how, count) -> facts.put("enforcement." + how, String.valueOf(count)));
        return new ReportResult(
                control.id(),
                control.promise(),
                "control",
                control.isolates() ? "high" : "info",
                verdict(proofs.keySet()),
                control.provable(),
                words(proofs, tenants.size()),
                ReportPlanner.timestamp(now),
                facts);
    }

    /** Whoever reads a status must see for himself that a proof is past its validity: its writer may be dead. */
    private static Proof proof(@Nullable ControlStatus status, Instant now) {
        if (status == null) {
            return Proof.Never;
        }
        return status.proof() == Proof.Proven && past(status.validUntil(), now) ? Proof.Stale : status.proof();
    }

    private static boolean past(@Nullable String validUntil, Instant now) {
        try {
            return validUntil == null || now.isAfter(Instant.parse(validUntil));
        } catch (DateTimeException _) {
            return true;
        }
    }

    private static Verdict verdict(Collection<Proof> proofs) {
        if (proofs.contains(Proof.Failed)) {
            return Verdict.fail;
        }
        if (proofs.contains(Proof.Inconclusive) || proofs.contains(Proof.Stale)) {
            return Verdict.error;
        }
        return proofs.contains(Proof.Proven) && !proofs.contains(Proof.Never) ? Verdict.pass : Verdict.skip;
    }

    private static String words(Map<Proof, List<String>> proofs, int tenants) {
        StringBuilder words = new StringBuilder(
                "proven for " + proofs.getOrDefault(Proof.Proven, List.of()).size() + " of " + tenants + " tenants");
        Stream.of(Proof.Failed, Proof.Stale, Proof.Inconclusive).forEach(proof -> {
            List<String> names = proofs.getOrDefault(proof, List.of());
            if (!names.isEmpty()) {
                words.append("; ").append(proof).append(": ").append(named(names));
            }
        });
        return words.toString();
    }

    private static String named(List<String> names) {
        return named(names, ", ");
    }

    private static String named(List<String> names, String between) {
        return String.join(between, names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    private static ReportResult coverage(Coverage coverage, Instant now) {
        return new ReportResult(
                "pair-coverage",
                "Within 30 days each tenant attacks each other one",
                "coverage",
                "info",
                coverage.attacked() >= coverage.pairs() ? Verdict.pass : Verdict.warn,
                false,
                coverage.attacked() + " of " + coverage.pairs() + " pairs since "
                        + coverage.since().truncatedTo(ChronoUnit.SECONDS)
                        + "; what reads settings covers all pairs in every round",
                ReportPlanner.timestamp(now),
                Map.of(
                        "attacked", String.valueOf(coverage.attacked()),
                        "pairs", String.valueOf(coverage.pairs())));
    }

    private static ReportResult access(PlatformAccess access, List<String> tenants, Instant now) {
        Verdict verdict =
                !access.later().isEmpty() ? Verdict.fail : access.notYet().isEmpty() ? Verdict.pass : Verdict.error;
        List<String> words = new ArrayList<>();
        if (!access.later().isEmpty()) {
            words.add("came later, and nobody answers for it: " + named(access.later(), "; ") + "; it reaches "
                    + (tenants.size() == 1 ? "tenant " : tenants.size() + " tenants: ") + named(tenants));
        }
        if (!access.notYet().isEmpty()) {
            words.add("not yet accepted: " + named(access.notYet(), "; "));
        }
        words.add("accepted: " + (access.accepted().isEmpty() ? "nobody" : named(access.accepted(), "; ")));
        if (verdict != Verdict.pass) {
            words.add("'bulkhead trusted' lists them and writes the values that accept them");
        }
        return new ReportResult(
                "platform-access",
                "Somebody answers for every account of the platform that reaches into all tenants",
                "platform",
                verdict == Verdict.fail ? "critical" : "medium",
                verdict,
                true,
                String.join(". ", words),
                ReportPlanner.timestamp(now),
                Map.of(
                        "accepted", String.valueOf(access.accepted().size()),
                        "notYet", String.valueOf(access.notYet().size()),
                        "later", String.valueOf(access.later().size()),
                        "read", access.at().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private static ReportResult server(ServerStanding server, Instant now) {
        Verdict verdict = switch (server.standing()) {
            case Apart -> Verdict.pass;
            case NotApart -> Verdict.fail;
            case Unknown -> Verdict.error;
        };
        return new ReportResult(
                "server-apart",
                "A server that tenants share keeps them apart, whatever names a request carries",
                "server",
                verdict == Verdict.fail ? "critical" : "high",
                verdict,
                true,
                server.server() + ": " + server.message(),
                ReportPlanner.timestamp(now),
                Map.of(
                        "server",
                        server.server(),
                        "tried",
                        server.at().truncatedTo(ChronoUnit.SECONDS).toString()));
    }

    private static ReportResult tenant(TenantStanding tenant, Instant now) {
        List<String> unproven = tenant.controls().stream()
                .filter(c -> Control.of(c.id()).map(Control::isolates).orElse(false))
                .filter(c -> proof(c, now) != Proof.Proven && c.enforcement() != Enforcement.NotApplicable)
                .map(c -> c.id() + " " + proof(c, now))
                .toList();
        boolean breached = tenant.isolation() == Isolation.Breached;
        return new ReportResult(
                "isolation",
                "Tenant is isolated",
                "tenant",
                breached ? "critical" : "medium",
                breached ? Verdict.fail : Verdict.error,
                true,
                "Tenant " + tenant.tenant() + " is " + (tenant.isolation() == null ? "unknown" : tenant.isolation())
                        + (unproven.isEmpty() ? "" : ": " + String.join(", ", unproven)),
                ReportPlanner.timestamp(now),
                Map.of("tenant", tenant.tenant()));
    }

    private static ReportResult complete(int leftOut, Instant now) {
        return new ReportResult(
                "report-complete",
                "The report names every tenant that does not count as isolated",
                "report",
                "info",
                leftOut > 0 ? Verdict.warn : Verdict.pass,
                false,
                leftOut > 0
                        ? leftOut + " tenants found no room here; see `kubectl get tenants`"
                        : "every such tenant is named",
                ReportPlanner.timestamp(now),
                Map.of());
    }
}
