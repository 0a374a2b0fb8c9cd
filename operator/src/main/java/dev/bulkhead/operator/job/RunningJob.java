package dev.bulkhead.operator.job;

import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.JobStatus.StepState;
import dev.bulkhead.operator.job.JobProgress.StepProgress;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job under way. Used by one thread at a time; only {@link #progress} may be asked by any. */
final class RunningJob {
    private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Job job;
    private final Clock clock;
    private final Instant startedAt;
    private final List<Lane> lanes;
    private volatile JobProgress progress;

    RunningJob(Job job, Clock clock) {
        this.job = job;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.lanes = job.lanes().stream().map(Lane::new).toList();
        this.progress = snapshot();
    }

    String subject() {
        return job.subject();
    }

    JobProgress progress() {
        return progress;
    }

    /**
     * Goes on in every lane whose time has come.
     *
     * @return when to go on; null when the job is over
     */
    @Nullable
    Instant advance() {
        Instant now = clock.instant();
        for (Lane lane : lanes) {
            if (!lane.over() && !now.isBefore(lane.next)) {
                lane.advance();
            }
            if (!lane.over() && job.longest() != null && !now.isBefore(startedAt.plus(job.longest()))) {
                lane.giveUp(job.longest());
            }
        }
        progress = snapshot();
        return lanes.stream()
                .filter(lane -> !lane.over())
                .map(lane -> lane.next)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private JobProgress snapshot() {
        List<StepProgress> steps =
                lanes.stream().flatMap(lane -> lane.steps().stream()).toList();
        List<Lane> open = lanes.stream().filter(lane -> !lane.over()).toList();
        List<Lane> failed = lanes.stream().filter(lane -> lane.failure != null).toList();
        if (!open.isEmpty()) {
            return new JobProgress(JobPhase.Running, Reason.Working, words(open), startedAt, steps);
        }
        if (!failed.isEmpty()) {
            return new JobProgress(
                    JobPhase.Failed,
                    Objects.requireNonNull(failed.getFirst().failure).reason(),
                    words(failed),
                    startedAt,
                    steps);
        }
        return new JobProgress(JobPhase.Succeeded, Reason.AsPlanned, "done", startedAt, steps);
    }

    private static String words(List<Lane> lanes) {
        return String.join(
                "; ",
                lanes.stream()
                        .map(lane -> lane.current().name() + ": " + Objects.requireNonNullElse(lane.message, "begins"))
                        .distinct()
                        .toList());
    }

    /** A row of steps and where it is. */
    private final class Lane {
        private final List<JobStep> steps;
        private final List<StepProgress> done = new ArrayList<>();
        private Instant next = startedAt;
        private @Nullable Instant stepStarted;
        private @Nullable String message;
        private Advance.@Nullable Failed failure;
        private Duration pause = FIRST_PAUSE;

        private Lane(List<JobStep> steps) {
            this.steps = steps;
        }

        private boolean over() {
            return failure != null || done.size() == steps.size();
        }

        private JobStep current() {
            return steps.get(Math.min(done.size(), steps.size() - 1));
        }

        /** Through as many steps as are done already or can be done now. */
        private void advance() {
            while (!over()) {
                if (stepStarted == null) {
                    stepStarted = clock.instant();
                }
                switch (tried(current())) {
                    case Advance.Done through -> {
                        done.add(new StepProgress(
                                current().name(), StepState.Done, stepStarted, clock.instant(), through.message()));
                        stepStarted = null;
                        message = null;
                        pause = FIRST_PAUSE;
                    }
                    case Advance.Waiting waiting -> {
                        again(waiting);
                        return;
                    }
                    case Advance.Failed failed -> {
                        failure = failed;
                        message = failed.message();
                        return;
                    }
                }
            }
        }

        private void again(Advance.Waiting waiting) {
            if (!waiting.message().equals(message)) {
                pause = FIRST_PAUSE;
            }
            message = waiting.message();
            Instant later = clock.instant().plus(pause);
            next = waiting.until() != null && waiting.until().isBefore(later) ? waiting.until() : later;
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }

        private Advance tried(JobStep step) {
            try {
                return step.advance();
            } catch (KubernetesClientException e) {
                return new Advance.Waiting(
                        e.getCode() <= 0 || e.getCode() >= 500
                                ? "the API server does not answer; tried again"
                                : "the API server answered " + e.getCode() + "; tried again");
            } catch (RuntimeException e) {
                String correlation = UUID.randomUUID().toString().substring(0, 8);
                if (message == null || !message.startsWith("internal error")) {
                    LOG.atError()
                            .addKeyValue("subject", job.subject())
                            .addKeyValue("step", step.name())
                            .addKeyValue("correlation", correlation)
                            .setCause(e)
                            .log("internal error");
                    return new Advance.Waiting(
                            "internal error " + correlation + ", see the operator's log; tried again");
                }
                return new Advance.Waiting(message);
            }
        }

        private void giveUp(Duration longest) {
            String was = Objects.requireNonNullElse(message, "begun");
            failure = new Advance.Failed(Reason.TookTooLong, was);
            message = "given up after " + longest + "; it was at: " + was;
        }

        private List<StepProgress> steps() {
            List<StepProgress> all = new ArrayList<>(done);
            for (int i = done.size(); i < steps.size(); i++) {
                boolean current = i == done.size();
                StepState state = !current ? StepState.Waiting : failure != null ? StepState.Failed : StepState.Running;
                all.add(new StepProgress(
                        steps.get(i).name(), state, current ? stepStarted : null, null, current ? message : null));
            }
            return all;
        }
    }
}
