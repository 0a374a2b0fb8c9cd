package dev.bulkhead.operator.validate;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.operator.outcome.ConditionType;
import org.jspecify.annotations.Nullable;

/** Whether a backend answers, as the operator last found. */
enum Readiness {
    READY,
    NOT_READY;

    static Readiness of(@Nullable BackendStatus status) {
        boolean ready = status != null
                && status.conditions().stream()
                        .anyMatch(c -> ConditionType.Ready.is(c) && c.status() == Condition.Status.True);
        return ready ? READY : NOT_READY;
    }
}
