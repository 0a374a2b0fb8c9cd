package dev.bulkhead.e2e.operator.removal;

import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Edits;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.identity.Marks;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** The real servers under another name, for tenants of another environment, so that nobody else is placed there. */
record Island(Platform platform, String name) implements AutoCloseable {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final List<String> ACCOUNTS = List.of("databaseserver-", "objectstore-");

    /** Makes it. */
    static Island rise(Platform platform, String name) {
        Island island = new Island(platform, name);
        platform.makeDatabase(name);
        ACCOUNTS.forEach(island::copyAccount);
        island.copyOfLocal(DatabaseServer.class, Map.of("databases", List.of(name)), ACCOUNTS.getFirst());
        island.copyOfLocal(ObjectStore.class, Map.of(), ACCOUNTS.getLast());
        return island;
    }

    private void copyOfLocal(Class<? extends HasMetadata> kind, Map<String, Object> changes, String account) {
        GenericKubernetesResource local = platform.admin()
                .genericKubernetesResources("bulkhead.dev/v1beta1", kind.getSimpleName())
                .withName("local")
                .require();
        Map<String, Object> spec = new HashMap<>(local.get("spec"));
        spec.put("environment", "development");
        spec.put("adminSecret", Map.of("name", account + name));
        spec.putAll(changes);
        GenericKubernetesResource copy = new GenericKubernetesResource();
        copy.setApiVersion("bulkhead.dev/v1beta1");
        copy.setKind(kind.getSimpleName());
        copy.setMetadata(new ObjectMetaBuilder().withName(name).build());
        copy.setAdditionalProperty("spec", spec);
        platform.admin().resource(copy).create();
    }

    private void copyAccount(String account) {
        Secret local = secret(account + "local").require();
        platform.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(account + name)
                        .withNamespace(Bootstrap.KEYS_NAMESPACE)
                        .withAnnotations(local.getMetadata().getAnnotations())
                        .endMetadata()
                        .withData(local.getData())
                        .build())
                .createOr(r -> r.update());
    }

    private Resource<Secret> secret(String named) {
        return platform.admin().secrets().inNamespace(Bootstrap.KEYS_NAMESPACE).withName(named);
    }

    /** From now on nobody answers there, and the operator knows it. */
    void cutOff() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String nowhere = "127.0.0.1:" + socket.getLocalPort();
            ACCOUNTS.forEach(account -> admit(account, nowhere));
            point(socket.getLocalPort(), "https://" + nowhere, "https://" + nowhere);
        }
        awaitNoticed(DatabaseServer.class);
        awaitNoticed(ObjectStore.class);
    }

    /** Until then the operator has the way to the server that it had, and goes it. */
    private <T extends BackendResource> void awaitNoticed(Class<T> kind) {
        Awaitility.await(kind.getSimpleName() + " is out of reach")
                .atMost(Platform.PATIENCE)
                .until(() -> {
                    T found = platform.admin().resources(kind).withName(name).require();
                    BackendStatus status = found.getStatus();
                    return status != null
                            && status.conditions().stream()
                                    .anyMatch(c -> c.type().equals("Ready")
                                            && c.status() != Condition.Status.True
                                            && Objects.equals(
                                                    c.observedGeneration(),
                                                    found.getMetadata().getGeneration()));
                });
    }

    /** The account may be shown there, too. */
    private void admit(String account, String host) {
        Edits.edit(
                secret(account + name),
                found -> new SecretBuilder(found)
                        .editMetadata()
                        .addToAnnotations(
                                Marks.HOSTS,
                                found.getMetadata().getAnnotations().get(Marks.HOSTS) + " " + host)
                        .endMetadata()
                        .build());
    }

    /** The servers are back. */
    void reachable() {
        StackEndpoints endpoints = platform.endpoints();
        point(
                endpoints.postgres().port(),
                endpoints.objectStore().endpoint(),
                endpoints.objectStore().adminEndpoint());
    }

    private void point(int port, String endpoint, String adminEndpoint) {
        KubernetesClient admin = platform.admin();
        admin.resources(DatabaseServer.class).withName(name).patch(MERGE, "{\"spec\":{\"port\":" + port + "}}");
        admin.resources(ObjectStore.class)
                .withName(name)
                .patch(
                        MERGE,
                        "{\"spec\":{\"endpoint\":\"" + endpoint + "\",\"adminEndpoint\":\"" + adminEndpoint + "\"}}");
    }

    @Override
    public void close() {
        platform.admin().resources(DatabaseServer.class).withName(name).delete();
        platform.admin().resources(ObjectStore.class).withName(name).delete();
        ACCOUNTS.forEach(account -> secret(account + name).delete());
    }
}
