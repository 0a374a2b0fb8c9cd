package dev.bulkhead.operator.backend;

import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.objectstore.BucketPlan;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The newest plan of every tenant this process has planned: what the sweeps compare the backends with. */
public final class Inventory {
    private final Map<TenantIdentity, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(
            String tenant,
            String server,
            String store,
            SchemaPlan schema,
            @Nullable BucketPlan bucket) {}

    /** Creates an empty one. */
    public Inventory() {}

    /**
     * Notes a plan; the former one of the same identity no longer counts.
     *
     * @param bucket null while nobody knows what the store can do
     */
    public void planned(String tenant, String server, SchemaPlan schema, String store, @Nullable BucketPlan bucket) {
        entries.put(schema.identity(), new Entry(tenant, server, store, schema, bucket));
    }

    /** Forgets a tenant that is gone; one that only claimed the identity of another leaves that other's entry. */
    public void forget(TenantIdentity identity, String tenant) {
        entries.computeIfPresent(identity, (_, entry) -> entry.tenant().equals(tenant) ? null : entry);
    }

    /** Name of the Tenant that holds an identity, or the empty string. */
    public String tenant(TenantIdentity identity) {
        Entry entry = entries.get(identity);
        return entry == null ? "" : entry.tenant();
    }

    /** Schemas planned on a server. */
    public Map<TenantIdentity, SchemaPlan> schemas(String server) {
        Map<TenantIdentity, SchemaPlan> plans = new HashMap<>();
        entries.forEach((identity, e) -> {
            if (e.server().equals(server)) {
                plans.put(identity, e.schema());
            }
        });
        return plans;
    }

    /** Buckets planned on a store. */
    public Map<TenantIdentity, BucketPlan> buckets(String store) {
        Map<TenantIdentity, BucketPlan> plans = new HashMap<>();
        entries.forEach((identity, e) -> {
            BucketPlan bucket = e.bucket();
            if (e.store().equals(store) && bucket != null) {
                plans.put(identity, bucket);
            }
        });
        return plans;
    }
}
