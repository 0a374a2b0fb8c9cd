package dev.bulkhead.operator.job;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs jobs in a pool of their own: so many at once, one of each subject. It keeps nothing but what runs now; after a
 * restart every job is taken up again from its first step, and the world says what is done.
 */
public final class JobRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

    private final Clock clock;
    private final ExecutorService places;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("job-timer").daemon().factory());
    private final Map<String, RunningJob> jobs = new ConcurrentHashMap<>();
    private final Set<String> busy = new HashSet<>();

    /**
     * Nothing runs yet.
     *
     * @param atOnce jobs that may work at the same time; one that waits takes no place
     */
    public JobRunner(int atOnce, Clock clock) {
        this.clock = clock;
        this.places = Executors.newFixedThreadPool(
                atOnce, Thread.ofVirtual().name("job-", 0).factory());
    }

    /**
     * Takes a job up, unless one of its subject is under way.
     *
     * @param id of the job
     * @param changed told whenever it came further, from the job's thread
     * @return whether it is taken up
     */
    public boolean take(String id, Job job, Runnable changed) {
        synchronized (busy) {
            if (jobs.containsKey(id) || !busy.add(job.subject())) {
                return jobs.containsKey(id);
            }
            RunningJob running = new RunningJob(job, clock);
            jobs.put(id, running);
            go(id, running, changed);
        }
        return true;
    }

    /** How far a job is that was taken up here; empty when it was not, or was forgotten. */
    public Optional<JobProgress> progress(String id) {
        return Optional.ofNullable(jobs.get(id)).map(RunningJob::progress);
    }

    /** Goes on no more with a job, and forgets it: it is over and reported, or nobody wants it any more. */
    public void forget(String id) {
        synchronized (busy) {
            RunningJob gone = jobs.remove(id);
            if (gone != null) {
                busy.remove(gone.subject());
            }
        }
    }

    private void go(String id, RunningJob job, Runnable changed) {
        try {
            places.execute(() -> {
                if (jobs.get(id) != job) {
                    return;
                }
                JobProgress before = job.progress();
                Instant next = null;
                try {
                    next = job.advance();
                } finally {
                    if (!before.equals(job.progress())) {
                        changed.run();
                    }
                }
                if (next != null) {
                    again(id, job, changed, next);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("the operator stops");
        }
    }

    private void again(String id, RunningJob job, Runnable changed, Instant next) {
        long millis = Math.max(10, Duration.between(clock.instant(), next).toMillis());
        try {
            ScheduledFuture<?> _ = timer.schedule(() -> go(id, job, changed), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the operator stops");
        }
    }

    /** Stops: what is under way is interrupted, and another process goes on with it. */
    @Override
    public void close() {
        timer.shutdownNow();
        places.shutdownNow();
        try {
            places.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
