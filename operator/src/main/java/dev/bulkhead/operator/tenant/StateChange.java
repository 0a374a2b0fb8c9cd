package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Phase;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What people should hear about: another phase, or another reason for being ready or not.
 *
 * @param warning whether somebody should look
 */
record StateChange(boolean warning, String reason, String note) {
    /** Phases in which a Tenant is not Ready and nobody has to do anything. */
    private static final Set<Phase> EXPECTED = EnumSet.of(Phase.Pending, Phase.Provisioning, Phase.Suspended);

    static Optional<StateChange> between(@Nullable TenantStatus before, TenantStatus after) {
        Condition ready = ready(after);
        if (ready == null) {
            return Optional.empty();
        }
        Condition was = before == null ? null : ready(before);
        boolean same = was != null
                && before != null
                && before.phase() == after.phase()
                && was.status() == ready.status()
                && Objects.equals(was.reason(), ready.reason());
        return same
                ? Optional.empty()
                : Optional.of(new StateChange(
                        ready.status() != Status.True && !EXPECTED.contains(after.phase()),
                        ready.reason(),
                        ready.message()));
    }

    private static @Nullable Condition ready(TenantStatus status) {
        return status.conditions().stream()
                .filter(c -> c.type().equals("Ready"))
                .findFirst()
                .orElse(null);
    }
}
