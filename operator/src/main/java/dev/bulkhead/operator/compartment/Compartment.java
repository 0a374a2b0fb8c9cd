package dev.bulkhead.operator.compartment;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.access.AccessPart;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.boundary.CardPart;
import dev.bulkhead.operator.boundary.LimitsPart;
import dev.bulkhead.operator.boundary.NamespacesPart;
import dev.bulkhead.operator.compartment.TenantPlan.PlannedPart;
import dev.bulkhead.operator.database.DatabasePart;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.delivery.SecretsPart;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.network.NetworkPart;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.KeySupply;
import dev.bulkhead.operator.objectstore.ObjectStorePart;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.part.Supply;
import dev.bulkhead.operator.part.ToldStanding;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.TenantState;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.workflow.WorkflowsPart;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All parts of a tenant and the one safe order. What is taken away comes first, from the last part to the first, and
 * waits for nothing; then each stage is brought to its plan, the parts of a stage side by side. A part that fails holds
 * back what must not come before it, and nothing else.
 */
public final class Compartment {
    private final List<Stage> order;
    private final Part<?> last;
    private final Map<PartId, Backends<?>> backends;

    /**
     * On these servers and stores.
     *
     * @param keys where tenants' keys to the stores come from
     */
    public Compartment(Backends<SchemaPlan> databases, Backends<BucketPlan> stores, KeySupply.KeySource keys) {
        DatabasePart database = new DatabasePart(databases);
        ObjectStorePart objectStore = new ObjectStorePart(stores, keys);
        backends = Map.of(PartId.database, databases, PartId.objectStore, stores);
        order = List.of(
                // Somebody else's namespace: leave nothing behind elsewhere.
                stage(new NamespacesPart()).holdingBack(PartId.namespaces),
                // Nobody and nothing may come into a namespace that is not closed yet.
                stage(new LimitsPart(), new NetworkPart())
                        .beginning(database, objectStore)
                        .holdingBack(PartId.limits, PartId.network),
                stage(new AccessPart()),
                stage(new SecretsPart(List.of(database, objectStore))).joining(),
                stage(new WorkflowsPart()));
        last = new CardPart();
    }

    /** Without any server or store: for plans that are only read. */
    public static Compartment toRead() {
        return new Compartment(Backends.none(), Backends.none(), KeySupply.KeySource.untold());
    }

    /** A server or store of each kind for a Tenant, for plans that are only read: they do not depend on where it is. */
    public static List<BackendResource> madeUp(Tenant tenant) {
        return List.of(DatabasePart.madeUp(tenant), ObjectStorePart.madeUp(tenant));
    }

    /** What the newest known servers of the kinds a tenant lives on can do, for plans that are only read: nobody is asked. */
    public static Map<PartId, BackendView> documented(ValidTenant tenant) {
        return Map.of(PartId.objectStore, ObjectStorePart.documented(tenant));
    }

    /**
     * Parts that are brought to their plans side by side.
     *
     * @param begun parts that begin with these and keep nothing waiting: a server that takes its time holds back what
     *     comes of it, and nobody's access
     * @param walls those that must be in place before the next stage begins
     * @param joins whether it needs to know what came of all that was begun
     */
    private record Stage(List<Part<?>> parts, List<Part<?>> begun, Set<PartId> walls, boolean joins) {
        Stage beginning(Part<?>... others) {
            return new Stage(parts, List.of(others), walls, joins);
        }

        Stage holdingBack(PartId first, PartId... others) {
            return new Stage(parts, begun, EnumSet.of(first, others), joins);
        }

        Stage joining() {
            return new Stage(parts, begun, walls, true);
        }

        boolean holdsBack(Applied so) {
            return !walls.stream().allMatch(so::done);
        }

        List<Part<?>> all() {
            return Stream.concat(parts.stream(), begun.stream()).toList();
        }
    }

    private static Stage stage(Part<?>... parts) {
        return new Stage(List.of(parts), List.of(), Set.of(), false);
    }

    /** Everything the tenant is to have. Pure. */
    public TenantPlan plan(ValidTenant tenant, Prepared state) {
        return new TenantPlan(
                tenant,
                state,
                Stream.concat(order.stream().flatMap(stage -> stage.all().stream()), Stream.of(last))
                        .<PlannedPart<?>>map(part -> PlannedPart.of(part, tenant, state))
                        .toList());
    }

    /** Takes away what the plan does not give, and brings the world to it, all but what tells how the tenant stands. */
    public Applied apply(TenantPlan plan, Work work) {
        return bring(plan, work, EnumSet.allOf(PartId.class));
    }

    /** Takes away what the plan does not give, and keeps the walls: all that can be done while the keys are not at hand. */
    public Applied keepClosed(TenantPlan plan, Work work) {
        Set<PartId> walls = EnumSet.noneOf(PartId.class);
        order.forEach(stage -> walls.addAll(stage.walls()));
        return bring(plan, work, walls);
    }

    private Applied bring(TenantPlan plan, Work work, Set<PartId> wanted) {
        Applied taken = revoke(plan, work);
        Applied so = plan.tenant().suspended() ? taken : taken.onlyUndone();
        Map<PartId, Future<List<Outcome>>> begun = new EnumMap<>(PartId.class);
        try {
            for (Stage stage : order) {
                if (stage.joins()) {
                    so = joined(so, taken, begun);
                }
                Work now = work.after(so);
                planned(plan, stage.begun(), wanted)
                        .forEach(part ->
                                begun.put(part.id(), work.tools().parallel().start(() -> part.apply(now))));
                List<PlannedPart<?>> parts =
                        planned(plan, stage.parts(), wanted).toList();
                List<List<Outcome>> outcomes = work.tools().parallel().map(parts, part -> part.apply(now));
                for (int i = 0; i < parts.size(); i++) {
                    so = with(so, parts.get(i).id(), taken, outcomes.get(i));
                }
                if (stage.holdsBack(so)) {
                    break;
                }
            }
            return joined(so, taken, begun);
        } finally {
            begun.values().forEach(Parallel::await); // one tenant is worked on by one pass at a time
        }
    }

    private static Applied joined(Applied so, Applied taken, Map<PartId, Future<List<Outcome>>> begun) {
        Applied all = so;
        for (Map.Entry<PartId, Future<List<Outcome>>> part : begun.entrySet()) {
            all = with(all, part.getKey(), taken, Parallel.join(part.getValue()));
        }
        begun.clear();
        return all;
    }

    /** What came of a part: what it took away, and what it made. */
    private static Applied with(Applied so, PartId part, Applied taken, List<Outcome> made) {
        return so.with(part, taken.of(part).outcomes()).and(part, made);
    }

    private Applied revoke(TenantPlan plan, Work work) {
        Applied so = Applied.NOTHING;
        for (Stage stage : order.reversed()) {
            List<PlannedPart<?>> parts =
                    planned(plan, stage.all(), EnumSet.allOf(PartId.class)).toList();
            List<List<Outcome>> outcomes = work.tools().parallel().map(parts, part -> part.revoke(work));
            for (int i = 0; i < parts.size(); i++) {
                if (!outcomes.get(i).isEmpty()) {
                    so = so.with(parts.get(i).id(), outcomes.get(i));
                }
            }
        }
        return so;
    }

    /** Writes what tells how the tenant stands, once the report was made. */
    public List<Outcome> tell(TenantPlan plan, Work work, ToldStanding standing) {
        return plan.parts().stream()
                .filter(p -> p.id() == last.id())
                .flatMap(p -> p.apply(work.told(standing)).stream())
                .toList();
    }

    /**
     * Closes all parts of a tenant that goes or that nobody can plan for; data stays. What could not be closed is in the
     * outcomes. A tenant that is closed is forgotten: should its identity come back, everything is looked at anew.
     */
    public Applied close(TenantIdentity identity, Placement placement, Tools tools) {
        Applied so = Applied.NOTHING;
        for (Stage stage : order.reversed()) {
            List<List<Outcome>> outcomes =
                    tools.parallel().map(stage.all(), part -> part.close(identity, placement, tools));
            for (int i = 0; i < stage.all().size(); i++) {
                so = so.with(stage.all().get(i).id(), outcomes.get(i));
            }
        }
        if (so.allDone()) {
            backends.values().forEach(kind -> kind.forget(identity));
        }
        return so;
    }

    /**
     * What plans need beside the tenant: what is known of its servers and stores, and what others give to its parts.
     *
     * @param ring the tenant's keys; null while they are not at hand
     */
    public Prepared prepared(
            ValidTenant tenant,
            PlatformSettings settings,
            TenantState state,
            @Nullable SealingKey sealing,
            @Nullable KeyRing ring) {
        Map<PartId, BackendView> views = new EnumMap<>(PartId.class);
        backends.forEach((part, kind) ->
                tenant.placement().of(part).ifPresent(place -> views.put(part, kind.view(place.backend()))));
        Map<PartId, Supply> supplies = new EnumMap<>(PartId.class);
        order.stream()
                .flatMap(stage -> stage.all().stream())
                .forEach(part ->
                        part.supply(tenant, state.slots(), ring).ifPresent(supply -> supplies.put(part.id(), supply)));
        return new Prepared(settings, state.slots(), state.made(), sealing, views, supplies);
    }

    /** Forgets a Tenant that is gone; one that only claimed another's identity leaves that other's plans. */
    public void forget(TenantIdentity identity, String tenant) {
        backends.values().forEach(kind -> kind.forget(identity, tenant));
    }

    private static Stream<PlannedPart<?>> planned(TenantPlan plan, List<Part<?>> parts, Set<PartId> wanted) {
        Set<PartId> ids = EnumSet.noneOf(PartId.class);
        parts.forEach(part -> ids.add(part.id()));
        return plan.parts().stream().filter(p -> ids.contains(p.id()) && wanted.contains(p.id()));
    }
}
