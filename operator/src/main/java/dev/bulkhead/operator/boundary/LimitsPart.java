package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** Quota, limits and the default ServiceAccount of each namespace. They stay when a tenant goes. */
public final class LimitsPart implements Part<LimitsPart.Plan> {
    /** Stateless. */
    public LimitsPart() {}

    /** The objects. */
    public record Plan(List<HasMetadata> limits) {
        /** Makes the list immutable. */
        public Plan {
            limits = List.copyOf(limits);
        }
    }

    @Override
    public PartId id() {
        return PartId.limits;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(BoundaryPlanner.limits(tenant, state.settings()));
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return work.each(plan.limits());
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return List.of(ControlVerdict.of(Control.TI_NS, made), ControlVerdict.of(Control.TI_POD, made));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.objects(plan.limits());
    }
}
