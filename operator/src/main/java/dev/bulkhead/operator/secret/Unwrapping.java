package dev.bulkhead.operator.secret;

/** What came of unwrapping a tenant key. */
public sealed interface Unwrapping {

    /** The key; owned by the caller, who closes it. */
    record Unwrapped(TenantKey key) implements Unwrapping {}

    /** The master key it was wrapped with is not loaded. Nothing is wrong with the wrap itself. */
    record MasterKeyMissing(String masterKeyId) implements Unwrapping {}

    /** Damaged, of another tenant, or wrapped with another key that carries the same id. */
    record Refused(Refusal reason) implements Unwrapping {}
}
