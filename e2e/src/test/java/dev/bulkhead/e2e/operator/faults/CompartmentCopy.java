package dev.bulkhead.e2e.operator.faults;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** All that exists for a tenant in the three backends, in a form in which two tenants of the same spec are equal. */
final class CompartmentCopy implements AutoCloseable {
    private final Platform platform;
    private final ClusterView cluster;
    private final DatabaseView database;
    private final StoreView store;

    CompartmentCopy(Platform platform) {
        this.platform = platform;
        this.cluster = new ClusterView(platform.admin());
        this.database = new DatabaseView(platform.endpoints().postgres());
        this.store = new StoreView(platform.endpoints().objectStore());
    }

    DatabaseView database() {
        return database;
    }

    StoreView store() {
        return store;
    }

    /** Everything, by name; and whether what was delivered opens the doors it is for. */
    SortedMap<String, String> of(String name) {
        Tenant tenant = platform.tenant(name);
        SortedMap<String, String> all = new TreeMap<>(cluster.of(tenant));
        all.putAll(database.of(tenant));
        all.putAll(store.of(tenant));
        Masks masks = new Masks(tenant);
        String namespace =
                name + "--" + tenant.getSpec().namespaces().getFirst().name();
        Map<String, String> login = delivered(namespace, "bulkhead-database");
        all.put(
                "delivered login",
                masks.mask(database.login(
                        tenant, login.getOrDefault("username", "nobody"), login.getOrDefault("password", "none"))));
        Map<String, String> keys = delivered(namespace, "bulkhead-objectstore");
        all.put(
                "delivered key",
                store.list(
                        TenantIdentity.of(tenant).bucket(),
                        keys.getOrDefault("access-key-id", "nobody"),
                        keys.getOrDefault("secret-access-key", "none-at-all")));
        return all;
    }

    private Map<String, String> delivered(String namespace, String name) {
        var secret =
                platform.admin().secrets().inNamespace(namespace).withName(name).get();
        Map<String, String> values = new TreeMap<>();
        if (secret != null) {
            secret.getData()
                    .forEach((k, v) ->
                            values.put(k, new String(Base64.getDecoder().decode(v), StandardCharsets.UTF_8)));
        }
        return values;
    }

    /**
     * Takes everything of a tenant away, with an administrator's hand and while no operator runs, so that the next one
     * has no more to look after than the first.
     */
    void forget(String name) {
        KubernetesClient admin = platform.admin();
        Tenant known = platform.tenant(name);
        var tenant = admin.resources(Tenant.class).withName(name);
        tenant.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"spec\":{\"suspend\":true},\"metadata\":{\"finalizers\":[]}}");
        tenant.delete();
        admin.namespaces().withLabel("bulkhead.dev/tenant", name).delete();
        admin.secrets()
                .inNamespace(Bootstrap.KEYS_NAMESPACE)
                .withLabel("bulkhead.dev/tenant", name)
                .delete();
        database.forget(known);
        store.forget(known);
    }

    /** What stands open now: people or workloads in a namespace without its walls. Empty when all is well. */
    List<String> gaps(String tenant) {
        List<String> gaps = new ArrayList<>();
        for (Namespace namespace : platform.admin()
                .namespaces()
                .withLabel("bulkhead.dev/tenant", tenant)
                .list()
                .getItems()) {
            String name = namespace.getMetadata().getName();
            List<String> missing = missingWalls(name);
            if (!missing.isEmpty()) {
                entered(name).forEach(e -> gaps.add(e + " without " + missing));
            }
        }
        return gaps;
    }

    private List<String> missingWalls(String namespace) {
        List<String> missing = new ArrayList<>();
        if (platform.admin().resources(NetworkPolicy.class).inNamespace(namespace).list().getItems().stream()
                .noneMatch(Walls::deniesAll)) {
            missing.add("default deny");
        }
        for (Class<? extends HasMetadata> kind : List.of(ResourceQuota.class, LimitRange.class)) {
            if (platform.admin()
                    .resources(kind)
                    .inNamespace(namespace)
                    .list()
                    .getItems()
                    .isEmpty()) {
                missing.add(kind.getSimpleName());
            }
        }
        return missing;
    }

    private List<String> entered(String namespace) {
        List<String> entered = new ArrayList<>();
        platform.admin().resources(Deployment.class).inNamespace(namespace).list().getItems().stream()
                .map(d -> "Deployment " + d.getMetadata().getName())
                .forEach(entered::add);
        platform.admin().resources(RoleBinding.class).inNamespace(namespace).list().getItems().stream()
                .filter(Walls::letsPeopleIn)
                .map(b -> "RoleBinding " + b.getMetadata().getName())
                .forEach(entered::add);
        return entered;
    }

    @Override
    public void close() {
        store.close();
    }
}
