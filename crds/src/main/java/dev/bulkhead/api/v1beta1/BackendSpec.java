package dev.bulkhead.api.v1beta1;

import org.jspecify.annotations.Nullable;

/** What every kind of server or store says of itself. */
public interface BackendSpec {
    /** Only tenants of this environment come there. */
    TenantSpec.Environment environment();

    /** How tenants' pods reach it; null when no pod can. */
    @Nullable
    ReachableAs reachableAs();
}
