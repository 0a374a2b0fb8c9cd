package dev.bulkhead.e2e.bench;

import java.util.List;
import java.util.Locale;

/**
 * What looks at one database took in one situation.
 *
 * @param situation for people
 * @param sweep of the operator, over all tenants of the database
 * @param drifted tenants that a sweep named, by name
 * @param trouble why a sweep did not do all it should; empty when it did
 * @param neighbour the prober's attack as a tenant that floods nothing, with eight others
 * @param flooder the same as the one that floods; as the neighbour where nobody does
 */
record SweepFigures(
        String situation, Latencies sweep, List<String> drifted, String trouble, Attacked neighbour, Attacked flooder) {
    SweepFigures {
        drifted = List.copyOf(drifted);
    }

    /**
     * The prober's attacks as one tenant.
     *
     * @param time of each
     * @param trials of the last
     * @param unclear of the last, that say nothing
     */
    record Attacked(Latencies time, int trials, long unclear) {
        String text() {
            return String.format(
                    Locale.ROOT,
                    "%d / %d ms, %d of %d trials unclear",
                    time.p50Millis(),
                    time.maxMillis(),
                    unclear,
                    trials);
        }
    }

    /** Some lines for people; times are median and longest. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%s%n  sweep               %d / %d ms, drifted: %s%s%n  prober, neighbour   %s%n  prober, flooder     %s",
                situation,
                sweep.p50Millis(),
                sweep.maxMillis(),
                drifted.isEmpty() ? "nobody" : String.join(", ", drifted),
                trouble.isEmpty() ? "" : "; " + trouble,
                neighbour.text(),
                flooder.text());
    }
}
