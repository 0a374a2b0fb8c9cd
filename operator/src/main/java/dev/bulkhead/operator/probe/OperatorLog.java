package dev.bulkhead.operator.probe;

import java.time.Instant;

/** What the operator wrote to its log. */
@FunctionalInterface
public interface OperatorLog {
    /** Everything since then. */
    LogReading since(Instant start);

    /** What came of reading it. */
    sealed interface LogReading {
        /** The log. */
        record Text(String text) implements LogReading {}

        /** It should be there and cannot be read. */
        record Unreadable(String reason) implements LogReading {}

        /** Nobody could read it here, whatever state the platform is in: the operator runs in no pod. */
        record NotHere(String reason) implements LogReading {}
    }
}
