package dev.bulkhead.operator.tenant;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.access.OperatorAccount;
import dev.bulkhead.operator.boundary.BoundaryPlanner;
import dev.bulkhead.operator.database.DatabasePlanner;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.network.NetworkPlanner;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.ObjectStorePlanner;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.secret.DeliveryPlanner;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** From a valid tenant to everything it is to have. Each room plans its own part; this only puts them together. */
public final class TenantPlanner {
    private TenantPlanner() {}

    /**
     * The plan.
     *
     * @param asked what the object store can do that the tenant lives on; empty when nobody could ask it yet: then the
     *     bucket waits, and nothing else does
     * @param slots the login and the key in use
     */
    public static TenantPlan plan(
            ValidTenant tenant, PlatformSettings settings, Optional<StoreCapabilities> asked, Slots slots) {
        StoreCapabilities capabilities = asked.orElseGet(
                () -> StoreCapabilities.unasked(tenant.objectStore().driver()));
        SchemaPlan schema = DatabasePlanner.plan(
                tenant.identity(), tenant.database(), slots.of(PartId.database).live(), tenant.suspended());
        BucketPlan bucket = ObjectStorePlanner.plan(
                tenant.identity(),
                tenant.objectStore(),
                capabilities,
                slots.of(PartId.objectStore).live(),
                tenant.suspended());
        return new TenantPlan(
                tenant,
                BoundaryPlanner.namespaces(tenant, settings),
                AccessPlanner.operatorBinding(
                        tenant, new OperatorAccount(settings.operatorNamespace(), "bulkhead-operator")),
                limits(tenant),
                NetworkPlanner.policies(tenant, settings),
                schema,
                asked.isPresent(),
                bucket,
                access(tenant, settings),
                DeliveryPlanner.plan(
                        tenant,
                        slots,
                        SchemaPlan.Kind.login(slots.of(PartId.database).current())
                                .of(tenant.identity()),
                        bucket.accessKeyId(slots.of(PartId.objectStore).current())));
    }

    private static List<RoleBinding> access(ValidTenant tenant, PlatformSettings settings) {
        OperatorAccount prober = new OperatorAccount(settings.operatorNamespace(), "bulkhead-prober");
        return Stream.of(
                        AccessPlanner.people(tenant),
                        AccessPlanner.proberBinding(tenant, prober),
                        AccessPlanner.canaryBinding(tenant))
                .flatMap(List::stream)
                .toList();
    }

    private static List<HasMetadata> limits(ValidTenant tenant) {
        return Stream.concat(BoundaryPlanner.limits(tenant).stream(), AccessPlanner.canaryAccounts(tenant).stream())
                .toList();
    }
}
