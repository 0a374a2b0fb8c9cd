package dev.bulkhead.operator.access;

import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Who may come into a tenant's namespaces: its people, the prober, and in canaries the account the guards are tried as. */
public final class AccessPart implements Part<AccessPart.Plan> {
    /** Stateless. */
    public AccessPart() {}

    /**
     * Who gets in.
     *
     * @param accounts ServiceAccounts that some of the bindings are for
     * @param bindings of people and of the prober
     * @param kept the operator's own bindings, which come with the namespaces
     * @param people whom the Tenant lists, suspended or not; nobody else stays in what tenants bound themselves
     */
    public record Plan(
            List<ServiceAccount> accounts,
            List<RoleBinding> bindings,
            List<RoleBinding> kept,
            TenantSpec.People people) {
        /** Makes lists immutable. */
        public Plan {
            accounts = List.copyOf(accounts);
            bindings = List.copyOf(bindings);
            kept = List.copyOf(kept);
        }
    }

    @Override
    public PartId id() {
        return PartId.access;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(
                AccessPlanner.canaryAccounts(tenant),
                Stream.of(
                                AccessPlanner.people(tenant),
                                AccessPlanner.proberBinding(tenant, OperatorAccount.prober(state.settings())),
                                AccessPlanner.canaryBinding(tenant))
                        .flatMap(List::stream)
                        .toList(),
                AccessPlanner.operatorBinding(tenant, OperatorAccount.operator(state.settings())),
                tenant.people());
    }

    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        ObjectApplier objects = work.tools().objects();
        List<RoleBinding> planned =
                Stream.concat(plan.kept().stream(), plan.bindings().stream()).toList();
        List<Outcome> outcomes = new ArrayList<>(objects.prune(RoleBinding.class, work.identity(), planned));
        outcomes.addAll(
                work.each(AccessPlanner.narrowed(plan.bindings(), objects.ours(RoleBinding.class, work.identity()))));
        outcomes.addAll(takenOut(plan.people(), work.identity(), work.tools()));
        return outcomes;
    }

    /**
     * Takes former people out of what tenants bound themselves, in every namespace of the tenant's identity, also in those
     * that the spec no longer names.
     */
    private static List<Outcome> takenOut(TenantSpec.People people, TenantIdentity identity, Tools tools) {
        return tools
                .parallel()
                .map(
                        tools.objects().ours(Namespace.class, identity),
                        namespace -> tools.bindings()
                                .narrow(
                                        namespace.getMetadata().getName(),
                                        binding -> FormerPeople.among(binding, people)))
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Whether to look once more: guard 7 knew until the namespaces were written whom the Tenant listed before, and what could
     * not be taken away may have waited for a right that is there now.
     */
    private static boolean again(Work work) {
        return !work.so().findings(PartId.access).isEmpty()
                || work.so().of(PartId.namespaces).outcomes().stream()
                        .anyMatch(o -> o instanceof Outcome.Done done && done.writes() > 0);
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        List<Outcome> outcomes = new ArrayList<>(work.each(plan.accounts()));
        outcomes.addAll(work.each(plan.bindings()));
        if (again(work)) {
            outcomes.addAll(takenOut(plan.people(), work.identity(), work.tools()));
        }
        return outcomes;
    }

    /** Where there is no Tenant any more, it lists nobody. */
    @Override
    public List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        List<Outcome> outcomes = new ArrayList<>();
        tools.objects().ours(RoleBinding.class, identity).stream()
                .filter(binding -> !binding.getMetadata().getName().equals(AccessPlanner.OPERATOR))
                .forEach(binding -> outcomes.add(tools.objects().delete(binding, identity)));
        outcomes.addAll(takenOut(TenantSpec.People.none(), identity, tools));
        return outcomes;
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        return List.of(ControlVerdict.of(Control.TI_RBAC, made));
    }

    /** All of it was tried, see {@code docs/security-model.md}. */
    @Override
    public List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        return tenant.people().admins().isEmpty()
                ? List.of()
                : List.of(
                        new ResidualRisk(
                                "pods-mount-secrets",
                                "Whoever may create pods in a namespace can mount every Secret of that namespace."),
                        new ResidualRisk(
                                "admins-open-network",
                                "The tenant's admins may add NetworkPolicies, and policies only ever add up: they can"
                                        + " open the tenant's namespaces to each other. Guard 15 keeps their peers inside"
                                        + " the tenant."),
                        new ResidualRisk(
                                "admins-own-bindings",
                                "RoleBindings that the tenant's admins made stay when the tenant is suspended: whoever"
                                        + " they bound keeps those rights in its namespaces, where no pods run. Delete"
                                        + " such bindings to end them."));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.objects(plan.accounts());
        text.objects(plan.bindings());
    }
}
