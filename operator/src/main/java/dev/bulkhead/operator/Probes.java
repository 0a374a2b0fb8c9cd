package dev.bulkhead.operator;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import dev.bulkhead.operator.probe.database.DeliveredLogins;
import dev.bulkhead.operator.probe.objectstore.DeliveredKeys;
import dev.bulkhead.operator.probe.objectstore.ObjectStoreProbe;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;

/** Every probe there is, put together by hand; a new one is one line here. */
final class Probes implements AutoCloseable {
    /** Tenants whose buckets are attacked at once on one server. */
    private static final int TENANTS_PER_STORE = 2;

    private final DatabaseProbe database;
    private final ObjectStoreProbe objectStore;

    Probes(KubernetesClient client, OperatorSettings settings, ExternalCalls calls) {
        SecureRandom random = new SecureRandom();
        database = new DatabaseProbe(new DeliveredLogins(client), DatabaseLimits.defaults(), Set.of(), random);
        objectStore = new ObjectStoreProbe(new DeliveredKeys(client), TENANTS_PER_STORE, calls);
    }

    List<Probe> all() {
        return List.of(database, objectStore);
    }

    @Override
    public void close() {
        objectStore.close();
    }
}
