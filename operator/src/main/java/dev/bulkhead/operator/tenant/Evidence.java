package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.KeyStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.api.v1beta1.TenantStatus.WorkflowStatus;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.database.DatabasePart;
import dev.bulkhead.operator.objectstore.ObjectStorePart;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;

/**
 * What was applied, and what was seen of the platform while doing so: all that a report is made of.
 *
 * @param looser where the tenant is looser than its profile allows by now
 * @param database as planned: the report says it once it was applied
 * @param objectStore as planned
 * @param keys as they are on the ring
 * @param verdicts what each part says of the controls that rest on it
 * @param risks what is left open even when all is as planned
 */
public record Evidence(
        ValidTenant tenant,
        List<Finding> looser,
        Applied applied,
        TenantStatus.DatabaseStatus database,
        TenantStatus.ObjectStoreStatus objectStore,
        KeyStatus keys,
        List<WorkflowStatus> workflows,
        List<ControlVerdict> verdicts,
        List<ResidualRisk> risks) {
    /** Makes lists immutable. */
    public Evidence {
        looser = List.copyOf(looser);
        workflows = List.copyOf(workflows);
        verdicts = List.copyOf(verdicts);
        risks = List.copyOf(risks);
    }

    /** What came of a plan. */
    public static Evidence of(
            TenantPlan plan, List<Finding> looser, Applied applied, KeyRing ring, List<WorkflowStatus> workflows) {
        return new Evidence(
                plan.tenant(),
                looser,
                applied,
                plan.of(DatabasePart.Plan.class).status(),
                plan.of(ObjectStorePart.Plan.class).status(),
                new KeyStatus(
                        ring.masterKeyIds().last(),
                        ring.tenantKeyVersion(),
                        ring.sealingKeyVersions().last()),
                workflows,
                plan.verdicts(applied),
                plan.risks());
    }
}
