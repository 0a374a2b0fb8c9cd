package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.RotationStatus;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.lifecycle.TenantClosing;
import dev.bulkhead.operator.lifecycle.Tombstones;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.Validation;
import dev.bulkhead.operator.workflow.WorkflowRollouts;
import dev.bulkhead.operator.workflow.WorkflowsPart;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One pass of one tenant: observe, validate, prepare, plan, apply, report. Writes everything but the status. */
public final class TenantPipeline {
    private final TenantObserver observer;
    private final KeyRingStore keyRings;
    private final Compartment compartment;
    private final Tools tools;
    private final Tombstones tombstones;
    private final PlatformSettings settings;
    private final RefusedTenants refused;
    private final RememberedData remembered;
    private final Rotations rotations;

    /** Wired by hand. */
    public TenantPipeline(
            TenantObserver observer,
            KeyRingStore keyRings,
            Compartment compartment,
            Tools tools,
            TenantClosing closing,
            Tombstones tombstones,
            PlatformSettings settings,
            RememberedData remembered,
            Rotations rotations) {
        this.observer = observer;
        this.keyRings = keyRings;
        this.compartment = compartment;
        this.tools = tools;
        this.tombstones = tombstones;
        this.settings = settings;
        this.remembered = remembered;
        this.rotations = rotations;
        this.refused = new RefusedTenants(compartment, tools, closing, settings);
    }

    /**
     * What a pass led to.
     *
     * @param status null where nothing new is known
     * @param settled whether nothing is left to try again soon
     * @param applied whether the tenant's plan was applied, wholly or in part
     * @param begins whether nothing was made yet and the status has to be written before anything is: from then on the API
     *     server holds what is set once
     */
    public record PassResult(@Nullable TenantStatus status, boolean settled, boolean applied, boolean begins) {
        /** What a pass led to that went as far as it could. */
        PassResult(@Nullable TenantStatus status, boolean settled, boolean applied) {
            this(status, settled, applied, false);
        }

        private PassResult saying(@Nullable RotationStatus rotation) {
            return status == null ? this : new PassResult(status.withRotation(rotation), settled, applied, begins);
        }
    }

    /** Runs a pass and has the report say what came of it, and the status how rotation stands. */
    public PassResult run(Tenant object, TenantReport report) {
        try (ObservedTenant observed = observer.observe(object)) {
            return pass(object, observed, report).saying(rotations.of(object, observed.state()));
        }
    }

    private PassResult pass(Tenant object, ObservedTenant observed, TenantReport report) {
        Validation validation = observed.validated(object);
        if (!(validation instanceof Validation.Valid(ValidTenant tenant, List<Finding> looser))) {
            return refused.keep(object, observed, report, validation.obstacles());
        }
        if (observed.untouched() && !looser.isEmpty()) { // let be for what lives, as closing it must not wait
            return refused.keep(object, observed, report, looser);
        }
        TenantStatus before = object.getStatus();
        if (before != null && before.unprovisioned() != null) {
            return new PassResult(before.withUnprovisioned(false), false, false, true);
        }
        String form = refused.accepted(object, tenant, observed);
        var keys = keyRings.ready(observed.ring(), tenant.identity(), tenant.name(), tenant.placement(), form);
        if (!(keys instanceof KeyRingStore.FoundRing.Open(KeyRing stored, TenantState state, String _, String _))) {
            return refused.keep(object, observed, report, keys.obstacles());
        }
        try (stored) {
            Prepared prepared = compartment.prepared(tenant, settings, state, PassEvidence.sealing(stored), stored);
            TenantPlan plan = compartment.plan(tenant, prepared);
            try (KeyRing ring = prepared.into(stored)) {
                Work work = Work.begin(tools, tenant.identity(), ring, observed.sealed());
                Applied applied = remembered.after(object, plan, state, compartment.apply(plan, work));
                if (applied.early() && report.isCurrent()) {
                    return new PassResult(null, false, false);
                }
                tombstones.adopted(observed.surroundings().adoption().former(), applied);
                TenantStatus status = report.of(PassEvidence.of(
                        plan,
                        looser,
                        applied,
                        ring,
                        WorkflowsPart.status(tenant, observer.owned()),
                        WorkflowRollouts.unavailable(tenant, observer.owned(), tools.pods(), report.now())));
                List<Outcome> told = applied.done(PartId.network) // into namespaces that are ours, and closed
                        ? compartment.tell(plan, work, ToldStanding.of(status))
                        : List.of();
                // What is not ours is not watched, so nobody tells when it goes.
                boolean settled = applied.allDone()
                        && !applied.changedByAdmission()
                        && told.stream().allMatch(Outcome::done);
                return new PassResult(status, settled, true);
            }
        }
    }

    /**
     * Whether nothing was ever made for a Tenant: its status says so, which it no longer does once anything may have been
     * made, and it is still so.
     */
    public boolean untouched(Tenant object) {
        if (object.getStatus() == null || object.getStatus().unprovisioned() == null) {
            return false;
        }
        try (ObservedTenant observed = observer.observe(object)) {
            return observed.untouched();
        }
    }

    /** Forgets a tenant that is gone. */
    public void forget(TenantIdentity identity, String tenant) {
        refused.forget(identity, tenant);
        compartment.forget(identity, tenant);
    }
}
