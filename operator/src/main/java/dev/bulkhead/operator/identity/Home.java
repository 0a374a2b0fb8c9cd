package dev.bulkhead.operator.identity;

import org.jspecify.annotations.Nullable;

/**
 * Where one part of a tenant's data is at home.
 *
 * @param place the server or store it lies on
 * @param name what it is called there: a schema, or a bucket
 * @param credential by which the tenant gets in, a login or an access key id; null where none is in use
 */
public record Home(Place place, String name, @Nullable String credential) {
    /** The same with no way in. */
    public Home shut() {
        return new Home(place, name, null);
    }
}
