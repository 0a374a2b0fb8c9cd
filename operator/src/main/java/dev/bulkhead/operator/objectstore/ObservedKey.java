package dev.bulkhead.operator.objectstore;

import org.jspecify.annotations.Nullable;

/**
 * A key that the server knows.
 *
 * @param ordinary whether it has no rights of its own beyond what bucket policies give it
 * @param digest of its secret; null where the server does not tell
 */
public record ObservedKey(boolean ordinary, @Nullable SecretDigest digest) {}
