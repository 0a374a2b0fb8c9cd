package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.KeyStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.WorkflowStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.Debt;
import dev.bulkhead.operator.backend.Backends;
import dev.bulkhead.operator.backend.Inventory;
import dev.bulkhead.operator.boundary.BoundaryPlanner;
import dev.bulkhead.operator.boundary.SealingKey;
import dev.bulkhead.operator.boundary.Verdict;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.lifecycle.Closing;
import dev.bulkhead.operator.lifecycle.Placements;
import dev.bulkhead.operator.lifecycle.Tombstones;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.ValidTenant;
import dev.bulkhead.operator.validate.Validation;
import dev.bulkhead.operator.workflow.WorkflowPlanner;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** One pass of one tenant: observe, validate, plan, apply, report. Writes everything but the status. */
public final class TenantPipeline {
    private final TenantObserver observer;
    private final KeyRingStore keyRings;
    private final Backends backends;
    private final TenantApplier applier;
    private final Inventory inventory;
    private final Closing closing;
    private final AcceptedTenants accepted = new AcceptedTenants();
    private final Tombstones tombstones;
    private final PlatformSettings settings;

    /** Wired by hand. */
    public TenantPipeline(
            TenantObserver observer,
            KeyRingStore keyRings,
            Backends backends,
            TenantApplier applier,
            Inventory inventory,
            Closing closing,
            Tombstones tombstones,
            PlatformSettings settings) {
        this.observer = observer;
        this.keyRings = keyRings;
        this.backends = backends;
        this.applier = applier;
        this.inventory = inventory;
        this.closing = closing;
        this.tombstones = tombstones;
        this.settings = settings;
    }

    /**
     * What a pass led to.
     *
     * @param settled whether nothing is left to try again soon
     * @param applied whether the tenant's plan was applied, wholly or in part
     */
    public record Result(TenantStatus status, boolean settled, boolean applied) {}

    /** Runs a pass and has the report say what came of it. */
    public Result run(Tenant tenant, TenantReport report) {
        ObservedTenant observed = observer.observe(tenant);
        try {
            if (!observed.inTheWay().isEmpty()) {
                return refused(tenant, observed, report, observed.inTheWay());
            }
            return switch (TenantValidator.validate(tenant, observed.surroundings())) {
                case Validation.Invalid invalid -> refused(tenant, observed, report, invalid.findings());
                case Validation.Valid valid -> applied(tenant, valid, observed, report);
            };
        } finally {
            observed.close();
        }
    }

    /**
     * Waits for a change of the Tenant or of the platform; both are watched. Meanwhile the tenant is closed where its spec
     * says so, and kept as it was last accepted.
     */
    private Result refused(Tenant tenant, ObservedTenant observed, TenantReport report, List<Finding> findings) {
        boolean passing = findings.stream().allMatch(f -> PASSING.contains(f.reason()));
        Kept kept = observed.foreign() ? Kept.NOTHING : keep(tenant, observed);
        return new Result(
                report.refused(observed.identity().value(), findings, kept.words()),
                !passing && kept.through(),
                kept.looked());
    }

    /**
     * What was done for a tenant that cannot be planned.
     *
     * @param through whether nothing of it is left to try again
     * @param looked whether all that is to be in force was looked at
     * @param words what people should know of it
     */
    private record Kept(boolean through, boolean looked, String words) {
        private static final Kept NOTHING = new Kept(true, false, "waits for a change of the Tenant or the platform");
    }

    private Kept keep(Tenant tenant, ObservedTenant observed) {
        Optional<TenantPlan> plan = accepted.of(tenant, observed.surroundings().today())
                .map(held -> TenantPlanner.plan(held, settings, storeCapabilities(held, observed), observed.slots()));
        if (tenant.getSpec().suspended()) {
            Placement placement = Placements.of(tenant, observed.ring());
            List<Debt> debts = placement == null ? List.of() : closing.close(observed.identity(), placement);
            plan.ifPresent(applier::keepWalls);
            return new Kept(
                    debts.isEmpty(),
                    false,
                    debts.isEmpty()
                            ? "closed, as spec.suspend asks; the rest waits for a change of the Tenant or the platform"
                            : "being closed, as spec.suspend asks: "
                                    + debts.stream().map(Debt::message).collect(Collectors.joining("; ")));
        }
        if (plan.isEmpty()) {
            return Kept.NOTHING;
        }
        boolean keys = observed.ring() instanceof KeyRingStore.Found.Open;
        Applied done = observed.ring() instanceof KeyRingStore.Found.Open open
                ? applier.apply(plan.get(), open.ring(), observed.sealed())
                : applier.keepClosed(plan.get());
        return new Kept(
                done.waiting().isEmpty(),
                keys && done.waiting().isEmpty() && done.blocked().isEmpty(),
                "kept as accepted at generation " + plan.get().tenant().generation()
                        + ", less the people it no longer names, until the Tenant or the platform changes");
    }

    /** Forgets a tenant that is gone. */
    public void forget(TenantIdentity identity, String tenant) {
        accepted.forget(identity, tenant);
        inventory.forget(identity, tenant);
    }

    /** Reasons that may go away without anything we watch. */
    private static final List<Reason> PASSING = List.of(Reason.KeyUnavailable, Reason.KeyRingMissing);

    /** What has to be in place before former data counts as taken over; workflows may come later. */
    private static final List<PartId> TAKEN_OVER =
            List.of(PartId.namespaces, PartId.database, PartId.objectStore, PartId.access, PartId.secrets);

    private Result applied(Tenant object, Validation.Valid valid, ObservedTenant observed, TenantReport report) {
        ValidTenant tenant = valid.tenant();
        accepted.accept(tenant);
        Optional<StoreCapabilities> capabilities = storeCapabilities(tenant, observed);
        return switch (ring(observed, tenant)) {
            case KeyRingStore.Found.Open open -> {
                try (KeyRing ring = open.ring()) {
                    yield apply(valid, capabilities, ring, open.state().slots(), observed, report);
                }
            }
            case KeyRingStore.Found.Unusable unusable -> refused(object, observed, report, List.of(unusable.finding()));
            case KeyRingStore.Found.Absent _ ->
                refused(
                        object,
                        observed,
                        report,
                        List.of(new Finding(
                                Reason.KeyRingMissing,
                                "Secret " + settings.operatorNamespace() + "/"
                                        + tenant.identity().keyRing(),
                                "went away while it was made; tried again by itself")));
        };
    }

    private KeyRingStore.Found ring(ObservedTenant observed, ValidTenant tenant) {
        if (observed.ring() instanceof KeyRingStore.Found.Absent) {
            return keyRings.create(tenant.identity(), tenant.name(), tenant.placement());
        }
        if (observed.ring() instanceof KeyRingStore.Found.Open open
                && open.ring().needsRewrap()) {
            return keyRings.rewrap(tenant.identity());
        }
        return observed.ring();
    }

    private Result apply(
            Validation.Valid valid,
            Optional<StoreCapabilities> capabilities,
            KeyRing ring,
            Slots slots,
            ObservedTenant observed,
            TenantReport report) {
        TenantPlan plan = TenantPlanner.plan(valid.tenant(), settings, capabilities, slots);
        inventory.planned(
                plan.tenant().name(),
                plan.tenant().database().server(),
                plan.schema(),
                plan.tenant().objectStore().store(),
                plan.storeAsked() ? plan.bucket() : null);
        Applied applied = applier.apply(plan, ring, observed.sealed());
        if (TAKEN_OVER.stream().allMatch(applied::done)) {
            tombstones.adopted(observed.surroundings().adoption().former());
        }
        TenantStatus status = report.of(evidence(valid, plan, slots, applied, capabilities, ring, observed));
        List<Outcome> cards = applied.done(PartId.network)
                ? applier.cards(plan, BoundaryPlanner.cards(valid.tenant(), sealingKey(ring), verdict(status)))
                : List.of();
        boolean settled = applied.waiting().isEmpty()
                && applied.blocked().isEmpty() // what is not ours is not watched, so nobody tells when it goes
                && cards.stream().allMatch(Outcome::done);
        return new Result(status, settled, true);
    }

    private TenantReport.Evidence evidence(
            Validation.Valid valid,
            TenantPlan plan,
            Slots slots,
            Applied applied,
            Optional<StoreCapabilities> capabilities,
            KeyRing ring,
            ObservedTenant observed) {
        ValidTenant tenant = valid.tenant();
        boolean closed = tenant.suspended();
        return new TenantReport.Evidence(
                tenant,
                valid.looser(),
                applied,
                new TenantStatus.DatabaseStatus(
                        tenant.database().server(),
                        tenant.database().database(),
                        tenant.identity().schema(),
                        closed
                                ? null
                                : SchemaPlan.Kind.login(
                                                slots.of(PartId.database).current())
                                        .of(tenant.identity())),
                new TenantStatus.ObjectStoreStatus(
                        tenant.objectStore().store(),
                        tenant.identity().bucket(),
                        closed
                                ? null
                                : plan.bucket()
                                        .accessKeyId(
                                                slots.of(PartId.objectStore).current())),
                new KeyStatus(
                        ring.masterKeyIds().last(),
                        ring.tenantKeyVersion(),
                        ring.sealingKeyVersions().last()),
                workflows(tenant),
                databaseCapabilities(tenant, observed),
                capabilities.map(StoreCapabilities::toStatus).orElse(List.of()),
                backends.databaseLook(tenant.database().server()),
                backends.storeLook(tenant.objectStore().store()));
    }

    /** What this process found, else what was found before it started: a store that is down is known all the same. */
    private Optional<StoreCapabilities> storeCapabilities(ValidTenant tenant, ObservedTenant observed) {
        String name = tenant.objectStore().store();
        return backends.storeCapabilities(name)
                .or(() -> observed.surroundings().objectStores().stream()
                        .filter(store -> store.getMetadata().getName().equals(name))
                        .findFirst()
                        .flatMap(StoreCapabilities::remembered));
    }

    /** As {@link #storeCapabilities}. */
    private List<Capability> databaseCapabilities(ValidTenant tenant, ObservedTenant observed) {
        String name = tenant.database().server();
        List<Capability> found = backends.databaseCapabilities(name);
        return !found.isEmpty()
                ? found
                : observed.surroundings().databaseServers().stream()
                        .filter(server -> server.getMetadata().getName().equals(name))
                        .map(DatabaseServer::getStatus)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(BackendStatus::capabilities)
                        .orElse(List.of());
    }

    private List<WorkflowStatus> workflows(ValidTenant tenant) {
        return tenant.spec().workflows().stream()
                .map(w -> {
                    String namespace = tenant.namespace(w.namespace()).fullName();
                    Deployment found =
                            observer.owned().find(Deployment.class, namespace, WorkflowPlanner.objectName(w));
                    int available = found == null || found.getStatus() == null
                            ? 0
                            : Objects.requireNonNullElse(found.getStatus().getAvailableReplicas(), 0);
                    return new WorkflowStatus(w.name(), namespace, tenant.suspended() ? 0 : w.replicas(), available);
                })
                .toList();
    }

    private static SealingKey sealingKey(KeyRing ring) {
        return new SealingKey(
                ring.sealPublicKey().version(), ring.sealPublicKey().publicKey());
    }

    private static Verdict verdict(TenantStatus status) {
        return new Verdict(
                Objects.requireNonNull(status.phase()),
                Objects.requireNonNull(status.isolation()),
                Objects.requireNonNullElse(status.enforced(), "0/0"),
                Objects.requireNonNullElse(status.proven(), "0/0"),
                Objects.requireNonNullElse(status.attested(), "0/0"));
    }
}
