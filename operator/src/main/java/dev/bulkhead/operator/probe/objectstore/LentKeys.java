package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.objectstore.StoreConnection;
import java.util.Optional;

/** Where the probe borrows a tenant's key. */
public interface LentKeys {
    /** The way to the store with the key that the tenant's own workloads get, or empty where none is delivered. */
    Optional<StoreConnection> of(Subject tenant);

    /** Whether the tenant's key is one that somebody else made and supplied. */
    default boolean supplied(Subject tenant) {
        return false;
    }
}
