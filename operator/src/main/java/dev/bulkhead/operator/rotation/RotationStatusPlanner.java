package dev.bulkhead.operator.rotation;

import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec.Rotatable;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfileSpec;
import dev.bulkhead.api.v1beta1.TenantStatus.Rotated;
import dev.bulkhead.api.v1beta1.TenantStatus.RotationStatus;
import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.secret.TenantState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a Tenant's status says of rotation, from the record on its key ring and the Rotations there are. Pure. */
@Pure
public final class RotationStatusPlanner {
    private RotationStatusPlanner() {}

    /**
     * The status; null when there is nothing to say.
     *
     * @param state the record on the key ring; null when there is none yet
     * @param supplied parts whose credentials somebody else makes
     * @param rotations of this tenant
     */
    public static @Nullable RotationStatus of(
            Tenant tenant,
            @Nullable TenantState state,
            Set<PartId> supplied,
            @Nullable TenantProfileSpec profile,
            List<Rotation> rotations) {
        if (state == null) {
            return tenant.getStatus() == null ? null : tenant.getStatus().rotation();
        }
        Map<Rotatable, Instant> last = new EnumMap<>(Rotatable.class);
        state.rotation().last().forEach((what, exchanged) -> last.put(what, exchanged.at()));
        RotationStatus status = new RotationStatus(
                last.entrySet().stream()
                        .map(e -> new Rotated(e.getKey(), text(e.getValue())))
                        .toList(),
                RotationSchedule.next(tenant, supplied, last, profile)
                        .map(RotationStatusPlanner::text)
                        .orElse(null),
                state.nextShut().map(RotationStatusPlanner::text).orElse(null),
                rotations.stream()
                        .filter(r -> !RotationOrder.over(r))
                        .min(RotationOrder.TURN)
                        .map(r -> r.getMetadata().getName())
                        .orElse(null));
        return status.equals(new RotationStatus(List.of(), null, null, null)) ? null : status;
    }

    private static String text(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
