package dev.bulkhead.e2e.bootstrap;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The example tenants for a node of this machine, where the images they name cannot be had: the same tenants, whose
 * workflows run one small program that uses the database and the bucket it was given. It asks for less than theirs would.
 *
 * @param image by digest, present on the node
 */
record RunningWorkflows(String image) implements UnaryOperator<GenericKubernetesResource> {
    private static final List<String> GIVEN = List.of("bulkhead-database", "bulkhead-objectstore");
    private static final Map<String, String> SMALL = Map.of("cpu", "50m", "memory", "64Mi");

    /** Changes Tenants only, and in place. */
    @Override
    public GenericKubernetesResource apply(GenericKubernetesResource object) {
        if (object.getKind().equals("Tenant")) {
            Map<String, Object> spec = map(object.getAdditionalProperties().get("spec"));
            List<Object> workflows = list(spec.get("workflows"));
            for (Object workflow : workflows) {
                change(map(workflow));
            }
            for (String place : List.of("database", "objectStore")) {
                Map<String, Object> given = map(spec.get(place));
                TreeSet<Object> namespaces = new TreeSet<>(list(given.get("deliverTo")));
                workflows.forEach(workflow ->
                        namespaces.add(Objects.requireNonNull(map(workflow).get("namespace"))));
                given.put("deliverTo", List.copyOf(namespaces));
            }
        }
        return object;
    }

    private void change(Map<String, Object> workflow) {
        List<String> arguments = new ArrayList<>(List.of("serve"));
        if (workflow.get("port") != null) {
            arguments.add(workflow.get("port").toString());
        }
        workflow.put("image", image);
        workflow.put("args", arguments);
        workflow.put("secrets", GIVEN);
        workflow.put("resources", new LinkedHashMap<>(SMALL));
    }

    @SuppressWarnings("unchecked") // of a manifest, which has names for keys
    private static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        return (List<Object>) Objects.requireNonNull(value);
    }
}
