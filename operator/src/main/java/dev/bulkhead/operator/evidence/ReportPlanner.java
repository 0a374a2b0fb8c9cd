package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.openreports.ReportContent.ReportResult;
import dev.bulkhead.api.openreports.ReportContent.Summary;
import dev.bulkhead.api.openreports.ReportContent.Timestamp;
import dev.bulkhead.api.openreports.ReportContent.Verdict;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Plans the report of a tenant: one result per control of the catalogue, then one per attempt that was not refused. What
 * is enforced, what was proven and what somebody attested stay three separate facts.
 */
public final class ReportPlanner {
    /** Name of the report. */
    public static final String NAME = "bulkhead";

    /** Source of all results. */
    public static final String SOURCE = "bulkhead";

    /** Annotation: how many attempts that were not refused found no room. */
    public static final String LEFT_OUT = "bulkhead.dev/left-out";

    /** Most results of one report: what readers of OpenReports expect at most. */
    static final int RESULTS = 100;

    private static final int MESSAGE = 800;

    private ReportPlanner() {}

    /** Whom a report is about. */
    public record About(String tenant, TenantIdentity identity, String namespace) {}

    /**
     * The report.
     *
     * @param controls of the tenant's status: enforcement and attestation; empty where there is none yet
     * @param proofs of the round
     * @param trials of the round
     */
    public static Report plan(
            About about, List<ControlStatus> controls, List<ControlProof> proofs, List<Trial> trials, Instant now) {
        Map<String, ControlStatus> enforced =
                controls.stream().collect(Collectors.toMap(ControlStatus::id, Function.identity(), (a, _) -> a));
        Map<Control, ControlProof> proven =
                proofs.stream().collect(Collectors.toMap(ControlProof::control, Function.identity()));
        List<ReportResult> results = new ArrayList<>(Arrays.stream(Control.values())
                .map(control -> result(control, enforced.get(control.id()), proven.get(control), now))
                .toList());
        List<Trial> open = trials.stream()
                .filter(t -> t.result() != Trial.TrialResult.Blocked)
                .toList();
        int room = RESULTS - results.size();
        open.stream().limit(room).map(trial -> result(trial, now)).forEach(results::add);
        Report report = new Report();
        report.setMetadata(new ObjectMetaBuilder()
                .withName(NAME)
                .withNamespace(about.namespace())
                .withLabels(Marks.of(about.tenant(), about.identity()))
                .addToAnnotations(LEFT_OUT, String.valueOf(Math.max(0, open.size() - room)))
                .build());
        report.setSource(SOURCE);
        report.setScope(new ObjectReferenceBuilder()
                .withApiVersion("bulkhead.dev/v1beta1")
                .withKind("Tenant")
                .withName(about.tenant())
                .withUid(about.identity().value())
                .build());
        report.setSummary(summary(results));
        report.setResults(results);
        return report;
    }

    private static ReportResult result(
            Control control, @Nullable ControlStatus enforced, @Nullable ControlProof proof, Instant now) {
        Map<String, String> facts = new TreeMap<>();
        facts.put(
                "proof",
                proof == null ? RoundFinding.Never.name() : proof.finding().name());
        facts.put(
                "measures",
                String.join(", ", ControlCatalogue.of(control).measures().keySet()));
        if (enforced != null) {
            facts.put("enforcement", enforced.enforcement().name());
            facts.put("attestation", enforced.attestation().name());
            facts.put("demand", enforced.demand().name());
        }
        if (proof != null) {
            facts.put("breach", String.valueOf(proof.breach()));
            facts.put("attempts", String.valueOf(proof.attempts()));
            facts.put("blocked", String.valueOf(proof.blocked()));
            facts.put("observedAt", text(proof.observedAt()));
            facts.put("validUntil", text(proof.validUntil()));
        }
        return new ReportResult(
                control.id(),
                control.promise(),
                "control",
                proof != null && proof.breach() ? "critical" : "info",
                verdict(proof == null ? RoundFinding.Never : proof.finding()),
                proof != null,
                proof == null ? "no probe of this control ran" : proof.message(),
                timestamp(proof == null ? now : proof.observedAt()),
                facts);
    }

    private static ReportResult result(Trial trial, Instant now) {
        Map<String, String> facts = new TreeMap<>();
        facts.put("kind", trial.kind().name());
        facts.put("attack", limited(trial.attack().toString()));
        facts.put("check", limited(trial.check().toString()));
        return new ReportResult(
                trial.proves().id(),
                trial.name(),
                "attempt",
                trial.breach() ? "critical" : "medium",
                trial.result() == Trial.TrialResult.Through ? Verdict.fail : Verdict.error,
                true,
                limited(trial.explanation()),
                timestamp(now),
                facts);
    }

    private static Verdict verdict(RoundFinding finding) {
        return switch (finding) {
            case Proven -> Verdict.pass;
            case Failed -> Verdict.fail;
            case Inconclusive -> Verdict.error;
            case Never -> Verdict.skip;
        };
    }

    /** How many results of each kind there are. */
    static Summary summary(List<ReportResult> results) {
        return new Summary(
                count(results, Verdict.pass),
                count(results, Verdict.fail),
                count(results, Verdict.warn),
                count(results, Verdict.error),
                count(results, Verdict.skip));
    }

    private static int count(List<ReportResult> results, Verdict verdict) {
        return (int) results.stream().filter(r -> r.result() == verdict).count();
    }

    /** A moment as reports write it. */
    static Timestamp timestamp(Instant time) {
        return new Timestamp(time.getEpochSecond(), 0);
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String limited(String text) {
        return text.length() <= MESSAGE ? text : text.substring(0, MESSAGE - 1) + "…";
    }
}
