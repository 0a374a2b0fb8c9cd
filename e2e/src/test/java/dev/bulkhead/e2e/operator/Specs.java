package dev.bulkhead.e2e.operator;

import dev.bulkhead.api.v1beta1.TenantSpec;
import org.jspecify.annotations.Nullable;

/** Tenant specs with one thing changed. */
final class Specs {
    private Specs() {}

    static TenantSpec renamed(TenantSpec spec, String displayName) {
        return copy(spec, displayName, spec.suspend());
    }

    static TenantSpec suspended(TenantSpec spec, boolean suspended) {
        return copy(spec, spec.displayName(), suspended);
    }

    private static TenantSpec copy(TenantSpec spec, String displayName, @Nullable Boolean suspend) {
        return new TenantSpec(
                spec.profile(),
                displayName,
                spec.environment(),
                spec.protectionNeed(),
                spec.dataCategories(),
                spec.contract(),
                spec.people(),
                spec.namespaces(),
                spec.quota(),
                spec.network(),
                spec.database(),
                spec.objectStore(),
                spec.workflows(),
                spec.retention(),
                suspend,
                spec.adopt());
    }
}
