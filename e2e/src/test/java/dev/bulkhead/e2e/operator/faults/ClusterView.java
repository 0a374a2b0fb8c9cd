package dev.bulkhead.e2e.operator.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every object of every kind that the API server knows and that belongs to a tenant, made comparable. */
final class ClusterView {
    /** What other controllers make in their own time. */
    private static final Set<String> NOT_OURS = Set.of("Event", "Pod", "Lease", "ControllerRevision");

    private static final Set<String> SERVER_METADATA = Set.of("uid", "resourceVersion", "managedFields");
    private static final String TENANT_LABEL = "bulkhead.dev/tenant";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KubernetesClient admin;
    private final List<Kind> kinds;

    private record Kind(String name, boolean namespaced, ResourceDefinitionContext context) {}

    ClusterView(KubernetesClient admin) {
        this.admin = admin;
        this.kinds = kinds(admin);
    }

    /** Objects by kind and name. */
    SortedMap<String, String> of(Tenant tenant) {
        Masks masks = new Masks(tenant);
        List<HasMetadata> all = objects(tenant);
        all.forEach(o -> hideRandom(o, masks));
        SortedMap<String, String> view = new TreeMap<>();
        for (HasMetadata object : all) {
            view.merge(masks.mask(key(object)), masks.mask(comparable(object)), (a, b) -> a + "\n" + b);
        }
        return view;
    }

    private List<HasMetadata> objects(Tenant tenant) {
        String name = tenant.getMetadata().getName();
        List<HasMetadata> all = new ArrayList<>();
        List<String> namespaces = tenant.getSpec().namespaces().stream()
                .map(n -> name + "--" + n.name())
                .toList();
        all.add(admin.resources(Tenant.class).withName(name).require());
        for (Kind kind : kinds) {
            var resources = admin.genericKubernetesResources(kind.context());
            if (kind.namespaced()) {
                namespaces.forEach(
                        n -> all.addAll(resources.inNamespace(n).list().getItems()));
                all.addAll(resources
                        .inNamespace(Bootstrap.KEYS_NAMESPACE)
                        .withLabel(TENANT_LABEL, name)
                        .list()
                        .getItems());
            } else {
                all.addAll(resources.withLabel(TENANT_LABEL, name).list().getItems());
            }
        }
        return all;
    }

    private static String key(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        // The name of a ReplicaSet ends in a hash of its template, which holds the tenant's name.
        String name = object.getKind().equals("ReplicaSet")
                ? object.getMetadata().getOwnerReferences().getFirst().getName()
                : object.getMetadata().getName();
        return object.getKind() + " " + (namespace == null ? "" : namespace + "/") + name;
    }

    private static String comparable(HasMetadata object) {
        ObjectNode tree = tree(object);
        ObjectNode metadata = (ObjectNode) tree.get("metadata");
        metadata.remove(SERVER_METADATA);
        metadata.path("ownerReferences").forEach(o -> ((ObjectNode) o).remove("uid"));
        if (object.getKind().equals("ReplicaSet")) {
            metadata.remove("name");
        }
        if (!(object instanceof Tenant)) {
            tree.remove("status"); // of Deployments and quotas: filled by others in their own time
        }
        if (object.getKind().equals("Secret") && object.getMetadata().getName().startsWith("bulkhead-tenant-")) {
            tree.withObjectProperty("data")
                    .fieldNames()
                    .forEachRemaining(k -> tree.withObjectProperty("data").put(k, "<wrapped>"));
        } else if (object.getKind().equals("Secret")) {
            decode(tree.withObjectProperty("data"));
        }
        return tree.toString();
    }

    private static void decode(ObjectNode data) {
        List<String> names = new ArrayList<>();
        data.fieldNames().forEachRemaining(names::add);
        names.forEach(n -> data.put(n, decoded(data.get(n).asText())));
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    /** Passwords and public keys are random, but wherever one occurs it must be the same one. */
    private static void hideRandom(HasMetadata object, Masks masks) {
        JsonNode data = tree(object).path("data");
        switch (object.getKind() + " " + object.getMetadata().getName()) {
            case "Secret bulkhead-database" ->
                masks.hide(decoded(data.path("password").asText()), "<password>");
            case "Secret bulkhead-objectstore" ->
                masks.hide(decoded(data.path("secret-access-key").asText()), "<secret-key>");
            case "ConfigMap bulkhead-tenant" -> {
                for (Map.Entry<String, JsonNode> entry : data.properties()) {
                    if (entry.getKey().contains("ublic") || entry.getKey().contains("sealing")) {
                        masks.hide(entry.getValue().asText(), "<" + entry.getKey() + ">");
                    }
                }
            }
            default -> {}
        }
    }

    private static ObjectNode tree(HasMetadata object) {
        return JSON.valueToTree(object);
    }

    private static List<Kind> kinds(KubernetesClient admin) {
        List<Kind> kinds = new ArrayList<>(kinds("", "v1", admin.getApiResources("v1")));
        for (APIGroup group : admin.getApiGroups().getGroups()) {
            String version = group.getPreferredVersion().getGroupVersion();
            kinds.addAll(
                    kinds(group.getName(), group.getPreferredVersion().getVersion(), admin.getApiResources(version)));
        }
        return List.copyOf(kinds);
    }

    private static List<Kind> kinds(String group, String version, APIResourceList list) {
        return list.getResources().stream()
                .filter(r -> r.getVerbs().contains("list") && !r.getName().contains("/"))
                .filter(r -> !NOT_OURS.contains(r.getKind()) && !r.getKind().equals("Tenant"))
                .map(r -> kind(group, version, r))
                .toList();
    }

    private static Kind kind(String group, String version, APIResource resource) {
        return new Kind(
                resource.getKind(),
                resource.getNamespaced(),
                new ResourceDefinitionContext.Builder()
                        .withGroup(group)
                        .withVersion(version)
                        .withKind(resource.getKind())
                        .withPlural(resource.getName())
                        .withNamespaced(resource.getNamespaced())
                        .build());
    }
}
