package dev.bulkhead.operator.evidence;

import java.time.Instant;

/**
 * What was found of a server that many tenants live on: a finding of the server, once, and of none of its tenants.
 *
 * @param server such as {@code ObjectStore objects-1}
 * @param standing whether it keeps tenants apart
 * @param message what was found
 * @param at when it was tried; of several times the oldest
 */
public record ServerStanding(String server, Standing standing, String message, Instant at) {
    /** Whether it keeps tenants apart. */
    public enum Standing {
        /** Everything was tried and nothing got through. */
        Apart,
        /** Something got through. */
        NotApart,
        /** Neither can be said. */
        Unknown
    }
}
