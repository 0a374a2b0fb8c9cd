package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.RotationStatus;
import dev.bulkhead.operator.secret.TenantState;
import org.jspecify.annotations.Nullable;

/** What is to be said of a tenant's rotation. */
@FunctionalInterface
public interface Rotations {
    /**
     * As its status shows it; null when there is nothing to say.
     *
     * @param state the record on the tenant's key ring; null when it is not at hand
     */
    @Nullable
    RotationStatus of(Tenant tenant, @Nullable TenantState state);
}
