package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus.Attestation;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Demand;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.Proof;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.ValidTenant;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The verdict on each control, computed from what was applied and found, never from what was wished. Nothing is green
 * by default: what this version does not do is {@code NotEnforceable}, what no probe has shown is {@code Never}.
 */
final class Verdicts {
    private static final String NO_MESSAGE = "";

    private final ValidTenant tenant;
    /** How often a tenant comes by at the latest: our own objects are watched, the rest is read then. */
    private static final Duration PASS = Duration.ofMinutes(10);

    private final Instant now;
    private final Optional<Look> databaseLook;
    private final Optional<Look> storeLook;
    private final List<Finding> looser;
    private final Applied applied;
    private final List<Capability> databaseCapabilities;
    private final List<Capability> storeCapabilities;

    Verdicts(TenantReport.Evidence evidence, Instant now) {
        this.now = now;
        this.databaseLook = evidence.databaseLook();
        this.storeLook = evidence.storeLook();
        this.tenant = evidence.tenant();
        this.looser = evidence.looser();
        this.applied = evidence.applied();
        this.databaseCapabilities = evidence.databaseCapabilities();
        this.storeCapabilities = evidence.storeCapabilities();
    }

    /** What was found about one control. */
    private record Found(Enforcement enforcement, Reason reason, String message) {}

    List<ControlStatus> all() {
        return Arrays.stream(Control.values()).map(this::verdict).toList();
    }

    private ControlStatus verdict(Control control) {
        Found found = found(control);
        boolean kept = found.reason() != Reason.NotImplemented;
        Look look = look(control);
        if (found.enforcement() == Enforcement.Enforced && look.isLost(now)) {
            found = new Found(Enforcement.Unknown, Reason.NotLookedAt, notLookedAt(place(control), look));
        }
        Demand demand = tenant.rules().controls().getOrDefault(control.id(), Demand.Expected);
        return new ControlStatus(
                control.id(),
                demand,
                found.enforcement(),
                Proof.Never,
                control.attestable() ? Attestation.Missing : Attestation.NotRequired,
                found.reason().name(),
                found.message().isEmpty() ? null : found.message(),
                kept ? look.at().truncatedTo(ChronoUnit.SECONDS).toString() : null,
                kept ? look.every().toString() : null,
                null,
                null,
                null);
    }

    /** What a pass finds in place costs no look at the backend: then the last sweep's counts. */
    private Look look(Control control) {
        Look here = new Look(now, PASS);
        return switch (control) {
            case TI_DB -> databaseLook.orElse(here);
            case TI_OBJ -> storeLook.orElse(here);
            case TI_NS,
                    TI_NET,
                    TI_EGR,
                    TI_POD,
                    TI_RBAC,
                    TI_ADM,
                    TI_SEC,
                    TI_REST,
                    TI_TLS,
                    TI_BAK,
                    TI_DRILL,
                    TI_RET,
                    TI_DEL,
                    TI_LOG,
                    TI_ENV,
                    TI_RES,
                    TI_CFG,
                    TI_INC,
                    TI_ATT,
                    TI_SLO -> here;
        };
    }

    private String place(Control control) {
        return control == Control.TI_DB
                ? "DatabaseServer " + tenant.database().server()
                : "ObjectStore " + tenant.objectStore().store();
    }

    static String notLookedAt(String what, Look last) {
        return what + " was last looked at " + last.at().truncatedTo(ChronoUnit.SECONDS) + ", and should be every "
                + last.every() + "; whether it is in force is not known";
    }

    private Found found(Control control) {
        return switch (control) {
            case TI_NS -> from(PartId.namespaces);
            case TI_NET -> from(PartId.network);
            case TI_EGR -> egress();
            case TI_POD -> from(PartId.namespaces, PartId.limits);
            case TI_RBAC -> from(PartId.access);
            case TI_DB -> lacking(PartId.database, databaseCapabilities);
            case TI_OBJ -> lacking(PartId.objectStore, storeCapabilities);
            case TI_SEC -> from(PartId.keys, PartId.secrets);
            case TI_TLS -> transport();
            case TI_ENV -> environment();
            case TI_CFG -> bounds();
            case TI_ADM, TI_REST, TI_BAK, TI_DRILL, TI_RET, TI_DEL, TI_LOG, TI_RES, TI_INC, TI_ATT, TI_SLO ->
                new Found(
                        Enforcement.NotEnforceable,
                        Reason.NotImplemented,
                        "this version of the operator does not do it yet; keep it by other means");
        };
    }

    private Found from(PartId... features) {
        List<Finding> findings = Arrays.stream(features)
                .flatMap(f -> applied.findings(f).stream())
                .toList();
        if (!findings.isEmpty()) {
            return new Found(
                    Enforcement.Degraded,
                    findings.getFirst().reason(),
                    findings.getFirst().text());
        }
        List<Finding> refused = Arrays.stream(features)
                .flatMap(f -> applied.refused(f).stream())
                .toList();
        if (!refused.isEmpty()) {
            return new Found(Enforcement.Degraded, refused.getFirst().reason(), Finding.joined(refused));
        }
        boolean done = Arrays.stream(features).allMatch(applied::done);
        return done
                ? new Found(Enforcement.Enforced, Reason.AsPlanned, NO_MESSAGE)
                : new Found(Enforcement.Degraded, Reason.WaitingFor, "what comes before it is not in place yet");
    }

    private Found egress() {
        Found policies = from(PartId.network);
        if (policies.enforcement() != Enforcement.Enforced
                || tenant.network().deniedHosts().isEmpty()) {
            return policies;
        }
        return new Found(
                Enforcement.Enforced,
                Reason.AsPlanned,
                "denied until there is an egress gateway: "
                        + String.join(", ", tenant.network().deniedHosts()));
    }

    /** What was validated holds for the backends that the tenant was made on, and for no others. */
    private Found environment() {
        Found backends = from(PartId.database, PartId.objectStore);
        return backends.enforcement() != Enforcement.Enforced
                ? backends
                : new Found(
                        Enforcement.Enforced,
                        Reason.AsPlanned,
                        "database server and object store serve "
                                + tenant.spec().environment() + " only");
    }

    private Found bounds() {
        return looser.isEmpty()
                ? new Found(Enforcement.Enforced, Reason.AsPlanned, "bounds of profile " + tenant.profile() + " hold")
                : new Found(Enforcement.Degraded, Reason.LooserThanProfile, Finding.joined(looser));
    }

    private Found lacking(PartId feature, List<Capability> capabilities) {
        Found made = from(feature);
        List<String> lacking = capabilities.stream()
                .filter(c -> !c.available())
                .map(Capability::name)
                .sorted()
                .toList();
        if (made.enforcement() != Enforcement.Enforced || lacking.isEmpty()) {
            return made;
        }
        return new Found(
                Enforcement.Enforced, Reason.AsPlanned, "the server does not offer: " + String.join(", ", lacking));
    }

    private Found transport() {
        List<String> plain = new ArrayList<>();
        if (!tenant.database().tls()) {
            plain.add("DatabaseServer " + tenant.database().server());
        }
        if (!tenant.objectStore().tls()) {
            plain.add("ObjectStore " + tenant.objectStore().store());
        }
        return plain.isEmpty()
                ? new Found(Enforcement.Enforced, Reason.AsPlanned, "database and object store: TLS, peer verified")
                : new Found(
                        Enforcement.NotEnforceable,
                        Reason.NotEnforceable,
                        "no TLS at " + String.join(" and ", plain) + "; configure it there");
    }
}
