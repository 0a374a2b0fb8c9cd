package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.ControlVerdict;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The verdict on each control, put together from what the parts say of it. Nothing is green by default: what no part
 * speaks of is {@code NotEnforceable}, what no probe has shown is {@code Never}. Pure.
 */
@Pure
final class Verdicts {
    /** How often a tenant comes by at the latest: our own objects are watched, the rest is read then. */
    private static final Duration PASS = Duration.ofMinutes(10);

    private final Evidence evidence;
    private final Instant now;

    Verdicts(Evidence evidence, Instant now) {
        this.evidence = evidence;
        this.now = now;
    }

    List<ControlStatus> all() {
        return Arrays.stream(Control.values()).map(this::status).toList();
    }

    private ControlStatus status(Control control) {
        ControlVerdict verdict = verdict(control);
        ControlVerdict.SeenElsewhere seen = verdict.seen();
        Look look = seen == null ? new Look(now, PASS) : seen.look();
        if (seen != null && verdict.enforced() && look.isLost(now)) {
            verdict = new ControlVerdict(
                    control, Enforcement.Unknown, Reason.NotLookedAt, notLookedAt(seen.where(), look), seen);
        }
        boolean kept = verdict.reason() != Reason.NotImplemented;
        return new ControlStatus(
                control.id(),
                evidence.tenant().rules().controls().getOrDefault(control.id(), Demand.Expected),
                verdict.enforcement(),
                Proof.Never,
                control.attestable() ? Attestation.Missing : Attestation.NotRequired,
                verdict.reason().name(),
                verdict.message().isEmpty() ? null : verdict.message(),
                kept ? look.at().truncatedTo(ChronoUnit.SECONDS).toString() : null,
                kept ? look.every().toString() : null,
                null,
                null,
                null);
    }

    static String notLookedAt(String what, Look last) {
        return what + " was last looked at " + last.at().truncatedTo(ChronoUnit.SECONDS) + ", and should be every "
                + last.every() + "; whether it is in force is not known";
    }

    /** In force when all parts say so; else what is missing first gives the reason, and all of it is named. */
    private ControlVerdict verdict(Control control) {
        List<ControlVerdict> said = Stream.concat(evidence.verdicts().stream(), Stream.of(bounds()))
                .filter(v -> v.control() == control)
                .toList();
        if (said.isEmpty()) {
            return new ControlVerdict(
                    control,
                    Enforcement.NotEnforceable,
                    Reason.NotImplemented,
                    "this version of the operator does not do it yet; keep it by other means",
                    null);
        }
        List<ControlVerdict> missing = said.stream().filter(v -> !v.enforced()).toList();
        List<ControlVerdict> causes =
                missing.stream().filter(v -> v.reason() != Reason.WaitingFor).toList();
        List<ControlVerdict> told = !causes.isEmpty() ? causes : !missing.isEmpty() ? missing : said;
        return new ControlVerdict(
                control,
                told.getFirst().enforcement(),
                told.getFirst().reason(),
                told.stream()
                        .map(ControlVerdict::message)
                        .filter(message -> !message.isEmpty())
                        .distinct()
                        .collect(Collectors.joining("; ")),
                said.stream()
                        .map(ControlVerdict::seen)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null));
    }

    /** No part's, for it is about the spec itself. */
    private ControlVerdict bounds() {
        List<Finding> looser = evidence.looser();
        return looser.isEmpty()
                ? ControlVerdict.enforced(
                        Control.TI_CFG, "bounds of profile " + evidence.tenant().profile() + " hold")
                : new ControlVerdict(
                        Control.TI_CFG, Enforcement.Degraded, Reason.LooserThanProfile, Finding.joined(looser), null);
    }
}
