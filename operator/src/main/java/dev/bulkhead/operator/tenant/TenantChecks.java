package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is said of a tenant that was applied, wholly or in part: for each condition a chain of checks, of which the first
 * that applies is said. Their order is the documentation. Pure.
 */
@Pure
final class TenantChecks {
    private TenantChecks() {}

    /**
     * What the checks look at.
     *
     * @param enforcement verdicts before any probe had a say
     */
    record CheckedTenant(Evidence evidence, List<ControlStatus> enforcement) {
        private Applied applied() {
            return evidence.applied();
        }
    }

    /** What a condition says. */
    record Said(Status status, Reason reason, String message) {
        private static Optional<Said> of(Status status, Reason reason) {
            return Optional.of(new Said(status, reason, reason.meaning()));
        }

        private static Optional<Said> of(Status status, Reason reason, String message) {
            return Optional.of(new Said(status, reason, message));
        }

        /** The first finding gives the reason; empty when there is none. */
        private static Optional<Said> of(Status status, List<Finding> findings) {
            return findings.isEmpty()
                    ? Optional.empty()
                    : of(status, findings.getFirst().reason(), Finding.joined(findings));
        }
    }

    /** One check; empty where it does not apply. */
    @FunctionalInterface
    private interface Check {
        Optional<Said> of(CheckedTenant found);
    }

    /** Provisioned, and every required control in force: what GitOps waits for. Pods and probes have no say in it. */
    private static final List<Check> READY = List.of(
            found -> Said.of(Status.False, found.applied().blocked()),
            found -> Said.of(Status.False, waitedFor(found)),
            TenantChecks::suspended,
            found -> Said.of(Status.False, found.evidence().looser()),
            TenantChecks::requiredControlMissing,
            _ -> Said.of(Status.True, Reason.Provisioned));

    private static final List<Check> RECONCILING =
            List.of(found -> Said.of(Status.True, found.applied().waiting()), _ -> Said.of(Status.False, Reason.Idle));

    private static final List<Check> STALLED = List.of(
            found -> Said.of(Status.True, found.applied().blocked()),
            _ -> Said.of(Status.False, Reason.Idle, "nothing is in the way"));

    private static final List<Check> WORKLOADS_AVAILABLE = List.of(
            found -> Said.of(Status.False, found.applied().findings(PartId.workflows)),
            found -> found.evidence().tenant().suspended()
                    ? Said.of(Status.False, Reason.Suspended, "workloads are stopped")
                    : Optional.empty(),
            found -> found.evidence().tenant().spec().workflows().isEmpty()
                    ? Said.of(Status.True, Reason.NoWorkflows)
                    : Optional.empty(),
            found -> Said.of(Status.False, found.evidence().unavailable()),
            _ -> Said.of(Status.True, Reason.Available));

    private static final Map<ConditionType, List<Check>> CHAINS = chains();

    private static Map<ConditionType, List<Check>> chains() {
        Map<ConditionType, List<Check>> chains = new LinkedHashMap<>();
        chains.put(ConditionType.Ready, READY);
        chains.put(ConditionType.Reconciling, RECONCILING);
        chains.put(ConditionType.Stalled, STALLED);
        chains.put(ConditionType.WorkloadsAvailable, WORKLOADS_AVAILABLE);
        return chains;
    }

    /** Sets what follows from applying; returns what {@code Ready} says, which the phase follows. */
    static Said set(Conditions conditions, CheckedTenant found) {
        CHAINS.forEach((type, chain) -> {
            Said said = first(chain, found);
            conditions.set(type, said.status(), said.reason(), said.message());
        });
        return first(READY, found);
    }

    private static Said first(List<Check> chain, CheckedTenant found) {
        return chain.stream()
                .flatMap(check -> check.of(found).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the last check of a chain always applies"));
    }

    /** A tenant is there before its pods are, and closed not before they are gone. */
    private static List<Finding> waitedFor(CheckedTenant found) {
        if (found.evidence().tenant().suspended()) {
            return found.applied().waiting();
        }
        List<Finding> workflows = found.applied().findings(PartId.workflows);
        return found.applied().waiting().stream()
                .filter(f -> !workflows.contains(f))
                .toList();
    }

    private static Optional<Said> suspended(CheckedTenant found) {
        return found.evidence().tenant().suspended() ? Said.of(Status.False, Reason.Suspended) : Optional.empty();
    }

    /** One that nobody has looked at for a while is not known to be missing, so it takes nobody's readiness away. */
    private static Optional<Said> requiredControlMissing(CheckedTenant found) {
        String missing = found.enforcement().stream()
                .filter(c -> c.demand() == Demand.Required && isMissing(c.enforcement()))
                .map(c -> c.id() + ": " + Objects.requireNonNullElse(c.message(), c.reason()))
                .collect(Collectors.joining("; "));
        return missing.isEmpty()
                ? Optional.empty()
                : Said.of(Status.False, Reason.RequiredControlNotEnforceable, missing);
    }

    private static boolean isMissing(Enforcement enforcement) {
        return switch (enforcement) {
            case Degraded, NotEnforceable -> true;
            case Enforced, Unknown, NotApplicable -> false;
        };
    }
}
