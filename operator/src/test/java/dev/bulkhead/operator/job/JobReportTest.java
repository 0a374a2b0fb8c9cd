package dev.bulkhead.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.operator.job.JobProgress.StepProgress;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JobReportTest {
    private static final Instant START = Instant.parse("2026-11-29T09:00:00Z");

    @Test
    void a_running_job_says_how_many_steps_are_through_and_is_reconciling() {
        JobStatus status = JobReport.of(running(START), null, 1L, START.plusSeconds(30));

        assertThat(status.progress()).isEqualTo("1/3");
        assertThat(status.phase()).isEqualTo(JobPhase.Running);
        assertThat(status.startedAt()).isEqualTo("2026-11-29T09:00:00Z");
        assertThat(status.finishedAt()).isNull();
        assertThat(condition(status, "Ready")).isEqualTo(Status.False);
        assertThat(condition(status, "Reconciling")).isEqualTo(Status.True);
        assertThat(condition(status, "Stalled")).isEqualTo(Status.False);
    }

    @Test
    void times_that_were_written_stay_when_another_process_goes_on() {
        JobStatus before = JobReport.of(running(START), null, 1L, START.plusSeconds(30));
        Instant later = START.plusSeconds(600);

        JobStatus after = JobReport.of(running(later), before, 1L, later.plusSeconds(1));

        assertThat(after).as("a restart alone changes nothing").isEqualTo(before);
    }

    @Test
    void a_job_that_waits_for_its_turn_has_no_progress_yet() {
        JobStatus status = JobReport.of(JobProgress.pending("waits for Rotation a"), null, 1L, START);

        assertThat(status.phase()).isEqualTo(JobPhase.Pending);
        assertThat(status.progress()).isNull();
        assertThat(status.message()).isEqualTo("waits for Rotation a");
    }

    @Test
    void what_is_over_has_an_end_and_gitops_tools_can_read_it() {
        JobStatus done = JobReport.of(over(JobPhase.Succeeded, Reason.AsPlanned), null, 1L, START.plusSeconds(60));
        JobStatus failed = JobReport.of(over(JobPhase.Failed, Reason.TookTooLong), null, 1L, START.plusSeconds(60));

        assertThat(done.finishedAt()).isEqualTo("2026-11-29T09:01:00Z");
        assertThat(condition(done, "Ready")).isEqualTo(Status.True);
        assertThat(condition(done, "Reconciling")).isEqualTo(Status.False);
        assertThat(condition(failed, "Ready")).isEqualTo(Status.False);
        assertThat(condition(failed, "Stalled")).isEqualTo(Status.True);
        assertThat(failed.conditions()).allMatch(c -> c.reason().equals("TookTooLong"));
    }

    private static JobProgress running(Instant taken) {
        return new JobProgress(
                JobPhase.Running,
                Reason.Working,
                "b: not yet",
                taken,
                List.of(
                        step("a", StepState.Done, taken, taken.plusSeconds(5), null),
                        step("b", StepState.Running, taken.plusSeconds(5), null, "not yet"),
                        step("c", StepState.Waiting, null, null, null)));
    }

    private static JobProgress over(JobPhase phase, Reason reason) {
        return new JobProgress(
                phase, reason, "over", START, List.of(step("a", StepState.Done, START, START.plusSeconds(5), null)));
    }

    private static StepProgress step(
            String name, StepState state, @Nullable Instant from, @Nullable Instant to, @Nullable String message) {
        return new StepProgress(name, state, from, to, message);
    }

    private static Status condition(JobStatus status, String type) {
        return status.conditions().stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow()
                .status();
    }
}
