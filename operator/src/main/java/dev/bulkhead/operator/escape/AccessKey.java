package dev.bulkhead.operator.escape;

/**
 * What somebody signs with.
 *
 * @param id which everybody may know
 * @param secret which nobody else may
 */
public record AccessKey(String id, String secret) {
    /** Without the secret: this ends up in logs. */
    @Override
    public String toString() {
        return "AccessKey[" + id + "]";
    }
}
