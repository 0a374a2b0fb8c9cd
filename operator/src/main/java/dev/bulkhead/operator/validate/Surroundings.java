package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.operator.identity.Placement;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was observed around one Tenant, as far as its validity depends on it. Copied at one moment; nothing here asks.
 *
 * @param profile the TenantProfile that spec.profile names, or null when there is none
 * @param backends every server and store of every kind, with the status the operator wrote
 * @param placement where the tenant already lives, as far as it was placed; it stays there
 * @param settings what the operator was told about the platform
 * @param adoption who had the identity that spec.adopt names; {@link Adoption#NONE} without spec.adopt
 * @param today the day in UTC, which ends people's access
 * @param provisioned whether this very spec of this very Tenant was accepted before: if it is looser than its profile now,
 *     then the profile or the platform became stricter, which degrades the tenant instead of refusing it
 */
public record Surroundings(
        @Nullable TenantProfileSpec profile,
        List<? extends BackendResource> backends,
        Placement placement,
        PlatformSettings settings,
        Adoption adoption,
        LocalDate today,
        boolean provisioned) {

    /** Makes lists immutable. */
    public Surroundings {
        backends = List.copyOf(backends);
    }

    /** Every server or store of one kind. */
    public <R extends BackendResource> List<R> backends(Class<R> kind) {
        return backends.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
