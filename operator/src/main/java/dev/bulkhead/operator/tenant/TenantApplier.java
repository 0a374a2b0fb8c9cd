package dev.bulkhead.operator.tenant;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import dev.bulkhead.operator.secret.DeliveryPlanner;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.secret.SecretContents;
import dev.bulkhead.operator.workflow.GivenSecret;
import dev.bulkhead.operator.workflow.TenantPods;
import dev.bulkhead.operator.workflow.WorkflowApplier;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the world what the plan says, in the one safe order: namespaces, then policies and quota, with the database
 * and the bucket beside them; then access, Secrets and workloads. A part that fails holds back what must not come
 * before it, and nothing else.
 */
public final class TenantApplier {
    private final ObjectApplier objects;
    private final DeliveredSecrets secrets;
    private final TenantPods pods;
    private final Backends backends;
    private final Parallel parallel;

    /** Wired by hand. */
    public TenantApplier(
            ObjectApplier objects, DeliveredSecrets secrets, TenantPods pods, Backends backends, Parallel parallel) {
        this.objects = objects;
        this.secrets = secrets;
        this.pods = pods;
        this.backends = backends;
        this.parallel = parallel;
    }

    /**
     * Applies the plan. What it takes away comes first and waits for nothing; a suspended tenant is closed before
     * anything else is looked at.
     *
     * @param sealed fingerprints of the Secrets that the tenant sealed itself
     */
    public Applied apply(TenantPlan plan, KeyRing ring, Map<GivenSecret, String> sealed) {
        boolean closing = plan.tenant().suspended();
        Map<PartId, List<Outcome>> outcomes = new EnumMap<>(PartId.class);
        outcomes.put(PartId.keys, List.of(Outcome.unchanged()));
        List<Outcome> revoked = revoke(plan);
        if (revoked.stream().anyMatch(o -> !o.done())) {
            outcomes.put(PartId.access, revoked);
        }
        if (closing) {
            outcomes.put(PartId.workflows, workflows(plan, sealed));
            backends(plan, ring).into(outcomes);
        }
        outcomes.put(PartId.namespaces, namespaces(plan));
        if (!new Applied(outcomes).done(PartId.namespaces)) {
            return new Applied(outcomes); // somebody else's namespace: leave nothing behind elsewhere
        }
        Started started = closing ? Started.NOTHING : backends(plan, ring);
        try {
            walls(plan, outcomes);
        } finally {
            started.into(outcomes);
        }
        if (!new Applied(outcomes).done(PartId.limits) || !new Applied(outcomes).done(PartId.network)) {
            return new Applied(outcomes); // nobody and nothing may come into a namespace that is not closed yet
        }
        outcomes.put(
                PartId.access,
                Stream.concat(
                                revoked.stream(),
                                each(plan.people(), plan.tenant().identity()).stream())
                        .toList());
        Map<GivenSecret, String> given = new TreeMap<>(sealed);
        outcomes.put(PartId.secrets, deliver(plan, ring, new Applied(outcomes), given));
        if (!closing) {
            outcomes.put(PartId.workflows, workflows(plan, given));
        }
        return new Applied(outcomes);
    }

    /**
     * Takes away what the plan does not give any more, and keeps what closes the tenant's namespaces: all that can be
     * done for a tenant whose keys are not at hand.
     */
    public Applied keepClosed(TenantPlan plan) {
        Map<PartId, List<Outcome>> outcomes = new EnumMap<>(PartId.class);
        outcomes.put(PartId.access, revoke(plan));
        outcomes.put(PartId.namespaces, namespaces(plan));
        if (new Applied(outcomes).done(PartId.namespaces)) {
            walls(plan, outcomes);
        }
        return new Applied(outcomes);
    }

    /** Keeps what closes the namespaces of a tenant whose access is closed by other means. */
    public void keepWalls(TenantPlan plan) {
        walls(plan, new EnumMap<>(PartId.class));
    }

    /** Work on both backends, under way. */
    private record Started(
            @Nullable Future<Outcome> database, @Nullable Future<Outcome> bucket) {
        private static final Started NOTHING = new Started(null, null);

        private void into(Map<PartId, List<Outcome>> outcomes) {
            if (database != null) {
                outcomes.put(PartId.database, List.of(Parallel.join(database)));
            }
            if (bucket != null) {
                outcomes.put(PartId.objectStore, List.of(Parallel.join(bucket)));
            }
        }
    }

    private Started backends(TenantPlan plan, KeyRing ring) {
        return new Started(
                parallel.start(() -> backends.database(plan.tenant().database().server(), plan.schema(), ring)),
                parallel.start(() -> bucket(plan, ring)));
    }

    private void walls(TenantPlan plan, Map<PartId, List<Outcome>> outcomes) {
        Future<List<Outcome>> limits =
                parallel.start(() -> each(plan.limits(), plan.tenant().identity()));
        try {
            outcomes.put(PartId.network, network(plan));
        } finally {
            outcomes.put(PartId.limits, Parallel.join(limits));
        }
    }

    private List<Outcome> workflows(TenantPlan plan, Map<GivenSecret, String> given) {
        return new WorkflowApplier(objects, pods, parallel).apply(plan.tenant(), plan.limits(), given);
    }

    /** Brings the card in each namespace up to date; it shows what the report says, so it comes last. */
    public List<Outcome> cards(TenantPlan plan, List<ConfigMap> cards) {
        return each(cards, plan.tenant().identity());
    }

    private Outcome bucket(TenantPlan plan, KeyRing ring) {
        String store = plan.tenant().objectStore().store();
        return plan.storeAsked()
                ? backends.objectStore(store, plan.bucket(), ring)
                : new Outcome.Waiting(new Finding(
                        Reason.ObjectStoreUnavailable,
                        "ObjectStore " + store,
                        "was not asked yet what it can do; tried again by itself"));
    }

    private List<Outcome> namespaces(TenantPlan plan) {
        TenantIdentity identity = plan.tenant().identity();
        List<Outcome> outcomes = new ArrayList<>(each(plan.namespaces(), identity));
        if (outcomes.stream().allMatch(Outcome::done)) {
            outcomes.addAll(each(plan.operatorBindings(), identity));
        }
        return outcomes;
    }

    private List<Outcome> network(TenantPlan plan) {
        TenantIdentity identity = plan.tenant().identity();
        List<Outcome> outcomes = new ArrayList<>(objects.prune(NetworkPolicy.class, identity, plan.policies()));
        outcomes.addAll(each(plan.policies(), identity));
        return outcomes;
    }

    private List<Outcome> revoke(TenantPlan plan) {
        List<RoleBinding> planned = new ArrayList<>(plan.operatorBindings());
        planned.addAll(plan.people());
        TenantIdentity identity = plan.tenant().identity();
        List<Outcome> outcomes = new ArrayList<>(objects.prune(RoleBinding.class, identity, planned));
        outcomes.addAll(
                each(AccessPlanner.narrowed(plan.people(), objects.ours(RoleBinding.class, identity)), identity));
        return outcomes;
    }

    /** Writes the Secrets whose backend is ready, takes back those no longer asked for, and notes their fingerprints. */
    private List<Outcome> deliver(TenantPlan plan, KeyRing ring, Applied so, Map<GivenSecret, String> given) {
        List<Secret> ready = plan.secrets().stream()
                .filter(s -> so.done(feature(s.name())))
                .map(s -> SecretContents.fill(s, ring))
                .toList();
        List<Outcome> outcomes = new ArrayList<>(
                parallel.map(ready, s -> secrets.apply(s, plan.tenant().identity())));
        for (int i = 0; i < ready.size(); i++) {
            if (outcomes.get(i).done()) {
                given.put(reference(plan, ready.get(i)), SecretContents.fingerprint(ready.get(i), ring));
            }
        }
        outcomes.addAll(parallel.map(
                unasked(plan),
                s -> secrets.delete(
                        s.namespace().fullName(), s.name(), plan.tenant().identity())));
        return outcomes;
    }

    private static PartId feature(String secret) {
        return secret.equals(DeliveryPlanner.DATABASE) ? PartId.database : PartId.objectStore;
    }

    private static GivenSecret reference(TenantPlan plan, Secret secret) {
        return plan.tenant().namespaces().stream()
                .filter(n ->
                        n.namespace().fullName().equals(secret.getMetadata().getNamespace()))
                .map(n -> new GivenSecret(n.namespace(), secret.getMetadata().getName()))
                .findFirst()
                .orElseThrow();
    }

    /** The names the operator delivers under, in the namespaces that do not ask for them. */
    private static List<GivenSecret> unasked(TenantPlan plan) {
        return plan.tenant().namespaces().stream()
                .flatMap(n -> List.of(
                        new GivenSecret(n.namespace(), DeliveryPlanner.DATABASE),
                        new GivenSecret(n.namespace(), DeliveryPlanner.OBJECT_STORE))
                        .stream())
                .filter(s -> plan.secrets().stream().noneMatch(p -> isFor(p, s)))
                .toList();
    }

    private static boolean isFor(PlannedSecret planned, GivenSecret secret) {
        return planned.name().equals(secret.name())
                && planned.namespace().equals(secret.namespace().fullName());
    }

    private List<Outcome> each(List<? extends HasMetadata> planned, TenantIdentity identity) {
        return parallel.map(planned, object -> objects.apply(object, identity));
    }
}
