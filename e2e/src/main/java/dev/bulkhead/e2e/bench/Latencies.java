package dev.bulkhead.e2e.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * How long many things of one kind took.
 *
 * @param count how many
 * @param p50Millis half of them took no longer, in milliseconds
 * @param p99Millis of a hundred, ninety-nine took no longer; the slowest when there are fewer than a hundred
 * @param maxMillis the slowest
 */
public record Latencies(int count, long p50Millis, long p99Millis, long maxMillis) {
    /**
     * The figures of these, by nearest rank: each figure is one that was measured.
     *
     * @throws IllegalArgumentException when there are none
     */
    public static Latencies of(Collection<Duration> durations) {
        if (durations.isEmpty()) {
            throw new IllegalArgumentException("nothing was measured");
        }
        List<Duration> sorted = durations.stream().sorted().toList();
        return new Latencies(
                sorted.size(),
                rank(sorted, 50).toMillis(),
                rank(sorted, 99).toMillis(),
                sorted.getLast().toMillis());
    }

    private static Duration rank(List<Duration> sorted, int percent) {
        int rank = Math.ceilDiv(sorted.size() * percent, 100);
        return sorted.get(rank - 1);
    }
}
