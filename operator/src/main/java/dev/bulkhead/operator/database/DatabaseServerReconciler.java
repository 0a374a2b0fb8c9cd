package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.backend.BackendReconciler;
import dev.bulkhead.operator.backend.BackendRegistry;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import java.util.function.Consumer;

/** Says in the status of DatabaseServers how they are. */
@ControllerConfiguration(name = "databaseserver")
public final class DatabaseServerReconciler extends BackendReconciler<DatabaseServer, SchemaPlan> {
    /**
     * Wired by hand.
     *
     * @param shared is given the cache, for whoever else needs it
     */
    public DatabaseServerReconciler(
            BackendRegistry<DatabaseServer, SchemaPlan> registry,
            LookSurroundings surroundings,
            Consumer<IndexedResourceCache<DatabaseServer>> shared) {
        super(registry, DatabaseServer::new, surroundings, shared);
    }
}
