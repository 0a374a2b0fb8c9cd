package dev.bulkhead.operator.part;

import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.Pure;
import java.util.Objects;

/**
 * What the tenant's own people may know of the Tenant's status; they never read the Tenant itself.
 *
 * @param phase where the tenant is in its life
 * @param isolation what the probes found as a whole
 * @param enforced controls enforced of those that apply, such as {@code 17/19}
 * @param proven controls with a valid proof of those that can be proven
 * @param attested controls with a current attestation of those that need one
 */
@Pure
public record ToldStanding(TenantPhase phase, Isolation isolation, String enforced, String proven, String attested) {
    /** As a status says it. */
    public static ToldStanding of(TenantStatus status) {
        return new ToldStanding(
                Objects.requireNonNull(status.phase()),
                Objects.requireNonNull(status.isolation()),
                Objects.requireNonNullElse(status.enforced(), NONE),
                Objects.requireNonNullElse(status.proven(), NONE),
                Objects.requireNonNullElse(status.attested(), NONE));
    }

    private static final String NONE = "0/0";
}
