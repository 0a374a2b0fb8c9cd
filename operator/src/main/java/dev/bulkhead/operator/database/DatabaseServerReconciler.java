package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.operator.backend.BackendReconciler;
import dev.bulkhead.operator.backend.BackendRegistry;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;

/** Says in the status of DatabaseServers how they are. */
@ControllerConfiguration(name = "databaseserver")
public final class DatabaseServerReconciler extends BackendReconciler<DatabaseServer, SchemaPlan> {
    /** Wired by hand. */
    public DatabaseServerReconciler(
            BackendRegistry<DatabaseServer, SchemaPlan> registry, LookSurroundings surroundings) {
        super(registry, DatabaseServer::new, surroundings);
    }
}
