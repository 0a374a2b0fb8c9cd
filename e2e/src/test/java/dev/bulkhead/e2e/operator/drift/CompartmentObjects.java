package dev.bulkhead.e2e.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.operator.Platform;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;

/**
 * Everything of the watched kinds that is in the namespaces of a tenant, whoever made it, as the API server shows it to
 * an administrator. Compared as a whole, by code of its own: what the operator leaves out of its comparison is seen here.
 */
final class CompartmentObjects {
    static final List<Class<? extends HasMetadata>> KINDS = List.of(
            RoleBinding.class,
            ResourceQuota.class,
            LimitRange.class,
            NetworkPolicy.class,
            ServiceAccount.class,
            ConfigMap.class,
            Deployment.class,
            PodDisruptionBudget.class);

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<String> SERVER_METADATA =
            List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields");

    private final KubernetesClient admin;
    private final List<String> namespaces;

    CompartmentObjects(KubernetesClient admin, List<String> namespaces) {
        this.admin = admin;
        this.namespaces = namespaces;
    }

    /** Form of every object by its kind, namespace and name. */
    Map<String, JsonNode> now() {
        Map<String, JsonNode> all = new TreeMap<>();
        for (String namespace : namespaces) {
            Namespace itself = admin.namespaces().withName(namespace).get();
            if (itself != null) {
                all.put(name(itself), form(itself));
            }
            for (Class<? extends HasMetadata> kind : KINDS) {
                admin.resources(kind).inNamespace(namespace).list().getItems().stream()
                        .filter(o -> !o.getMetadata().getName().equals("kube-root-ca.crt"))
                        .forEach(o -> all.put(name(o), form(o)));
            }
        }
        return all;
    }

    /** Waits until everything is exactly as it was. */
    void awaitRestored(Map<String, JsonNode> before) {
        Awaitility.await("everything as it was")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(differences(before, now())).isEmpty());
    }

    private static Map<String, String> differences(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        TreeSet<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        Map<String, String> differences = new TreeMap<>();
        names.stream()
                .filter(n -> !Objects.equals(before.get(n), after.get(n)))
                .forEach(n -> differences.put(n, "was " + before.get(n) + " is " + after.get(n)));
        return differences;
    }

    static String name(HasMetadata object) {
        return object.getKind() + " " + object.getMetadata().getNamespace() + "/"
                + object.getMetadata().getName();
    }

    static JsonNode form(HasMetadata object) {
        ObjectNode tree = MAPPER.valueToTree(object);
        tree.remove("status");
        if (object instanceof Namespace) {
            tree.remove("spec"); // the namespace controller's
        }
        if (tree.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(SERVER_METADATA);
            if (metadata.get("annotations") instanceof ObjectNode annotations) {
                annotations.remove("deployment.kubernetes.io/revision");
                if (annotations.isEmpty()) {
                    metadata.remove("annotations");
                }
            }
        }
        return tree;
    }
}
