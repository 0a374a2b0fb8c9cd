package dev.bulkhead.operator.guard;

import dev.bulkhead.operator.health.Heartbeat;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the rounds of a {@link GuardKeeper}, one after the other. */
public final class GuardRounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuardRounds.class);

    private final GuardKeeper keeper;
    private final Duration every;
    private final Heartbeat beats;
    private @Nullable ScheduledExecutorService rounds;

    /**
     * Runs nothing before {@link #start()}.
     *
     * @param every from the end of a round to the next
     */
    public GuardRounds(GuardKeeper keeper, Duration every) {
        this.keeper = keeper;
        this.every = every;
        this.beats = Heartbeat.every("rounds of the guards", every);
    }

    /** Begins with a round at once; does nothing when it has begun. */
    public synchronized void start() {
        if (rounds == null) {
            beats.beat();
            rounds = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("guards").factory());
            ScheduledFuture<?> _ =
                    rounds.scheduleWithFixedDelay(beats.after(this::round), 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** An exception would end the schedule without a word. */
    private void round() {
        try {
            keeper.round(beats::beat);
        } catch (RuntimeException e) {
            LOG.atWarn().addKeyValue("error", e.getClass().getSimpleName()).log("round of the guards failed");
        }
    }

    /** Whether rounds still come by, where there are to be any. */
    public synchronized boolean alive() {
        return rounds == null || beats.alive();
    }

    /** Whether the guards have been looked at since the start. */
    public boolean seen() {
        return keeper.state().observedAt() != null;
    }

    @Override
    public synchronized void close() {
        if (rounds != null) {
            rounds.shutdownNow();
            rounds = null;
        }
    }
}
