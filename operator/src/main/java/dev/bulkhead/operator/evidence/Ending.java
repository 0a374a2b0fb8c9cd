package dev.bulkhead.operator.evidence;

/**
 * How one attempt ended. Kept apart because only some of them say anything: a name that does not resolve is not a
 * boundary that holds.
 */
public enum Ending {
    /** It did what it set out to do. */
    Succeeded,
    /** It was refused, in the way and with the code of the boundary that was to be tested. */
    Refused,
    /** Nothing answered in time. */
    TimedOut,
    /** The target's name did not resolve. */
    NameNotFound,
    /** The TLS handshake failed. */
    TlsFailed,
    /** It failed in another way: the test's own set-up, a backend that is down, an answer nobody expected. */
    Broken
}
