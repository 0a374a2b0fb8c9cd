package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.TenantStatus.KeyStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.WorkflowStatus;
import dev.bulkhead.operator.compartment.TenantPlan;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.part.Applied;
import dev.bulkhead.operator.part.SealingKey;
import dev.bulkhead.operator.secret.KeyRing;
import java.util.List;

/** Gathers from a pass what its report is made of. */
final class PassEvidence {
    private PassEvidence() {}

    /** With which values are sealed for the tenant of these keys. */
    static SealingKey sealing(KeyRing keys) {
        return new SealingKey(
                keys.sealPublicKey().version(), keys.sealPublicKey().publicKey());
    }

    /** What came of a plan. */
    static Evidence of(
            TenantPlan plan,
            List<Finding> looser,
            Applied applied,
            KeyRing ring,
            List<WorkflowStatus> workflows,
            List<Finding> unavailable) {
        return new Evidence(
                plan.tenant(),
                looser,
                applied,
                plan.homes(),
                new KeyStatus(
                        ring.masterKeyIds().last(),
                        ring.tenantKeyVersion(),
                        ring.sealingKeyVersions().last()),
                workflows,
                unavailable,
                plan.verdicts(applied),
                plan.risks());
    }
}
