package dev.bulkhead.operator.leader;

import java.time.Duration;

/**
 * A point in time by two clocks, for one of them may stand still: the steady one while the machine is suspended, the
 * other when it is set back.
 *
 * @param nanos of the steady clock, which only counts
 * @param millis of the clock that people set
 */
record Moment(long nanos, long millis) {
    /** Now. */
    static Moment now() {
        return new Moment(System.nanoTime(), System.currentTimeMillis());
    }

    /** What has gone by since, by the clock that says more. */
    Duration until(Moment later) {
        Duration steady = Duration.ofNanos(later.nanos - nanos);
        Duration set = Duration.ofMillis(later.millis - millis);
        return steady.compareTo(set) > 0 ? steady : set;
    }
}
