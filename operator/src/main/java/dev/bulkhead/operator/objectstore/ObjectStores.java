package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The object stores the operator is connected to, by name. A connection that changed in any way, its account's secret
 * included, is replaced by a new one that finds out anew what the server can do.
 */
public final class ObjectStores implements AutoCloseable {
    private final ExternalCalls calls;
    private final Map<String, Open> open = new HashMap<>();

    /** None yet; every request of every store is told to the listener. */
    public ObjectStores(ExternalCalls calls) {
        this.calls = calls;
    }

    /**
     * One connected store.
     *
     * @param connection it was opened with
     * @param driver speaks to it
     * @param applier for its tenants
     * @param sweep over its tenants
     */
    public record Open(
            StoreConnection connection, ObjectStoreDriver driver, ObjectStoreApplier applier, ObjectStoreSweep sweep) {
        /** What the server can do, or why that is not known. */
        public Look look() {
            try {
                return new Look.Seen(driver.capabilities());
            } catch (StoreException e) {
                return new Look.Unseen(e.finding(connection.store()));
            }
        }
    }

    /** What a look at a server led to. */
    public sealed interface Look {
        /** It answered. */
        record Seen(StoreCapabilities capabilities) implements Look {}

        /** It did not, or refuses the operator. */
        record Unseen(Finding finding) implements Look {}
    }

    /**
     * The store of this connection; opened when it is new or changed. Sends no request.
     *
     * @throws StoreException when the connection's certificates cannot be read
     */
    public synchronized Open open(ObjectStoreSpec.Driver kind, StoreConnection connection) {
        Open before = open.get(connection.store());
        if (before != null && before.connection().equals(connection)) {
            return before;
        }
        ObjectStoreDriver driver = switch (kind) {
            case Versity -> new VersityDriver(connection, calls);
        };
        ObjectStoreApplier applier = new ObjectStoreApplier(driver);
        Open now = new Open(connection, driver, applier, new ObjectStoreSweep(driver, applier));
        open.put(connection.store(), now);
        if (before != null) {
            before.driver().close();
        }
        return now;
    }

    /** The store of that name, if it is connected. */
    public synchronized Optional<Open> find(String store) {
        return Optional.ofNullable(open.get(store));
    }

    /** Names of the stores that are connected. */
    public synchronized Set<String> names() {
        return Set.copyOf(open.keySet());
    }

    /** Forgets a tenant that is gone, on every store. */
    public synchronized void forget(TenantIdentity identity) {
        open.values().forEach(store -> store.applier().forget(identity));
    }

    /** Gives up the connection to a store that is no longer there. */
    public synchronized void close(String store) {
        Open gone = open.remove(store);
        if (gone != null) {
            gone.driver().close();
        }
    }

    /** Gives up all connections. */
    @Override
    public synchronized void close() {
        open.values().forEach(store -> store.driver().close());
        open.clear();
    }
}
