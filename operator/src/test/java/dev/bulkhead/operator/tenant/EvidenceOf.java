package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.backend.BackendView;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Slots;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.Prepared;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a pass would hand to the report, with outcomes that the test chose; the parts say what they say. */
final class EvidenceOf {
    private EvidenceOf() {}

    /** All workflows run. */
    static Evidence tenant(
            ValidTenant tenant,
            List<Finding> looser,
            Applied applied,
            TenantStatus.DatabaseStatus database,
            TenantStatus.ObjectStoreStatus objectStore,
            List<TenantStatus.WorkflowStatus> workflows,
            BackendView server,
            BackendView store) {
        return tenant(tenant, looser, applied, database, objectStore, workflows, List.of(), server, store);
    }

    /** With servers that were not looked at for long, and can do what is given. */
    static Evidence tenant(
            ValidTenant tenant,
            List<Finding> looser,
            Applied applied,
            TenantStatus.DatabaseStatus database,
            TenantStatus.ObjectStoreStatus objectStore,
            List<TenantStatus.WorkflowStatus> workflows,
            List<Finding> unavailable,
            BackendView server,
            BackendView store) {
        TenantPlan plan = Compartment.toRead()
                .plan(
                        tenant,
                        new Prepared(
                                Tenants.PLATFORM,
                                Slots.FIRST,
                                null,
                                Map.of(PartId.database, server, PartId.objectStore, store)));
        return new Evidence(
                tenant,
                looser,
                applied,
                BackedParts.homes(database, objectStore),
                new TenantStatus.KeyStatus("mk-1", 1, 1),
                workflows,
                unavailable,
                plan.verdicts(applied),
                plan.risks());
    }

    static BackendView view(List<Capability> capabilities, Optional<Look> look) {
        return new BackendView(Optional.of(capabilities), look);
    }
}
