package dev.bulkhead.e2e.operator.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One operator that runs through all trouble of a test class, and only {@link #restart} ends it; a DatabaseServer and an
 * ObjectStore named {@value #SHAKY} that can go away; and a tenant on the other ones, whom none of that may touch.
 */
final class Site implements AutoCloseable {
    static final String SHAKY = "shaky";
    static final String SOLID = "local";

    private final Platform platform;
    private final CompartmentCopy compartment;
    private final ApiProxy api;
    private final Relay database;
    private final Relay store;
    private final Relay storeAdmin;
    private Platform.RunningOperator operator;
    private final SmallTenant bystander;
    private final List<String> tenants = new ArrayList<>();

    private Site(Platform platform, String bystander) {
        this.platform = platform;
        this.compartment = new CompartmentCopy(platform);
        StackEndpoints endpoints = platform.endpoints();
        this.api = new ApiProxy(endpoints.kubernetes());
        this.database = new Relay(endpoints.postgres().port());
        this.store = new Relay(port(endpoints.objectStore().endpoint()));
        this.storeAdmin = new Relay(port(endpoints.objectStore().adminEndpoint()));
        this.bystander = SmallTenant.named(bystander).onServer(SOLID).onStore(SOLID);
        this.operator = start();
    }

    private Platform.RunningOperator start() {
        return platform.operatorThrough(api.url(), ExternalCalls.unobserved(), Duration.ofSeconds(1));
    }

    /** Ends the operator, has something happen, and starts another. */
    void restart(Runnable meanwhile) {
        operator.close();
        meanwhile.run();
        operator = start();
    }

    /** Opens the site and waits until the bystander lives there. */
    static Site open(KubernetesClient admin, StackEndpoints endpoints, Path directory, String bystander) {
        Site site = new Site(Platform.install(admin, endpoints, directory), bystander);
        site.apply(site.bystander);
        site.platform.awaitReady(bystander);
        site.addShakyBackends();
        return site;
    }

    Platform platform() {
        return platform;
    }

    CompartmentCopy compartment() {
        return compartment;
    }

    ApiProxy api() {
        return api;
    }

    Relay database() {
        return database;
    }

    SmallTenant bystander() {
        return bystander;
    }

    void cutStore() {
        store.cut();
        storeAdmin.cut();
    }

    void mendStore() {
        store.mend();
        storeAdmin.mend();
    }

    Tenant apply(SmallTenant tenant) {
        if (!tenants.contains(tenant.name())) {
            tenants.add(tenant.name());
        }
        return platform.apply(tenant.yaml());
    }

    /** Waits until a Tenant's condition says this, and returns its message. */
    String await(SmallTenant tenant, String type, Condition.Status status, Reason reason) {
        return await(
                type + " of " + tenant.name(),
                status,
                reason,
                () -> Platform.condition(platform.tenant(tenant.name()), type));
    }

    String awaitServer(String name, Condition.Status status, Reason reason) {
        return await("DatabaseServer " + name, status, reason, () -> {
            var found = platform.admin()
                    .resources(DatabaseServer.class)
                    .withName(name)
                    .require();
            return found.getStatus() == null ? null : ready(found.getStatus().conditions());
        });
    }

    String awaitStore(String name, Condition.Status status, Reason reason) {
        return await("ObjectStore " + name, status, reason, () -> {
            var found =
                    platform.admin().resources(ObjectStore.class).withName(name).require();
            return found.getStatus() == null ? null : ready(found.getStatus().conditions());
        });
    }

    private interface Asked {
        @Nullable
        Condition now();
    }

    private static String await(String what, Condition.Status status, Reason reason, Asked asked) {
        Condition[] last = new Condition[1];
        Awaitility.await(what + " is " + status + " because of " + reason)
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    last[0] = asked.now();
                    assertThat(last[0]).as(what).isNotNull();
                    assertThat(last[0].status() + " " + last[0].reason())
                            .as(what + ": " + last[0].message())
                            .isEqualTo(status + " " + reason);
                });
        return last[0].message();
    }

    private static @Nullable Condition ready(List<Condition> conditions) {
        return conditions.stream()
                .filter(c -> c.type().equals("Ready"))
                .findFirst()
                .orElse(null);
    }

    /** The shaky backend's admin Secret. */
    Secret adminSecret(String kind) {
        return platform.admin()
                .secrets()
                .inNamespace(Bootstrap.KEYS_NAMESPACE)
                .withName(kind + "-" + SHAKY)
                .require();
    }

    /** Puts this value into the shaky backend's admin Secret. */
    void change(String kind, String key, String value) {
        platform.admin()
                .resource(new SecretBuilder(adminSecret(kind))
                        .addToStringData(key, value)
                        .build())
                .update();
    }

    /** What must be the same before and after whatever happens to others. */
    Map<String, String> bystanderNow() {
        Map<String, String> now = new TreeMap<>(compartment.of(bystander.name()));
        now.put("rows of the catalogue", compartment.database().rowVersions(platform.tenant(bystander.name())));
        now.put(
                "requests that concern it",
                api.writes().stream()
                        .filter(r -> r.concerns(bystander.name()))
                        .toList()
                        .toString());
        return now;
    }

    private void addShakyBackends() {
        DatabaseServer server =
                platform.admin().resources(DatabaseServer.class).withName(SOLID).require();
        copySecret("databaseserver", "127.0.0.1:" + database.port());
        platform.makeDatabase(SHAKY);
        create(server, Map.of("port", database.port(), "databases", List.of(SHAKY)), "databaseserver");
        ObjectStore solid =
                platform.admin().resources(ObjectStore.class).withName(SOLID).require();
        copySecret("objectstore", "127.0.0.1:" + store.port() + " 127.0.0.1:" + storeAdmin.port());
        String way = "https://127.0.0.1:" + store.port();
        Platform.leads(URI.create(way), URI.create(solid.getSpec().endpoint()));
        create(
                solid,
                Map.of("endpoint", way, "adminEndpoint", "https://127.0.0.1:" + storeAdmin.port()),
                "objectstore");
        awaitServer(SHAKY, Condition.Status.True, Reason.AsPlanned);
        awaitStore(SHAKY, Condition.Status.True, Reason.AsPlanned);
    }

    private void copySecret(String kind, String hosts) {
        Secret solid = platform.admin()
                .secrets()
                .inNamespace(Bootstrap.KEYS_NAMESPACE)
                .withName(kind + "-" + SOLID)
                .require();
        platform.admin()
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(kind + "-" + SHAKY)
                        .withNamespace(Bootstrap.KEYS_NAMESPACE)
                        .addToAnnotations(Marks.HOSTS, hosts)
                        .endMetadata()
                        .withData(solid.getData())
                        .build())
                .createOr(r -> r.update());
    }

    private void create(HasMetadata solid, Map<String, Object> changes, String secret) {
        var generic = platform.admin()
                .getKubernetesSerialization()
                .convertValue(solid, io.fabric8.kubernetes.api.model.GenericKubernetesResource.class);
        generic.setMetadata(new ObjectMetaBuilder().withName(SHAKY).build());
        Map<String, Object> spec = new TreeMap<>(generic.<Map<String, Object>>get("spec"));
        spec.putAll(changes);
        spec.put("adminSecret", Map.of("name", secret + "-" + SHAKY));
        generic.setAdditionalProperty("spec", spec);
        generic.getAdditionalProperties().remove("status");
        platform.admin().resource(generic).createOr(r -> r.update());
    }

    private static int port(String url) {
        return URI.create(url).getPort();
    }

    @Override
    public void close() {
        operator.close();
        tenants.forEach(compartment::forget);
        platform.admin().resources(DatabaseServer.class).withName(SHAKY).delete();
        platform.admin().resources(ObjectStore.class).withName(SHAKY).delete();
        List.of("databaseserver", "objectstore")
                .forEach(kind -> platform.admin().resource(adminSecret(kind)).delete());
        database.close();
        store.close();
        storeAdmin.close();
        api.close();
        compartment.close();
    }
}
