package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.api.v1beta1.TenantStatus.ObjectStoreStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.backend.Occupant;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.part.Delivering;
import dev.bulkhead.operator.part.Lacking;
import dev.bulkhead.operator.part.Made;
import dev.bulkhead.operator.part.Part;
import dev.bulkhead.operator.part.PlanText;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.part.Work;
import dev.bulkhead.operator.secret.PlannedSecret;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;

/** A tenant's bucket, its keys and who may do what there, and the Secret with the way there. */
public final class ObjectStorePart implements Part<ObjectStorePart.Plan>, Delivering {
    private final Backends<BucketPlan> stores;

    /** On these stores. */
    public ObjectStorePart(Backends<BucketPlan> stores) {
        this.stores = stores;
    }

    /**
     * The bucket, and where.
     *
     * @param asked whether it is known what the store can do: else the bucket waits
     * @param accessKeyId of the key that is delivered
     */
    public record Plan(Occupant who, boolean asked, BucketPlan bucket, String accessKeyId) {
        /** As status tells it; a closed bucket has no key in use. */
        public ObjectStoreStatus status() {
            return new ObjectStoreStatus(who.backend(), bucket.bucket(), bucket.closed() ? null : accessKeyId);
        }
    }

    @Override
    public PartId id() {
        return PartId.objectStore;
    }

    @Override
    public Plan plan(ValidTenant tenant, Prepared state) {
        return new Plan(
                new Occupant(
                        tenant.name(), tenant.identity(), tenant.objectStore().store()),
                state.backend(id()).capabilities().isPresent(),
                ObjectStorePlanner.plan(
                        tenant.identity(),
                        tenant.objectStore(),
                        StoreCapabilities.known(
                                tenant.objectStore().driver(),
                                state.backend(id()).known()),
                        state.slots().of(id()).live(),
                        tenant.suspended()),
                accessKeyId(tenant, state));
    }

    private String accessKeyId(ValidTenant tenant, Prepared state) {
        return ObjectStorePlanner.accessKeyId(
                tenant.identity(), state.slots().of(id()).current());
    }

    @Override
    public String secretName() {
        return BucketSecret.NAME;
    }

    @Override
    public List<PlannedSecret> secrets(ValidTenant tenant, Prepared state) {
        return BucketSecret.plan(tenant, state.slots().of(id()).current(), accessKeyId(tenant, state));
    }

    @Override
    public List<Outcome> revoke(Plan plan, Work work) {
        return plan.bucket().closed()
                ? List.of(plan.asked() ? stores.shut(plan.who(), plan.bucket()) : stores.await(plan.who()))
                : List.of();
    }

    @Override
    public List<Outcome> apply(Plan plan, Work work) {
        return plan.bucket().closed()
                ? List.of()
                : List.of(
                        plan.asked() ? stores.apply(plan.who(), plan.bucket(), work.ring()) : stores.await(plan.who()));
    }

    @Override
    public List<Outcome> close(TenantIdentity identity, Placement placement, Tools tools) {
        return placement.of(id()).map(place -> stores.close(identity, place)).stream()
                .toList();
    }

    @Override
    public List<ControlVerdict> verdicts(ValidTenant tenant, Prepared state, Made made) {
        String store = "ObjectStore " + tenant.objectStore().store();
        BackendView view = state.backend(id());
        return List.of(
                Lacking.remark(ControlVerdict.of(Control.TI_OBJ, made), view).seenAt(store, view.look()),
                tenant.objectStore().tls()
                        ? ControlVerdict.enforced(Control.TI_TLS, store + ": TLS, peer verified")
                        : ControlVerdict.without(
                                Control.TI_TLS,
                                Enforcement.NotEnforceable,
                                store + " is reached without TLS; configure it there"),
                encrypts(view)
                        ? ControlVerdict.of(Control.TI_REST, made)
                                .remarking(store + " is told to encrypt what lies in the bucket")
                        : ControlVerdict.without(
                                Control.TI_REST,
                                Enforcement.NotEnforceable,
                                store
                                        + " cannot be told to encrypt; whoever runs it has to declare that its disks are"),
                ControlVerdict.of(Control.TI_ENV, made)
                        .remarking(store + " serves " + tenant.spec().environment() + " only"));
    }

    private static boolean encrypts(BackendView view) {
        return view.known().stream()
                .anyMatch(c -> c.name().equals(StoreFeature.Encryption.wireName()) && c.available());
    }

    @Override
    public List<ResidualRisk> risks(ValidTenant tenant, Prepared state) {
        return Lacking.risks(
                "object-store", "ObjectStore " + tenant.objectStore().store(), state.backend(id()));
    }

    @Override
    public void text(Plan plan, PlanText text) {
        text.section("Object store: ObjectStore " + plan.who().backend(), "bucket", BucketText.of(plan.bucket()));
    }
}
