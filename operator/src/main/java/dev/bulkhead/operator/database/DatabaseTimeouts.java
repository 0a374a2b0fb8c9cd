package dev.bulkhead.operator.database;

import java.time.Duration;

/**
 * How long the operator waits for a database before it turns to something else.
 *
 * @param connect for a TCP connection and the log-in, whole seconds
 * @param socket for an answer, whole seconds; also the server's statement_timeout
 * @param turn for a free connection, and for the writer's turn
 * @param place how long somebody who waited that long in vain, and went away, keeps the place in the writer's queue
 * @param share how long a statement may keep the writer while others wait; who needs longer comes after them
 * @param lock for a lock of the server
 * @param holdOff after a failed connection, how long nobody tries again
 */
public record DatabaseTimeouts(
        Duration connect,
        Duration socket,
        Duration turn,
        Duration place,
        Duration share,
        Duration lock,
        Duration holdOff) {
    /** What the operator runs with. */
    public static DatabaseTimeouts defaults() {
        return new DatabaseTimeouts(
                Duration.ofSeconds(3),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(90),
                Duration.ofSeconds(3),
                Duration.ofMillis(500),
                Duration.ofSeconds(2));
    }
}
