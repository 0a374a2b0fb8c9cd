package dev.bulkhead.operator.identity;

import org.jspecify.annotations.Nullable;

/**
 * Where one part of a tenant's data lies; chosen once, because data does not move by itself.
 *
 * @param backend name of the server or store
 * @param inside a part of it, such as one of a server's databases; null where there is no such choice
 */
public record Place(String backend, @Nullable String inside) {
    /** A place without a choice inside. */
    public static Place on(String backend) {
        return new Place(backend, null);
    }
}
