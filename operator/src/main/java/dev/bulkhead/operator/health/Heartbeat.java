package dev.bulkhead.operator.health;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One piece of work that comes by again and again, whether it succeeds or not. One that does not come any more hangs, and
 * only a new process helps; a server that is away is no reason. Counts by a clock that nobody sets. Safe for several
 * threads.
 */
public final class Heartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

    private final String work;
    private final Duration longest;
    private final LongSupplier nanos;
    private volatile long last;
    private volatile boolean told;

    /**
     * Alive from now on.
     *
     * @param work as people call it in the log
     * @param longest after which it hangs
     */
    public Heartbeat(String work, Duration longest) {
        this(work, longest, System::nanoTime);
    }

    Heartbeat(String work, Duration longest, LongSupplier nanos) {
        this.work = work;
        this.longest = longest;
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /** For work that is done every so often: ten times that, and five minutes at least. */
    public static Heartbeat every(String work, Duration pause) {
        Duration many = pause.multipliedBy(10);
        Duration least = Duration.ofMinutes(5);
        return new Heartbeat(work, many.compareTo(least) < 0 ? least : many);
    }

    /** The work came by. */
    public void beat() {
        last = nanos.getAsLong();
        told = false;
    }

    /** The same work, which beats when it has ended, however it did. */
    public Runnable after(Runnable again) {
        return () -> {
            try {
                again.run();
            } finally {
                beat();
            }
        };
    }

    /** Whether it came by in time; tells the log once when it did not. */
    public boolean alive() {
        Duration silent = Duration.ofNanos(nanos.getAsLong() - last);
        boolean alive = silent.compareTo(longest) <= 0;
        if (!alive && !told) {
            told = true;
            LOG.atError()
                    .addKeyValue("work", work)
                    .addKeyValue("silent", silent.toSeconds() + " s")
                    .log("hangs; /healthz says so, and whoever watches it starts another process");
        }
        return alive;
    }
}
