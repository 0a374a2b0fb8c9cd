package dev.bulkhead.operator.health;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Notices that the machine's clock was set, or went on after the machine had been suspended. Whatever a process remembers with a
 * time is then of no use: what is to be done next day would wait for a year. The slow corrections of NTP count on both clocks.
 */
public final class SetClock {
    /** What is no step yet: a leap second, a pause between the readings of the two clocks. */
    private static final Duration STEP = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final LongSupplier steady;
    private final Instant before;
    private final long steadyBefore;

    /**
     * Looks from now on.
     *
     * @param clock the one that people set
     * @param steady nanoseconds of one that only counts
     */
    public SetClock(InstantSource clock, LongSupplier steady) {
        this.clock = clock;
        this.steady = steady;
        this.before = clock.instant();
        this.steadyBefore = steady.getAsLong();
    }

    /** Looks at the machine's clock from now on. */
    public static SetClock fromNow() {
        return new SetClock(InstantSource.system(), System::nanoTime);
    }

    /** By how much it was set forward, or, negative, back; zero when it was not. */
    public Duration step() {
        Duration gone = Duration.ofNanos(steady.getAsLong() - steadyBefore);
        Duration step = Duration.between(before.plus(gone), clock.instant());
        return step.abs().compareTo(STEP) > 0 ? step : Duration.ZERO;
    }
}
