package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.TenantStatus.KeyStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.ResidualRisk;
import dev.bulkhead.api.v1beta1.TenantStatus.WorkflowStatus;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.Homes;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.ControlVerdict;
import dev.bulkhead.operator.validate.ValidTenant;
import java.util.List;

/**
 * What was applied, and what was seen of the platform while doing so: all that a report is made of.
 *
 * @param looser where the tenant is looser than its profile allows by now
 * @param homes as planned: the report says one once it was applied
 * @param keys as they are on the ring
 * @param unavailable what keeps workflows from running as the spec says, the gravest first
 * @param verdicts what each part says of the controls that rest on it
 * @param risks what is left open even when all is as planned
 */
@Pure
public record Evidence(
        ValidTenant tenant,
        List<Finding> looser,
        Applied applied,
        Homes homes,
        KeyStatus keys,
        List<WorkflowStatus> workflows,
        List<Finding> unavailable,
        List<ControlVerdict> verdicts,
        List<ResidualRisk> risks) {
    /** Makes lists immutable. */
    public Evidence {
        looser = List.copyOf(looser);
        workflows = List.copyOf(workflows);
        unavailable = List.copyOf(unavailable);
        verdicts = List.copyOf(verdicts);
        risks = List.copyOf(risks);
    }
}
