package dev.bulkhead.operator.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.operator.outcome.Reason;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobRunnerTest {

    private final JobRunner runner = new JobRunner(2, Clock.systemUTC());

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    void the_steps_of_a_lane_come_one_after_the_other_and_the_job_succeeds() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        AtomicBoolean firstIsDone = new AtomicBoolean();

        runner.take(
                "id",
                job(List.of(
                        step("first", () -> {
                            order.add("first");
                            return firstIsDone.getAndSet(true) ? done() : new Advance.Waiting("a moment");
                        }),
                        step("second", () -> {
                            order.add("second");
                            return done();
                        }))),
                JobRunnerTest::nobody);

        await().until(() -> phase("id") == JobPhase.Succeeded);
        assertThat(order).containsExactly("first", "first", "second");
        assertThat(progress("id").steps()).allMatch(s -> s.state() == StepState.Done && s.finishedAt() != null);
    }

    @Test
    void a_lane_that_waits_or_fails_holds_back_no_other() {
        runner.take(
                "id",
                new Job(
                        "acme",
                        List.of(
                                List.of(
                                        step("stuck", () -> new Advance.Waiting("for ever")),
                                        step("never", this::done)),
                                List.of(step("broken", () -> new Advance.Failed(Reason.Conflict, "no"))),
                                List.of(step("well", this::done))),
                        null),
                JobRunnerTest::nobody);

        await().untilAsserted(() -> assertThat(progress("id").steps())
                .extracting(JobProgress.StepProgress::state)
                .containsExactly(StepState.Running, StepState.Waiting, StepState.Failed, StepState.Done));
        assertThat(phase("id")).isEqualTo(JobPhase.Running);
    }

    @Test
    void a_job_with_a_failed_step_fails_with_its_reason_when_nothing_is_left_to_do() {
        runner.take(
                "id",
                job(List.of(step("broken", () -> new Advance.Failed(Reason.Conflict, "no way")))),
                JobRunnerTest::nobody);

        await().until(() -> phase("id") == JobPhase.Failed);
        assertThat(progress("id").reason()).isEqualTo(Reason.Conflict);
        assertThat(progress("id").message()).isEqualTo("broken: no way");
    }

    @Test
    void what_a_step_throws_passes_and_is_shown_as_a_number_only() {
        AtomicInteger tries = new AtomicInteger();
        runner.take(
                "id",
                job(List.of(step("shaky", () -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new IllegalStateException("password=hunter2");
                    }
                    return tries.get() < 3 ? new Advance.Waiting(progress("id").message()) : done();
                }))),
                JobRunnerTest::nobody);

        await().until(() -> tries.get() >= 1 && progress("id").message().contains("internal error"));
        assertThat(progress("id").message()).doesNotContain("hunter2").contains("see the operator's log");
        await().until(() -> phase("id") == JobPhase.Succeeded);
    }

    @Test
    void of_one_subject_one_job_runs_at_a_time() {
        CountDownLatch ends = new CountDownLatch(1);
        assertThat(runner.take("one", job(List.of(step("long", () -> ended(ends)))), JobRunnerTest::nobody))
                .isTrue();
        assertThat(runner.take("one", job(List.of()), JobRunnerTest::nobody))
                .as("the same again")
                .isTrue();
        assertThat(runner.take("two", job(List.of()), JobRunnerTest::nobody)).isFalse();
        assertThat(runner.progress("two")).isEmpty();

        ends.countDown();
        await().until(() -> phase("one") == JobPhase.Succeeded);
        assertThat(runner.take("two", job(List.of()), JobRunnerTest::nobody))
                .as("not before it is reported")
                .isFalse();
        runner.forget("one");
        assertThat(runner.take("two", job(List.of()), JobRunnerTest::nobody)).isTrue();
    }

    @Test
    void one_that_waits_takes_no_place() {
        for (int i = 0; i < 10; i++) {
            runner.take(
                    "waits" + i,
                    new Job("t" + i, List.of(List.of(step("s", () -> new Advance.Waiting("x")))), null),
                    JobRunnerTest::nobody);
        }
        runner.take("works", new Job("other", List.of(List.of(step("s", this::done))), null), JobRunnerTest::nobody);

        await().until(() -> phase("works") == JobPhase.Succeeded);
    }

    @Test
    void a_job_that_takes_too_long_is_given_up_and_says_what_it_was_at() {
        runner.take(
                "id",
                new Job(
                        "acme",
                        List.of(List.of(step("slow", () -> new Advance.Waiting("the server does not answer")))),
                        Duration.ofMillis(100)),
                JobRunnerTest::nobody);

        await().until(() -> phase("id") == JobPhase.Failed);
        assertThat(progress("id").reason()).isEqualTo(Reason.TookTooLong);
        assertThat(progress("id").message()).contains("the server does not answer");
    }

    @Test
    void whoever_asked_is_told_of_every_change_and_of_nothing_else() {
        List<JobPhase> told = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger tries = new AtomicInteger();
        runner.take(
                "id",
                job(List.of(step("s", () -> tries.incrementAndGet() < 4 ? new Advance.Waiting("same words") : done()))),
                () -> told.add(phase("id")));

        await().until(() -> told.contains(JobPhase.Succeeded));
        assertThat(told).containsExactly(JobPhase.Running, JobPhase.Succeeded);
    }

    @Test
    void one_that_was_forgotten_goes_no_further() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        runner.take(
                "id",
                job(List.of(step("s", () -> {
                    tries.incrementAndGet();
                    return new Advance.Waiting("x");
                }))),
                JobRunnerTest::nobody);
        await().until(() -> tries.get() > 0);
        runner.forget("id");
        int then = tries.get();

        Thread.sleep(1_200);
        assertThat(tries.get()).isLessThanOrEqualTo(then + 1);
        assertThat(runner.progress("id")).isEmpty();
    }

    private static void nobody() {}

    private Advance ended(CountDownLatch ends) {
        return ends.getCount() == 0 ? done() : new Advance.Waiting("for the test");
    }

    private Advance done() {
        return new Advance.Done(null);
    }

    private JobProgress progress(String id) {
        return runner.progress(id).orElseThrow();
    }

    private JobPhase phase(String id) {
        return progress(id).phase();
    }

    private static Job job(List<JobStep> steps) {
        return new Job("acme", List.of(steps), null);
    }

    private static JobStep step(String name, Supplier<Advance> advance) {
        return new JobStep() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Advance advance() {
                return advance.get();
            }
        };
    }
}
