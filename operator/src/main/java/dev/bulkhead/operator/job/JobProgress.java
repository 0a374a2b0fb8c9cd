package dev.bulkhead.operator.job;

import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a job is.
 *
 * @param reason why it is where it is
 * @param message the same in words
 * @param startedAt when this process took it up
 */
public record JobProgress(
        JobPhase phase,
        Reason reason,
        String message,
        @Nullable Instant startedAt,
        List<StepProgress> steps) {
    /** Makes the list immutable. */
    public JobProgress {
        steps = List.copyOf(steps);
    }

    /** One that has not begun. */
    public static JobProgress pending(String message) {
        return new JobProgress(JobPhase.Pending, Reason.NextInTurn, message, null, List.of());
    }

    /** How far a step is. */
    public record StepProgress(
            String name,
            StepState state,
            @Nullable Instant startedAt,
            @Nullable Instant finishedAt,
            @Nullable String message) {}
}
