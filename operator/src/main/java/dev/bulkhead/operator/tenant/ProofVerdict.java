package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the prober found, as a Tenant's status says it at one moment: proof that is past its validity, or still to come, is stale. */
final class ProofVerdict {
    /** Incidents that a message names. */
    private static final int NAMED = 5;

    private final TenantProofs found;
    private final Instant now;

    ProofVerdict(TenantProofs found, Instant now) {
        this.found = found;
        this.now = now;
    }

    /** The verdict on a control, with what the prober says of it. */
    ControlStatus with(ControlStatus control) {
        ControlProof proof = Control.of(control.id()).map(found.proofs()::get).orElse(null);
        Proof state = state(proof);
        boolean carriedOver = control.reason().equals(Reason.OpenedByOthers.name());
        Enforcement own = carriedOver ? Enforcement.Enforced : control.enforcement();
        // What the operator wrote is in place and yet something is open: whoever looks for himself would not call it
        // kept.
        boolean opened = state == Proof.Failed && own == Enforcement.Enforced;
        String reason = carriedOver ? Reason.AsPlanned.name() : control.reason();
        return new ControlStatus(
                control.id(),
                control.demand(),
                opened ? Enforcement.Degraded : own,
                state,
                control.attestation(),
                opened ? Reason.OpenedByOthers.name() : reason,
                control.message(),
                control.seenAt(),
                control.lookEvery(),
                message(proof),
                proof == null ? null : text(proof.observedAt()),
                proof == null ? null : text(proof.validUntil()));
    }

    private Proof state(@Nullable ControlProof proof) {
        if (proof == null) {
            return Proof.Never;
        }
        if (now.isAfter(proof.validUntil()) || Look.isToCome(proof.observedAt(), now)) {
            return Proof.Stale;
        }
        return switch (proof.finding()) {
            case Proven -> Proof.Proven;
            case Failed -> Proof.Failed;
            case Inconclusive -> Proof.Inconclusive;
            case Never -> Proof.Never;
        };
    }

    /** What is proven needs no words. */
    private static @Nullable String message(@Nullable ControlProof proof) {
        return proof == null || proof.finding() == ControlProof.RoundFinding.Proven ? null : proof.message();
    }

    /**
     * Verified only when every control that isolates is proven now and no breach is open; Breached as long as a probe
     * gets through or somebody has still to acknowledge that one did.
     */
    Isolation isolation(List<ControlStatus> controls) {
        if (!found.open().isEmpty() || !breached().isEmpty()) {
            return Isolation.Breached;
        }
        return unproven(controls).isEmpty() ? Isolation.Verified : Isolation.Unknown;
    }

    /** When a probe last ran, RFC 3339; null when none did. */
    @Nullable
    String lastProbe() {
        return found.lastProbe().map(ProofVerdict::text).orElse(null);
    }

    /** Sets the conditions that only probes can tell. */
    void set(Conditions conditions, List<ControlStatus> controls) {
        if (found.proofs().isEmpty() && found.open().isEmpty()) {
            for (ConditionType type : List.of(
                    ConditionType.IsolationVerified,
                    ConditionType.IsolationBreach,
                    ConditionType.EvidenceFresh,
                    ConditionType.ReportComplete)) {
                conditions.set(type, Status.Unknown, Reason.NeverProbed, Reason.NeverProbed.meaning());
            }
            return;
        }
        verified(conditions, controls);
        breach(conditions);
        fresh(conditions, controls);
        conditions.set(
                ConditionType.ReportComplete,
                found.leftOut() == 0 ? Status.True : Status.False,
                found.leftOut() == 0 ? Reason.AsPlanned : Reason.ReportTooLong,
                found.leftOut() == 0
                        ? "the report holds every attempt that was not refused"
                        : found.leftOut() + " attempts that were not refused found no room in the report; run"
                                + " `bulkhead verify` to see them all");
    }

    private void verified(Conditions conditions, List<ControlStatus> controls) {
        List<ControlStatus> unproven = unproven(controls);
        switch (isolation(controls)) {
            case Verified ->
                conditions.set(
                        ConditionType.IsolationVerified, Status.True, Reason.Verified, Reason.Verified.meaning());
            case Breached ->
                conditions.set(
                        ConditionType.IsolationVerified, Status.False, Reason.BreachOpen, Reason.BreachOpen.meaning());
            case Unknown ->
                conditions.set(
                        ConditionType.IsolationVerified,
                        unproven.stream().anyMatch(c -> c.proof() == Proof.Failed) ? Status.False : Status.Unknown,
                        Reason.NotProven,
                        unproven.stream().map(c -> c.id() + " " + c.proof()).collect(Collectors.joining(", ")));
        }
    }

    private void breach(Conditions conditions) {
        List<String> breached = breached();
        if (!found.open().isEmpty()) {
            conditions.set(
                    ConditionType.IsolationBreach,
                    Status.True,
                    Reason.BreachOpen,
                    "not acknowledged: "
                            + named(found.open())
                            + "; see the Incident, and give spec.acknowledgement with a reference once it is dealt with");
        } else if (!breached.isEmpty()) {
            conditions.set(
                    ConditionType.IsolationBreach,
                    Status.True,
                    Reason.BreachOpen,
                    "a probe gets through: " + String.join(", ", breached));
        } else {
            conditions.set(ConditionType.IsolationBreach, Status.False, Reason.NoBreach, Reason.NoBreach.meaning());
        }
    }

    private void fresh(Conditions conditions, List<ControlStatus> controls) {
        Map<Boolean, String> byToCome = controls.stream()
                .filter(c -> c.proof() == Proof.Stale)
                .map(ControlStatus::id)
                .collect(Collectors.partitioningBy(this::isToCome, Collectors.joining(", ")));
        String stale = byToCome.entrySet().stream()
                .filter(ids -> !ids.getValue().isEmpty())
                .map(ids -> (ids.getKey() ? "observed at a time that is still to come: " : "past its validity: ")
                        + ids.getValue())
                .collect(Collectors.joining("; "));
        if (stale.isEmpty()) {
            conditions.set(ConditionType.EvidenceFresh, Status.True, Reason.ProofFresh, Reason.ProofFresh.meaning());
        } else {
            conditions.set(
                    ConditionType.EvidenceFresh,
                    Status.False,
                    Reason.ProofStale,
                    stale + "; look whether bulkhead-prober runs");
        }
    }

    private boolean isToCome(String id) {
        return Control.of(id)
                .map(found.proofs()::get)
                .filter(proof -> Look.isToCome(proof.observedAt(), now))
                .isPresent();
    }

    private static List<ControlStatus> unproven(List<ControlStatus> controls) {
        return controls.stream()
                .filter(c -> Control.of(c.id()).map(Control::isolates).orElse(false)
                        && c.enforcement() != Enforcement.NotApplicable
                        && c.proof() != Proof.Proven)
                .toList();
    }

    /** A breach does not go away because time passes: only another round that finds the way closed ends it. */
    private List<String> breached() {
        return found.proofs().values().stream()
                .filter(ControlProof::breach)
                .map(p -> p.control().id())
                .sorted()
                .toList();
    }

    private static String named(List<Incident> incidents) {
        return incidents.stream().limit(NAMED).map(ProofVerdict::named).collect(Collectors.joining(", "))
                + (incidents.size() > NAMED ? " and " + (incidents.size() - NAMED) + " more" : "");
    }

    private static String named(Incident incident) {
        return "Incident " + incident.getMetadata().getName() + " ("
                + incident.getSpec().finding().control() + ")";
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
