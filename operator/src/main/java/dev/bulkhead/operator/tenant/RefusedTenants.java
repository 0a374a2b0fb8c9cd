package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.lifecycle.Placements;
import dev.bulkhead.operator.lifecycle.TenantClosing;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is done for a Tenant that cannot be planned: it is closed where its spec says so, and else kept as it was last
 * accepted. See ADR 6.
 */
final class RefusedTenants {
    /** Reasons that may go away without anything we watch. */
    private static final List<Reason> PASSING = List.of(Reason.KeyUnavailable, Reason.KeyRingMissing);

    private final Compartment compartment;
    private final Tools tools;
    private final TenantClosing closing;
    private final PlatformSettings settings;
    private final AcceptedTenants accepted = new AcceptedTenants();

    RefusedTenants(Compartment compartment, Tools tools, TenantClosing closing, PlatformSettings settings) {
        this.compartment = compartment;
        this.tools = tools;
        this.closing = closing;
        this.settings = settings;
    }

    /** Remembers a tenant that was accepted, for the day it is refused; tells what its key ring is to say of it. */
    String accepted(Tenant object, ValidTenant tenant, ObservedTenant observed) {
        return accepted.accept(object, tenant, observed);
    }

    /** Forgets a tenant that is gone. */
    void forget(TenantIdentity identity, String tenant) {
        accepted.forget(identity, tenant);
    }

    /**
     * What was done for one.
     *
     * @param through whether nothing of it is left to try again
     * @param looked whether all that is to be in force was looked at
     * @param words what people should know of it
     */
    private record Kept(boolean through, boolean looked, String words) {
        private static final Kept NOTHING = new Kept(true, false, "waits for a change of the Tenant or the platform");
    }

    /** Keeps it, and says why it was refused. */
    TenantPipeline.PassResult keep(
            Tenant tenant, ObservedTenant observed, TenantReport report, List<Finding> findings) {
        boolean passing = findings.stream().allMatch(f -> PASSING.contains(f.reason()));
        Optional<ValidTenant> held = accepted.of(tenant, observed);
        Kept kept = observed.foreign() ? Kept.NOTHING : kept(held, tenant, observed);
        return new TenantPipeline.PassResult(
                report.refused(observed.identity().value(), findings, kept.words())
                        .withUnprovisioned(observed.untouched() && held.isEmpty()),
                !passing && kept.through(),
                kept.looked());
    }

    private Kept kept(Optional<ValidTenant> held, Tenant tenant, ObservedTenant observed) {
        if (held.isPresent()) {
            return asAccepted(held.get(), observed);
        }
        return tenant.getSpec().suspended() ? closed(tenant, observed) : Kept.NOTHING;
    }

    private Kept asAccepted(ValidTenant held, ObservedTenant observed) {
        KeyRingStore.FoundRing.Open open = observed.ring() instanceof KeyRingStore.FoundRing.Open found ? found : null;
        Prepared prepared = compartment.prepared(
                held,
                settings,
                open == null ? TenantState.at(held.placement()) : open.state(),
                null,
                open == null ? null : open.ring());
        TenantPlan plan = compartment.plan(held, prepared);
        Applied done;
        if (open == null) {
            done = compartment.keepClosed(plan, Work.begin(tools, held.identity(), null, observed.sealed()));
        } else {
            try (KeyRing ring = prepared.into(open.ring())) {
                done = compartment.apply(plan, Work.begin(tools, held.identity(), ring, observed.sealed()));
            }
        }
        return new Kept(
                done.waiting().isEmpty() && !done.changedByAdmission(),
                open != null && done.allDone(),
                held.suspended()
                        ? "closed, as spec.suspend asks; the rest waits for a change of the Tenant or the platform"
                        : "kept as accepted at generation " + held.generation()
                                + ", less the people and ways it no longer names, until the Tenant or the platform changes");
    }

    /** Nothing is known of it but where its data lies. */
    private Kept closed(Tenant tenant, ObservedTenant observed) {
        Placement placement = Placements.of(tenant, observed.ring());
        List<Debt> debts = placement == null
                ? List.of()
                : closing.close(observed.identity(), placement).debts();
        return new Kept(
                debts.isEmpty(),
                false,
                debts.isEmpty()
                        ? "closed, as spec.suspend asks; the rest waits for a change of the Tenant or the platform"
                        : "being closed, as spec.suspend asks: "
                                + debts.stream().map(Debt::message).collect(Collectors.joining("; ")));
    }
}
