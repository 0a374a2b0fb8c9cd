package dev.bulkhead.operator.boundary;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.access.OperatorAccount;
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
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.ArrayList;
import java.util.List;

/** The namespaces of a tenant, and the operator's own right in each. They stay when a tenant goes. */
public final class NamespacesPart implements Part<NamespacesPart.Plan> {
    /** Stateless. */
    public NamespacesPart() {}

    /**
     * The namespaces and, for each, what the operator may do in it.
     *
     * @param bindings written once all namespaces are ours
     */
    public record Plan(List<Namespace> namespaces, List<RoleBinding> bindings) {
        /** Makes lists immutable. */
        public Plan {
            namespaces = List.copyOf(namespaces);
            bindings = List.copyOf(bindings);
        }
    }

    @Override
    public PartId id() {
        return PartId.namespaces;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(
                BoundaryPlanner.namespaces(tenant, state.settings()),
                AccessPlanner.operatorBinding(tenant, OperatorAccount.operator(state.settings())));
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        List<Outcome> outcomes = new ArrayList<>(work.each(plan.namespaces()));
        if (outcomes.stream().allMatch(Outcome::done)) {
            outcomes.addAll(work.each(plan.bindings()));
        }
        return outcomes;
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return List.of(ControlVerdict.of(Control.TI_NS, made), ControlVerdict.of(Control.TI_POD, made));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.objects(plan.namespaces());
        text.objects(plan.bindings());
    }
}
