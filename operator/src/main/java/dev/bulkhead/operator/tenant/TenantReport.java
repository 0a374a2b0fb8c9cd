package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.NamespaceStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.TenantProofs;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Computes the status of a tenant from what was applied and observed. Pure. */
@Pure
public final class TenantReport {
    private final @Nullable TenantStatus before;
    private final long generation;
    private final Instant now;
    private final @Nullable Instant lastApplied;
    private final ProofVerdict proofs;

    /**
     * Starts from the status that was there before.
     *
     * @param generation metadata.generation of the Tenant that was reconciled
     * @param lastApplied when this process last applied the tenant's plan; null when it did not yet
     * @param found what the prober says
     */
    public TenantReport(
            @Nullable TenantStatus before,
            long generation,
            Instant now,
            @Nullable Instant lastApplied,
            TenantProofs found) {
        this.lastApplied = lastApplied;
        this.before = before;
        this.generation = generation;
        this.now = now;
        this.proofs = new ProofVerdict(found, now);
    }

    /** Whether the status that was there before is of this very generation. */
    boolean isCurrent() {
        return before != null && Objects.equals(before.observedGeneration(), generation);
    }

    /** When the pass that it reports on began. */
    Instant now() {
        return now;
    }

    /**
     * The status of a Tenant that could not be planned: what was known before stays.
     *
     * @param meanwhile what is done for it nevertheless
     */
    public TenantStatus refused(String identity, List<Finding> findings, String meanwhile) {
        List<Finding> ordered = gravestFirst(findings);
        Finding first = ordered.getFirst();
        String text = Finding.joined(ordered);
        Conditions conditions = new Conditions(previousConditions(), now, generation)
                .set(ConditionType.Ready, Status.False, first.reason(), text)
                .set(ConditionType.Reconciling, Status.False, Reason.Idle, meanwhile)
                .set(ConditionType.Stalled, Status.True, first.reason(), text);
        unattested(conditions);
        carryOver(conditions, ConditionType.WorkloadsAvailable);
        TenantStatus old = before == null ? empty() : before;
        return with(degraded(old, findings), refusedPhase(findings), identity, conditions);
    }

    /** What was refused says so at the control it is about too, whatever the last pass that went through said of it. */
    private static TenantStatus degraded(TenantStatus old, List<Finding> findings) {
        return old.withControls(old.controls().stream()
                .map(control -> {
                    List<Finding> about = findings.stream()
                            .filter(finding -> control.id().equals(about(finding.reason())))
                            .toList();
                    return about.isEmpty()
                            ? control
                            : control.withEnforcement(
                                    Enforcement.Degraded,
                                    about.getFirst().reason().name(),
                                    Finding.joined(about));
                })
                .toList());
    }

    private static @Nullable String about(Reason reason) {
        return switch (reason) {
            // A backend that no longer serves the tenant's environment: nobody may go on calling the two kept apart.
            case UnknownServer, UnknownStore -> Control.TI_ENV.id();
            case LooserThanProfile -> Control.TI_CFG.id();
            default -> null;
        };
    }

    /** What is said first is what the phase is about: nobody should look at a server while the spec is wrong. */
    private static List<Finding> gravestFirst(List<Finding> findings) {
        return findings.stream()
                .sorted(Comparator.comparingInt(
                        f -> isConflict(f.reason()) ? 0 : f.reason().isPlatform() ? 2 : 1))
                .toList();
    }

    /** A Tenant that only waits for the platform is not wrong, and one that already lives does not become new again. */
    private TenantPhase refusedPhase(List<Finding> findings) {
        if (findings.stream().anyMatch(f -> isConflict(f.reason()))) {
            return TenantPhase.Conflict;
        }
        if (findings.stream().allMatch(f -> f.reason().isPlatform())) {
            return wasProvisioned() ? TenantPhase.Degraded : TenantPhase.Pending;
        }
        return TenantPhase.Invalid;
    }

    /**
     * The status of a Tenant that could not be reconciled for a reason nobody thought of: everything that was known
     * stays, and nothing is claimed to be ready.
     *
     * @param correlation what to look for in the operator's log
     */
    public TenantStatus broken(String identity, String correlation) {
        String text = Reason.InternalError.meaning() + " Look for correlation=" + correlation
                + " in the operator's log and report it; tried again by itself.";
        TenantStatus old = before == null ? empty() : before;
        Conditions conditions = new Conditions(previousConditions(), now, generation)
                .set(ConditionType.Ready, Status.Unknown, Reason.InternalError, text)
                .set(ConditionType.Reconciling, Status.True, Reason.InternalError, text)
                .set(ConditionType.Stalled, Status.False, Reason.Idle, "nothing is in the way");
        unattested(conditions);
        carryOver(conditions, ConditionType.WorkloadsAvailable);
        return old.phase() == null
                ? with(old, TenantPhase.Provisioning, identity, conditions)
                : with(
                        old,
                        old.phase() == TenantPhase.Active ? TenantPhase.Degraded : old.phase(),
                        identity,
                        conditions);
    }

    /** The status of a Tenant whose plan was applied, wholly or in part. */
    public TenantStatus of(Evidence evidence) {
        List<ControlStatus> enforcement = new Verdicts(evidence, now).all();
        List<ControlStatus> controls =
                renewed(enforcement.stream().map(proofs::with).toList());
        Conditions conditions = new Conditions(previousConditions(), now, generation);
        TenantChecks.Said ready = TenantChecks.set(conditions, new TenantChecks.CheckedTenant(evidence, enforcement));
        proofs.set(conditions, controls);
        unattested(conditions);
        return BackedParts.saying(
                homes(evidence),
                new TenantStatus(
                        generation,
                        phase(evidence, ready),
                        evidence.tenant().identity().value(),
                        proofs.isolation(controls),
                        enforced(controls),
                        proven(controls),
                        attested(controls),
                        proofs.lastProbe(),
                        namespaces(evidence),
                        null,
                        null,
                        evidence.keys(),
                        before == null ? null : before.rotation(),
                        evidence.workflows(),
                        controls,
                        evidence.risks(),
                        conditions.list(),
                        null));
    }

    /** An old time stands for an hour: an unchanged tenant costs one status write in that time and not one a look. */
    private static final Duration RENEWED_AFTER = Duration.ofHours(1);

    private List<ControlStatus> renewed(List<ControlStatus> verdicts) {
        Map<String, ControlStatus> old = before == null
                ? Map.of()
                : before.controls().stream().collect(Collectors.toMap(ControlStatus::id, c -> c, (a, _) -> a));
        return verdicts.stream().map(c -> renewed(c, old.get(c.id()))).toList();
    }

    private static ControlStatus renewed(ControlStatus now, @Nullable ControlStatus old) {
        if (old == null
                || old.seenAt() == null
                || now.seenAt() == null
                || Instant.parse(old.seenAt()).isAfter(Instant.parse(now.seenAt())) // the clock was set back
                || old.enforcement() != now.enforcement()
                || !Objects.equals(old.lookEvery(), now.lookEvery())) {
            return now;
        }
        Instant until = Instant.parse(old.seenAt()).plus(RENEWED_AFTER);
        return Instant.parse(now.seenAt()).isBefore(until) ? now.withSeenAt(old.seenAt()) : now;
    }

    /** What this pass did not look at is in force only as long as the last look at it counts. */
    private ControlStatus unseen(ControlStatus control) {
        if (control.enforcement() != Enforcement.Enforced || control.seenAt() == null || control.lookEvery() == null) {
            return control;
        }
        Instant seen = Instant.parse(control.seenAt());
        Look last = new Look(
                lastApplied != null && lastApplied.isAfter(seen) ? lastApplied : seen,
                Duration.parse(control.lookEvery()));
        return last.isLost(now)
                ? control.withEnforcement(
                        Enforcement.Unknown, Reason.NotLookedAt.name(), Verdicts.notLookedAt("the tenant", last))
                : control;
    }

    private TenantStatus with(TenantStatus old, TenantPhase phase, String identity, Conditions conditions) {
        List<ControlStatus> controls =
                old.controls().stream().map(this::unseen).map(proofs::with).toList();
        proofs.set(conditions, controls);
        return BackedParts.saying(
                BackedParts.homes(old),
                new TenantStatus(
                        generation,
                        phase,
                        identity,
                        controls.isEmpty() ? Isolation.Unknown : proofs.isolation(controls),
                        controls.isEmpty() ? old.enforced() : enforced(controls),
                        controls.isEmpty() ? old.proven() : proven(controls),
                        old.attested(),
                        proofs.lastProbe(),
                        old.namespaces(),
                        null,
                        null,
                        old.keys(),
                        old.rotation(),
                        old.workflows(),
                        controls,
                        old.residualRisks(),
                        conditions.list(),
                        null));
    }

    /** A credential counts as in use once it was made; where it could not be looked at, what was known before counts. */
    private Homes homes(Evidence evidence) {
        Map<PartId, Home> homes = new EnumMap<>(PartId.class);
        homes.putAll(BackedParts.homes(before).homes());
        evidence.homes().homes().forEach((part, planned) -> {
            if (evidence.applied().done(part)) {
                homes.put(part, planned);
            } else if (evidence.applied().of(part).reached()) {
                homes.putIfAbsent(part, planned.shut());
            }
        });
        return new Homes(homes);
    }

    /** What only attestations and backups can tell, and nobody has told yet: Unknown, never green. */
    private static void unattested(Conditions conditions) {
        conditions
                .set(
                        ConditionType.AttestationsCurrent,
                        Status.Unknown,
                        Reason.NotAttested,
                        Reason.NotAttested.meaning())
                .set(
                        ConditionType.BackupsHealthy,
                        Status.Unknown,
                        Reason.NotImplemented,
                        Reason.NotImplemented.meaning())
                .set(
                        ConditionType.RetentionHealthy,
                        Status.Unknown,
                        Reason.NotImplemented,
                        Reason.NotImplemented.meaning());
    }

    private void carryOver(Conditions conditions, ConditionType type) {
        previousConditions().stream()
                .filter(type::is)
                .forEach(c -> conditions.set(type, c.status(), Reason.valueOf(c.reason()), c.message()));
    }

    private TenantPhase phase(Evidence evidence, TenantChecks.Said ready) {
        if (evidence.applied().blocked().stream().anyMatch(f -> isConflict(f.reason()))) {
            return TenantPhase.Conflict;
        }
        if (ready.status() == Status.True) {
            return TenantPhase.Active;
        }
        if (evidence.tenant().suspended() && evidence.applied().waiting().isEmpty()) {
            return TenantPhase.Suspended;
        }
        TenantPhase old = before == null ? null : before.phase();
        if (old != null && wasProvisioned() && ready.reason().isPassing()) {
            return old; // nothing is wrong with it: it only takes time
        }
        return wasProvisioned() || ready.reason() == Reason.LooserThanProfile
                ? TenantPhase.Degraded
                : TenantPhase.Provisioning;
    }

    private boolean wasProvisioned() {
        TenantPhase old = before == null ? null : before.phase();
        return old == TenantPhase.Active || old == TenantPhase.Degraded || old == TenantPhase.Suspended;
    }

    private static List<NamespaceStatus> namespaces(Evidence evidence) {
        boolean done = evidence.applied().done(PartId.namespaces);
        List<String> conflicts =
                evidence.applied().blocked().stream().map(Finding::subject).toList();
        return evidence.tenant().namespaces().stream()
                .map(share -> share.namespace().fullName())
                .map(name -> new NamespaceStatus(
                        name, conflicts.contains("Namespace " + name) ? "Conflict" : done ? "Ready" : "Pending"))
                .toList();
    }

    private static String enforced(List<ControlStatus> controls) {
        long applicable = controls.stream()
                .filter(c -> c.enforcement() != Enforcement.NotApplicable)
                .count();
        long enforced = controls.stream()
                .filter(c -> c.enforcement() == Enforcement.Enforced)
                .count();
        return enforced + "/" + applicable;
    }

    private static String proven(List<ControlStatus> controls) {
        List<ControlStatus> provable = controls.stream()
                .filter(c -> c.enforcement() != Enforcement.NotApplicable
                        && Control.of(c.id()).map(Control::provable).orElse(false))
                .toList();
        return provable.stream().filter(c -> c.proof() == Proof.Proven).count() + "/" + provable.size();
    }

    private static String attested(List<ControlStatus> controls) {
        List<ControlStatus> attestable = controls.stream()
                .filter(c -> c.attestation() != Attestation.NotRequired)
                .toList();
        return attestable.stream()
                        .filter(c -> c.attestation() == Attestation.Current)
                        .count()
                + "/"
                + attestable.size();
    }

    private static boolean isConflict(Reason reason) {
        return reason == Reason.Conflict || reason == Reason.FormerIdentity;
    }

    private List<Condition> previousConditions() {
        return before == null ? List.of() : before.conditions();
    }

    private static TenantStatus empty() {
        return new TenantStatus(
                null, null, null, null, null, null, null, null, List.of(), null, null, null, null, List.of(), List.of(),
                List.of(), List.of(), null);
    }
}
