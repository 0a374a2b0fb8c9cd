package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.operator.calls.ExternalCalls.Backend;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.ObjectStoreSweep;
import dev.bulkhead.operator.objectstore.ObjectStores;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.objectstore.StoreFeature;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to object stores, says what they can do, and sweeps their tenants. */
@ControllerConfiguration(name = "objectstore")
public final class ObjectStoreReconciler implements Reconciler<ObjectStore> {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectStoreReconciler.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final BackendRegistry backends;
    private final Inventory inventory;
    private final Consumer<String> drifted;
    private final Sweeps sweeps;
    private final ToIntFunction<String> tenants;
    private final Duration sweepInterval;
    private final Clock clock;

    /**
     * Wired by hand.
     *
     * @param drifted told the name of every Tenant that a sweep found changed
     * @param sweeps told how long sweeps take
     * @param tenants how many Tenants live on a store
     */
    public ObjectStoreReconciler(
            BackendRegistry backends,
            Inventory inventory,
            Consumer<String> drifted,
            Sweeps sweeps,
            ToIntFunction<String> tenants,
            Duration sweepInterval,
            Clock clock) {
        this.backends = backends;
        this.inventory = inventory;
        this.drifted = drifted;
        this.sweeps = sweeps;
        this.tenants = tenants;
        this.sweepInterval = sweepInterval;
        this.clock = clock;
    }

    @Override
    public UpdateControl<ObjectStore> reconcile(ObjectStore store, Context<ObjectStore> context) {
        String name = store.getMetadata().getName();
        try {
            return switch (backends.open(store)) {
                case BackendRegistry.Opening.Failed<ObjectStores.Open> failed ->
                    report(store, unreachable(store, failed.finding()), AGAIN);
                case BackendRegistry.Opening.Opened<ObjectStores.Open> opened -> look(store, opened.backend());
            };
        } finally {
            backends.looked("ObjectStore " + name);
        }
    }

    private UpdateControl<ObjectStore> look(ObjectStore store, ObjectStores.Open open) {
        return switch (open.look()) {
            case ObjectStores.Look.Unseen unseen -> report(store, unreachable(store, unseen.finding()), AGAIN);
            case ObjectStores.Look.Seen seen -> {
                String name = store.getMetadata().getName();
                backends.can(name, seen.capabilities());
                Map<TenantIdentity, BucketPlan> plans = inventory.buckets(name);
                Instant began = clock.instant();
                ObjectStoreSweep.Swept swept = open.sweep().sweep(name, plans);
                sweeps.ended(Backend.s3, swept.failures().isEmpty(), Duration.between(began, clock.instant()));
                swept.drifted().forEach(identity -> {
                    LOG.atInfo()
                            .addKeyValue("tenant", inventory.tenant(identity))
                            .addKeyValue("objectStore", name)
                            .log("bucket drifted");
                    drifted.accept(inventory.tenant(identity));
                });
                swept.unsettled().forEach(identity -> drifted.accept(inventory.tenant(identity)));
                looked(store, swept.failures().isEmpty());
                if (!swept.failures().isEmpty()) {
                    yield report(store, unreachable(store, swept.failures().getFirst()), AGAIN);
                }
                yield report(
                        store,
                        new BackendStatus(
                                store.getMetadata().getGeneration(),
                                null,
                                tenants.applyAsInt(name),
                                List.of(),
                                seen.capabilities().toStatus(),
                                conditions(store)
                                        .set(
                                                ConditionType.Ready,
                                                Status.True,
                                                Reason.AsPlanned,
                                                answers(seen.capabilities()))
                                        .list()),
                        sweepInterval);
            }
        };
    }

    /** Has the tenants told when nobody could look for too long, and when somebody could again. */
    private void looked(ObjectStore store, boolean done) {
        String name = store.getMetadata().getName();
        if (backends.lookedAtStore(name, done, clock.instant())) {
            inventory.buckets(name).keySet().forEach(identity -> drifted.accept(inventory.tenant(identity)));
        }
    }

    /** Nobody should take a store that answers for one that holds. */
    private static String answers(StoreCapabilities capabilities) {
        return capabilities.has(StoreFeature.KeepsBucketsApart)
                ? "the store answers"
                : "the store answers, but does not keep buckets apart: "
                        + capabilities.message(StoreFeature.KeepsBucketsApart);
    }

    /** What was known of the store stays; it is only not reachable now. */
    private BackendStatus unreachable(ObjectStore store, Finding finding) {
        looked(store, false);
        BackendStatus before = store.getStatus();
        return new BackendStatus(
                store.getMetadata().getGeneration(),
                before == null ? null : before.version(),
                before == null ? null : before.tenants(),
                before == null ? List.of() : before.load(),
                before == null ? List.of() : before.capabilities(),
                conditions(store)
                        .set(ConditionType.Ready, Status.False, finding.reason(), finding.text())
                        .list());
    }

    private Conditions conditions(ObjectStore store) {
        return new Conditions(
                store.getStatus() == null ? List.of() : store.getStatus().conditions(),
                clock.instant(),
                store.getMetadata().getGeneration());
    }

    private static UpdateControl<ObjectStore> report(ObjectStore store, BackendStatus status, Duration again) {
        if (Objects.equals(store.getStatus(), status)) {
            return UpdateControl.<ObjectStore>noUpdate().rescheduleAfter(again);
        }
        ObjectStore patch = new ObjectStore();
        patch.setMetadata(
                new ObjectMetaBuilder().withName(store.getMetadata().getName()).build());
        patch.setStatus(status);
        return UpdateControl.patchStatus(patch).rescheduleAfter(again);
    }
}
