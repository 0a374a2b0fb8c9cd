package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.api.v1beta1.ReachableAs;
import dev.bulkhead.api.v1beta1.SecretRef;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.backend.Occupant;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.SlotUse;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.BackendVerdicts;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Delivering;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Supply;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A tenant's bucket, its keys and who may do what there, and the Secret with the way there. */
public final class ObjectStorePart implements Part<ObjectStorePart.Plan>, Delivering {
    private final Backends<BucketPlan> stores;
    private final KeySupply.KeySource source;

    /**
     * On these stores.
     *
     * @param source where tenants' keys come from
     */
    public ObjectStorePart(Backends<BucketPlan> stores, KeySupply.KeySource source) {
        this.stores = stores;
        this.source = source;
    }

    /**
     * The bucket, and where.
     *
     * @param asked whether it is known what the store can do: else the bucket waits
     * @param withheld what somebody has to do before the tenant is let in; null where nobody has to
     * @param accessKeyId of the key that is delivered
     */
    public record Plan(
            Occupant who, boolean asked, @Nullable Outcome withheld, BucketPlan bucket, String accessKeyId) {}

    /** A store that a Tenant fits on, for plans that are only read. */
    public static ObjectStore madeUp(Tenant tenant) {
        ObjectStore store = new ObjectStore();
        TenantSpec spec = tenant.getSpec();
        store.getMetadata()
                .setName(Objects.requireNonNullElse(spec.objectStore().store(), "any-store"));
        store.setSpec(new ObjectStoreSpec(
                spec.environment(),
                StoreKind.comesAlong(),
                "https://s3.example",
                null,
                "us-east-1",
                new SecretRef("any"),
                null,
                new ReachableAs(List.of("192.0.2.6/32"), null, Map.of(), 443),
                List.of(),
                1000));
        return store;
    }

    /** What the newest known server of the store's driver can do: nobody is asked. */
    public static BackendView documented(ValidTenant tenant) {
        return new BackendView(
                Optional.of(StoreKind.of(tenant.objectStore().driver())
                        .documented(tenant.objectStore().tls())
                        .toStatus()),
                Optional.empty());
    }

    @Override
    public PartId id() {
        return PartId.objectStore;
    }

    @Override
    public Optional<Supply> supply(ValidTenant tenant, Slots slots, @Nullable KeyRing ring) {
        return Optional.of(source.of(
                tenant.identity(), tenant.objectStore().driver(), slots.of(id()).current(), ring));
    }

    private KeySupply keys(ValidTenant tenant, Prepared state) {
        return state.supplies().get(id()) instanceof KeySupply known
                ? known
                : KeySupply.KeySource.untold()
                        .of(tenant.identity(), tenant.objectStore().driver(), Slot.One, null);
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        KeySupply keys = keys(tenant, state);
        SlotUse slots = state.slots().of(id());
        BucketPlan bucket = ObjectStorePlanner.plan(
                tenant.identity(),
                tenant.objectStore(),
                StoreCapabilities.known(state.backend(id()).known()),
                keys.keys(),
                keys instanceof KeySupply.Made ? slots.live() : Set.of(slots.current()),
                tenant.suspended());
        return new Plan(
                new Occupant(
                        tenant.name(), tenant.identity(), tenant.objectStore().store()),
                state.backend(id()).capabilities().isPresent(),
                keys instanceof KeySupply.Withheld withheld ? withheld.outcome() : null,
                state.made().contains(id()) ? bucket.asMade() : bucket,
                keys.keys().of(slots.current()).accessKeyId());
    }

    @Override
    public String secretName() {
        return BucketSecret.NAME;
    }

    /** A closed tenant keeps its Secrets; one whose key is gone, or was never made, has nothing that the Secret could hold. */
    @Override
    public List<PlannedSecret> secrets(ValidTenant tenant, Prepared state) {
        KeySupply keys = keys(tenant, state);
        Slot current = state.slots().of(id()).current();
        boolean none = keys instanceof KeySupply.Withheld
                || (keys instanceof KeySupply.Made made
                        && !made.keys().of(current).isKnown());
        return tenant.suspended() && none
                ? List.of()
                : BucketSecret.plan(tenant, current, keys.keys().of(current).accessKeyId());
    }

    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        return plan.bucket().closed()
                ? List.of(plan.asked() ? stores.shut(plan.who(), plan.bucket()) : stores.await(plan.who()))
                : List.of();
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return plan.bucket().closed() ? List.of() : List.of(brought(plan, work));
    }

    private Outcome brought(Plan plan, Work work) {
        if (!plan.asked()) {
            return stores.await(plan.who());
        }
        return plan.withheld() != null ? plan.withheld() : stores.apply(plan.who(), plan.bucket(), work.ring());
    }

    /** A closed bucket has no key in use, and one that the server has not made yet has no name. */
    @Override
    public Optional<Home> home(Plan plan) {
        BucketPlan bucket = plan.bucket();
        boolean none = bucket.closed() || (plan.withheld() == null && !StoreKeys.isKnown(plan.accessKeyId()));
        return Optional.of(new Home(Place.on(plan.who().backend()), bucket.bucket(), none ? null : plan.accessKeyId()));
    }

    @Override
    public List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        return placement.of(id()).map(place -> stores.close(identity, place)).stream()
                .toList();
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        BackendVerdicts store = store(tenant, state);
        return List.of(
                apart(tenant, store, made),
                store.encrypted(tenant.objectStore().tls()),
                encrypts(store.view())
                        ? ControlVerdict.of(Control.TI_REST, made)
                                .remarking(store.where() + " is told to encrypt what lies in the bucket")
                        : ControlVerdict.without(
                                Control.TI_REST,
                                Enforcement.NotEnforceable,
                                store.where()
                                        + " cannot be told to encrypt; whoever runs it has to declare that its disks are"),
                store.serves(tenant.spec().environment(), made));
    }

    /** Where the operator makes keys it tries whether one gets out; of keys that somebody else makes it only remarks it. */
    private static ControlVerdict apart(ValidTenant tenant, BackendVerdicts store, Made made) {
        boolean tried = !StoreKind.of(tenant.objectStore().driver()).keysSupplied();
        return store.view().lacking().stream()
                .filter(c -> tried && c.name().equals(StoreFeature.KeepsBucketsApart.wireName()))
                .findFirst()
                .map(c -> ControlVerdict.without(
                                Control.TI_OBJ,
                                Enforcement.NotEnforceable,
                                store.where() + " does not keep buckets apart: " + c.message())
                        .seenAt(store.where(), store.view().look()))
                .orElseGet(() -> store.apart(Control.TI_OBJ, made));
    }

    private BackendVerdicts store(ValidTenant tenant, Prepared state) {
        return new BackendVerdicts("ObjectStore " + tenant.objectStore().store(), state.backend(id()));
    }

    private static boolean encrypts(BackendView view) {
        return view.known().stream()
                .anyMatch(c -> c.name().equals(StoreFeature.Encryption.wireName()) && c.available());
    }

    @Override
    public List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        return store(tenant, state).risks("object-store");
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.section("Object store: ObjectStore " + plan.who().backend(), "bucket", BucketText.of(plan.bucket()));
    }
}
