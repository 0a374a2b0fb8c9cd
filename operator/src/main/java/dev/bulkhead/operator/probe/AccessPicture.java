package dev.bulkhead.operator.probe;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.access.Tenantry;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every binding of the cluster, and what tells whom of it to blame.
 *
 * @param bindings resolved
 * @param tenants who belongs to a tenant
 * @param installed since when the prober has its own role, which came with the chart; null when that is not known
 * @param overfull namespaces with more roles or bindings than are looked at, and why that is so: nothing is told of them
 */
@Pure
public record AccessPicture(
        BindingExpansion bindings,
        Tenantry tenants,
        @Nullable Instant installed,
        Map<String, String> overfull) {
    /** Makes the map immutable. */
    public AccessPicture {
        overfull = Map.copyOf(overfull);
    }
}
