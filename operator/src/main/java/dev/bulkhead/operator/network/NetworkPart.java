package dev.bulkhead.operator.network;

import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
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
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.util.ArrayList;
import java.util.List;

/** The network policies of a tenant: closed first, then opened one thing at a time. They stay when a tenant goes. */
public final class NetworkPart implements Part<NetworkPart.Plan> {
    /** Stateless. */
    public NetworkPart() {}

    /** The policies. */
    public record Plan(List<NetworkPolicy> policies) {
        /** Makes the list immutable. */
        public Plan {
            policies = List.copyOf(policies);
        }
    }

    @Override
    public PartId id() {
        return PartId.network;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(NetworkPlanner.policies(tenant, state.settings()));
    }

    /** What opened more than is planned goes first. */
    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        List<Outcome> outcomes =
                new ArrayList<>(work.tools().objects().prune(NetworkPolicy.class, work.identity(), plan.policies()));
        outcomes.addAll(work.each(plan.policies()));
        return outcomes;
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        List<String> denied = tenant.network().deniedHosts();
        ControlVerdict egress = ControlVerdict.of(Control.TI_EGR, made);
        return List.of(
                ControlVerdict.of(Control.TI_NET, made),
                denied.isEmpty()
                        ? egress
                        : egress.remarking("denied until there is an egress gateway: " + String.join(", ", denied)));
    }

    /** See {@code docs/security-model.md}. */
    @Override
    public List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        return List.of(new ResidualRisk(
                "cluster-dns",
                "Every pod may ask the cluster's DNS: where that answers for addresses of Services or pods, it names other"
                        + " tenants' namespaces, and a resolver that forwards can carry data out."));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.objects(plan.policies());
    }
}
