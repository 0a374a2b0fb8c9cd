package dev.bulkhead.operator.job;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.api.v1beta1.JobStatus.StepStatus;
import dev.bulkhead.operator.job.JobProgress.StepProgress;
import dev.bulkhead.operator.outcome.ConditionType;
import dev.bulkhead.operator.outcome.Conditions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From a job's progress to its status. Times that were written before stay, also when another process goes on. Pure. */
public final class JobReport {
    private JobReport() {}

    /**
     * The status.
     *
     * @param before the status that stands there
     * @param generation of the job's object
     */
    public static JobStatus of(
            JobProgress progress, @Nullable JobStatus before, @Nullable Long generation, Instant now) {
        Map<String, StepStatus> known = before == null
                ? Map.of()
                : before.steps().stream().collect(Collectors.toMap(StepStatus::name, Function.identity()));
        List<StepStatus> steps = progress.steps().isEmpty() && before != null
                ? before.steps()
                : progress.steps().stream()
                        .map(step -> step(step, known.get(step.name())))
                        .toList();
        long through =
                steps.stream().filter(step -> step.state() == StepState.Done).count();
        return new JobStatus(
                generation,
                progress.phase(),
                steps.isEmpty() ? null : through + "/" + steps.size(),
                progress.message(),
                before != null && before.startedAt() != null ? before.startedAt() : text(progress.startedAt()),
                progress.phase().over() ? text(now) : null,
                steps,
                conditions(progress, before, generation, now));
    }

    private static StepStatus step(StepProgress step, @Nullable StepStatus known) {
        String started = known != null && known.startedAt() != null ? known.startedAt() : text(step.startedAt());
        boolean wasDone = known != null && known.state() == StepState.Done && known.finishedAt() != null;
        String finished = wasDone && step.state() == StepState.Done
                ? Objects.requireNonNull(known).finishedAt()
                : text(step.finishedAt());
        return new StepStatus(step.name(), step.state(), started, finished, step.message());
    }

    private static List<Condition> conditions(
            JobProgress progress, @Nullable JobStatus before, @Nullable Long generation, Instant now) {
        JobPhase phase = progress.phase();
        return new Conditions(before == null ? List.of() : before.conditions(), now, generation)
                .set(
                        ConditionType.Ready,
                        phase == JobPhase.Succeeded ? Status.True : Status.False,
                        progress.reason(),
                        progress.message())
                .set(
                        ConditionType.Reconciling,
                        phase.over() ? Status.False : Status.True,
                        progress.reason(),
                        progress.message())
                .set(
                        ConditionType.Stalled,
                        phase == JobPhase.Failed ? Status.True : Status.False,
                        progress.reason(),
                        progress.message())
                .list();
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
