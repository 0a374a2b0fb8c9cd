package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Reason;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
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
 * @param provisioned whether what runs was accepted as it stands, see {@link #accepted}: then a profile or platform that
 *     became stricter degrades the tenant instead of refusing it
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

    /**
     * Whether this very generation of the Tenant was accepted before. If it is looser than its profile now, then the
     * profile was tightened; a Tenant that was changed since has to keep the profile it finds.
     */
    public static boolean accepted(Tenant tenant) {
        TenantStatus status = tenant.getStatus();
        return status != null
                && status.phase() != null
                && Objects.equals(
                        status.observedGeneration(), tenant.getMetadata().getGeneration())
                && Objects.equals(status.identity(), TenantIdentity.of(tenant).value())
                && !BackedParts.homes(status).homes().isEmpty() // only what was valid gets that far
                && switch (status.phase()) {
                    case Provisioning, Active, Degraded, Suspended, Conflict, Deleting -> !unprofiled(status);
                    case Pending, Invalid -> false;
                };
    }

    /** Without its profile nobody could say whether that generation is looser. */
    private static boolean unprofiled(TenantStatus status) {
        return status.conditions().stream()
                .anyMatch(c -> ConditionType.Ready.is(c) && c.reason().equals(Reason.UnknownProfile.name()));
    }
}
