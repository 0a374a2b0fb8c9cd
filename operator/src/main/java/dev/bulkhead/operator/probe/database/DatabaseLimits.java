package dev.bulkhead.operator.probe.database;

import java.time.Duration;

/**
 * How long a probe waits for a database, and how much of it it takes.
 *
 * @param connect for a TCP connection and the log-in, whole seconds
 * @param statement after which the server ends a statement
 * @param answer after which the probe gives a silent server up, whole seconds
 * @param subjectsAtOnce tenants that are tested at once on one server; each takes two sessions at most
 */
public record DatabaseLimits(Duration connect, Duration statement, Duration answer, int subjectsAtOnce) {
    /** What the prober runs with. */
    public static DatabaseLimits defaults() {
        return new DatabaseLimits(Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ofSeconds(8), 2);
    }
}
