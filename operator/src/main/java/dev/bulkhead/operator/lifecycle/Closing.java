package dev.bulkhead.operator.lifecycle;

import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.OwnedObjects;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.workflow.TenantPods;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Closes a tenant: workloads stop, people lose access, logins and keys are shut. Data, policies and namespaces stay.
 * Needs neither the Tenant's profile nor a healthy backend; what cannot be closed now is a debt.
 */
public final class Closing {
    private final Supplier<? extends OwnedObjects> owned;
    private final ObjectApplier objects;
    private final TenantPods pods;
    private final Backends backends;

    /** Wired by hand; objects are known once the informers are. */
    public Closing(Supplier<? extends OwnedObjects> owned, ObjectApplier objects, TenantPods pods, Backends backends) {
        this.owned = owned;
        this.objects = objects;
        this.pods = pods;
        this.backends = backends;
    }

    /**
     * Closes what can be closed now; returns what is still owed. A tenant that owes nothing is forgotten: should its
     * identity come back, everything is looked at anew.
     */
    public List<Debt> close(TenantIdentity identity, Placement placement) {
        Map<String, List<Outcome>> parts = new TreeMap<>();
        parts.put(Debts.WORKLOADS, workloads(identity));
        parts.put(Debts.ACCESS, access(identity));
        placement
                .of(PartId.database)
                .ifPresent(place -> parts.put(
                        Debts.DATABASE,
                        List.of(backends.closeDatabase(
                                place.backend(), Objects.requireNonNullElse(place.inside(), ""), identity))));
        placement
                .of(PartId.objectStore)
                .ifPresent(place ->
                        parts.put(Debts.OBJECT_STORE, List.of(backends.closeObjectStore(place.backend(), identity))));
        List<Debt> debts = Debts.of(parts);
        if (debts.isEmpty()) {
            backends.forget(identity);
        }
        return debts;
    }

    private List<Outcome> workloads(TenantIdentity identity) {
        List<Outcome> outcomes = new ArrayList<>(objects.prune(Deployment.class, identity, List.of()));
        outcomes.addAll(objects.prune(PodDisruptionBudget.class, identity, List.of()));
        owned.get()
                .of(Namespace.class, identity)
                .forEach(n -> outcomes.add(pods.stop(n.getMetadata().getName())));
        return outcomes;
    }

    private List<Outcome> access(TenantIdentity identity) {
        return owned.get().of(RoleBinding.class, identity).stream()
                .filter(b -> !b.getMetadata().getName().equals(AccessPlanner.OPERATOR))
                .map(b -> objects.delete(b, identity))
                .toList();
    }
}
