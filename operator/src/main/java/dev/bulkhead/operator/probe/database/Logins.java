package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Subject;
import java.util.Optional;

/** Where the probe borrows a tenant's login. */
public interface Logins {
    /** The login as the tenant's own workloads get it, or empty where none is delivered. */
    Optional<DatabaseLogin> of(Subject tenant);
}
