package dev.bulkhead.operator.tenant;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.TenantStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Reason;
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
    private static final Set<TenantPhase> EXPECTED =
            EnumSet.of(TenantPhase.Pending, TenantPhase.Provisioning, TenantPhase.Suspended);

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
                        ready.status() != Status.True
                                && !Reason.valueOf(ready.reason()).isPassing()
                                && (!EXPECTED.contains(after.phase()) || isStuck(after)),
                        ready.reason(),
                        ready.message()));
    }

    /** A Tenant that is being made and cannot be: something of another is in the way, or the operator lacks a right. */
    private static boolean isStuck(TenantStatus status) {
        Condition stalled = condition(status, ConditionType.Stalled);
        return status.phase() == TenantPhase.Provisioning && stalled != null && stalled.status() == Status.True;
    }

    private static @Nullable Condition ready(TenantStatus status) {
        return condition(status, ConditionType.Ready);
    }

    private static @Nullable Condition condition(TenantStatus status, ConditionType type) {
        return status.conditions().stream().filter(type::is).findFirst().orElse(null);
    }
}
