package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The guards in the cluster, one object at a time and by name: the operator holds no right to list or watch them. */
final class GuardObjects {
    /** ConfigMap in which the chart leaves the text of every guard. */
    static final String TEXTS = "bulkhead-guards";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final KubernetesClient client;
    private final String namespace;

    /**
     * Nothing is read yet.
     *
     * @param namespace of the operator, where the chart leaves the texts
     */
    GuardObjects(KubernetesClient client, String namespace) {
        this.client = client;
        this.namespace = namespace;
    }

    /** What the chart wrote, by file; null when it is not there. */
    @Nullable
    Map<String, String> texts() {
        ConfigMap texts =
                client.configMaps().inNamespace(namespace).withName(TEXTS).get();
        return texts == null ? null : texts.getData();
    }

    /** The object as it is; null when it is not there. */
    @Nullable
    JsonNode find(GuardText text) {
        GenericKubernetesResource found = resource(text).get();
        return found == null ? null : MAPPER.valueToTree(found);
    }

    /** Makes the object. An apply, because a right to create can be limited to names only where the name is known. */
    void create(GuardText text) {
        guards(text)
                .resource(MAPPER.convertValue(text.object(), GenericKubernetesResource.class))
                .fieldManager("bulkhead")
                .forceConflicts()
                .serverSideApply();
    }

    /**
     * Puts spec and label back. An apply would leave what others added to lists, such as a match condition that is never
     * true, so the spec is replaced whole; only the object that was looked at, lest a newer release is undone.
     */
    void replace(GuardText text, JsonNode found) {
        ArrayNode patch = MAPPER.createArrayNode();
        add(patch, "test", "/metadata/resourceVersion", found.at("/metadata/resourceVersion"));
        add(patch, "replace", "/spec", text.object().path("spec"));
        ObjectNode labels =
                found.at("/metadata/labels") instanceof ObjectNode there ? there.deepCopy() : MAPPER.createObjectNode();
        labels.put(GuardText.GUARD, text.guard());
        add(patch, "add", "/metadata/labels", labels);
        resource(text).patch(PatchContext.of(PatchType.JSON), patch.toString());
    }

    private static void add(ArrayNode patch, String operation, String path, JsonNode value) {
        patch.addObject().put("op", operation).put("path", path).set("value", value);
    }

    private Resource<GenericKubernetesResource> resource(GuardText text) {
        return guards(text).withName(text.name());
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            guards(GuardText text) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                .withGroup("admissionregistration.k8s.io")
                .withVersion("v1")
                .withKind(text.kind())
                .withPlural(
                        "ValidatingAdmissionPolicy".equals(text.kind())
                                ? "validatingadmissionpolicies"
                                : "validatingadmissionpolicybindings")
                .withNamespaced(false)
                .build());
    }
}
