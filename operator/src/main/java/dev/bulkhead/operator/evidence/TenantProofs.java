package dev.bulkhead.operator.evidence;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.openreports.ReportContent.ReportResult;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the prober says about a tenant, as its report and the open incidents give it.
 *
 * @param proofs by control; a control that is missing was never tried
 * @param open incidents that nobody acknowledged yet, oldest first
 * @param leftOut attempts that were not refused and found no room in the report
 */
public record TenantProofs(Map<Control, ControlProof> proofs, List<Incident> open, int leftOut) {
    /** Nobody has looked yet. */
    public static final TenantProofs NONE = new TenantProofs(Map.of(), List.of(), 0);

    /** Makes collections immutable. */
    public TenantProofs {
        proofs = Map.copyOf(proofs);
        open = List.copyOf(open);
    }

    /**
     * Reads the report of a tenant. A result that cannot be read counts as never tried: evidence that is damaged proves
     * nothing.
     *
     * @param report null where there is none
     * @param incidents of this tenant's identity
     */
    public static TenantProofs of(@Nullable Report report, List<Incident> incidents) {
        Map<Control, ControlProof> proofs = new EnumMap<>(Control.class);
        if (report != null) {
            report.getResults().stream()
                    .filter(r -> "control".equals(r.category()))
                    .flatMap(r -> proof(r).stream())
                    .forEach(p -> proofs.put(p.control(), p));
        }
        List<Incident> open = new ArrayList<>(incidents);
        open.removeIf(i -> i.getSpec() == null || i.getSpec().acknowledgement() != null);
        open.sort(Comparator.comparing((Incident i) -> i.getSpec().finding().foundAt())
                .thenComparing(i -> i.getMetadata().getName()));
        return new TenantProofs(proofs, open, report == null ? 0 : leftOut(report));
    }

    /** The same of a tenant that is not as it was proven: what was proven is not, and what was open stays open. */
    public TenantProofs lapsed(String reason) {
        Map<Control, ControlProof> lapsed = new EnumMap<>(Control.class);
        proofs.forEach((control, proof) ->
                lapsed.put(control, proof.finding() == RoundFinding.Proven ? proof.lapsed(reason) : proof));
        return new TenantProofs(lapsed, open, leftOut);
    }

    /** When the youngest proof was made; empty when nobody has looked yet. */
    public Optional<Instant> lastProbe() {
        return proofs.values().stream().map(ControlProof::observedAt).max(Comparator.naturalOrder());
    }

    private static Optional<ControlProof> proof(ReportResult result) {
        Map<String, String> facts = result.properties();
        try {
            Optional<Control> control = Control.of(result.policy());
            if (control.isEmpty() || !facts.containsKey("observedAt")) {
                return Optional.empty();
            }
            return Optional.of(new ControlProof(
                    control.get(),
                    RoundFinding.valueOf(facts.getOrDefault("proof", "")),
                    Boolean.parseBoolean(facts.getOrDefault("breach", "false")),
                    Integer.parseInt(facts.getOrDefault("attempts", "0")),
                    Integer.parseInt(facts.getOrDefault("blocked", "0")),
                    result.message() == null ? "" : result.message(),
                    Instant.parse(facts.getOrDefault("observedAt", "")),
                    Instant.parse(facts.getOrDefault("validUntil", ""))));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static int leftOut(Report report) {
        Map<String, String> annotations = report.getMetadata().getAnnotations();
        String text = annotations == null ? null : annotations.get(ReportPlanner.LEFT_OUT);
        return text != null && text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 0;
    }
}
