package dev.bulkhead.operator.probe.connection;

/** How an attempt to connect ended, from what says least to what says most: of several tries the last of these counts. */
enum ConnectionOutcome {
    /** The attempt itself went wrong; nothing is known. */
    Failed,
    /** Nothing came back. */
    TimedOut,
    /** This end, or something on the way, said that there is no way or that it is prohibited. */
    Unreachable,
    /** A refusal came back: a reset, or that nobody listens on the port. */
    Refused,
    /** Somebody took the connection, but not the one that was to be reached: it did not know the word. */
    Accepted,
    /** The one that was to be reached answered. */
    Answered
}
