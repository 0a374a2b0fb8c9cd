package dev.bulkhead.operator.backend;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.StoreCapabilities;
import dev.bulkhead.operator.outcome.Look;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.KeyRing;
import java.util.List;
import java.util.Optional;

/** The database servers and object stores that are known and usable now. */
public interface Backends {
    /** Brings a tenant's schema to the plan; the login's password comes from the ring. */
    Outcome database(String server, SchemaPlan plan, KeyRing ring);

    /** Brings a tenant's bucket to the plan; the key's secret comes from the ring. */
    Outcome objectStore(String store, BucketPlan plan, KeyRing ring);

    /** What this process has found that a database server can do; empty before it looked. Waits for nothing. */
    List<Capability> databaseCapabilities(String server);

    /** What this process has found that an object store can do; empty before it looked. Waits for nothing. */
    Optional<StoreCapabilities> storeCapabilities(String store);

    /** The last look at a database server and its tenants that was through; empty before the first. */
    Optional<Look> databaseLook(String server);

    /** The last look at an object store and its tenants that was through; empty before the first. */
    Optional<Look> storeLook(String store);

    /** Closes a tenant's logins; the data stays. Ends in bounded time, also when the server is gone. */
    Outcome closeDatabase(String server, String database, TenantIdentity identity);

    /** Closes a tenant's keys; the data stays. Ends in bounded time, also when the store is gone. */
    Outcome closeObjectStore(String store, TenantIdentity identity);

    /** Forgets a tenant that is gone: should its identity come back, everything is looked at anew. */
    void forget(TenantIdentity identity);
}
