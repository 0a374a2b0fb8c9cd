package dev.bulkhead.e2e.operator.removal;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.e2e.stack.StackEndpoints;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;

/** The real servers under another name, for tenants of another environment, so that nobody else is placed there. */
record Island(KubernetesClient admin, StackEndpoints endpoints, String name) implements AutoCloseable {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /** Makes it. */
    static Island rise(KubernetesClient admin, StackEndpoints endpoints, String name) {
        Island island = new Island(admin, endpoints, name);
        island.copyOfLocal(DatabaseServer.class);
        island.copyOfLocal(ObjectStore.class);
        return island;
    }

    private void copyOfLocal(Class<? extends HasMetadata> kind) {
        GenericKubernetesResource local = admin.genericKubernetesResources("bulkhead.dev/v1beta1", kind.getSimpleName())
                .withName("local")
                .require();
        Map<String, Object> spec = new HashMap<>(local.get("spec"));
        spec.put("environment", "development");
        GenericKubernetesResource copy = new GenericKubernetesResource();
        copy.setApiVersion("bulkhead.dev/v1beta1");
        copy.setKind(kind.getSimpleName());
        copy.setMetadata(new ObjectMetaBuilder().withName(name).build());
        copy.setAdditionalProperty("spec", spec);
        admin.resource(copy).create();
    }

    /** From now on nobody answers there. */
    void cutOff() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            point(socket.getLocalPort(), "https://127.0.0.1:" + socket.getLocalPort(), "https://127.0.0.1:1");
        }
    }

    /** The servers are back. */
    void reachable() {
        point(
                endpoints.postgres().port(),
                endpoints.objectStore().endpoint().toString(),
                endpoints.objectStore().adminEndpoint().toString());
    }

    private void point(int port, String endpoint, String adminEndpoint) {
        admin.resources(DatabaseServer.class).withName(name).patch(MERGE, "{\"spec\":{\"port\":" + port + "}}");
        admin.resources(ObjectStore.class)
                .withName(name)
                .patch(
                        MERGE,
                        "{\"spec\":{\"endpoint\":\"" + endpoint + "\",\"adminEndpoint\":\"" + adminEndpoint + "\"}}");
    }

    @Override
    public void close() {
        admin.resources(DatabaseServer.class).withName(name).delete();
        admin.resources(ObjectStore.class).withName(name).delete();
    }
}
