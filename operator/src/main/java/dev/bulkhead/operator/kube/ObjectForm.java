package dev.bulkhead.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a planned object and a found one are compared: the whole object, without what the API server
 * writes itself, and with empty the same as absent, because the server drops empty lists when it answers.
 *
 * <p>Whatever is in the found object and not in the plan is a foreign addition (an allow-all rule, {@code hostNetwork},
 * an extra container, a finalizer) and makes the two differ.
 */
public final class ObjectForm {
    private static final Set<String> SERVER_METADATA = Set.of(
            "uid",
            "resourceVersion",
            "generation",
            "creationTimestamp",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "managedFields",
            "selfLink");

    /** Annotations that other controllers write on our objects, and that open nothing. */
    private static final Set<String> FOREIGN_ANNOTATIONS = Set.of("deployment.kubernetes.io/revision");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Leaves out what a server said that the model has no field for. */
    private static final ObjectMapper MODEL = new ObjectMapper()
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnyGetter(Annotated member) {
                    return false;
                }
            });

    private ObjectForm() {}

    /** Whether the found object is exactly the planned one. */
    public static boolean same(HasMetadata planned, HasMetadata found) {
        return normalise(planned).equals(normalise(found));
    }

    /** Paths at which the two differ, sorted as they occur, at most five: for logs and messages. */
    public static List<String> differences(HasMetadata planned, HasMetadata found) {
        List<String> paths = new ArrayList<>();
        differ("", normalise(planned), normalise(found), paths);
        return paths.size() > 5 ? List.copyOf(paths.subList(0, 5)) : List.copyOf(paths);
    }

    private static void differ(String path, JsonNode left, JsonNode right, List<String> paths) {
        if (left.equals(right)) {
            return;
        }
        if (!left.isObject() || !right.isObject()) {
            paths.add(path);
            return;
        }
        Set<String> names = new TreeSet<>();
        left.fieldNames().forEachRemaining(names::add);
        right.fieldNames().forEachRemaining(names::add);
        names.forEach(n -> differ(path.isEmpty() ? n : path + "." + n, left.path(n), right.path(n), paths));
    }

    /** Annotations that count: those that other controllers write on our objects do not. */
    static Map<String, String> withoutForeign(@Nullable Map<String, String> annotations) {
        Map<String, String> ours = new TreeMap<>(annotations == null ? Map.of() : annotations);
        ours.keySet().removeAll(FOREIGN_ANNOTATIONS);
        return ours;
    }

    static JsonNode normalise(HasMetadata object) {
        return normalise(object, MAPPER);
    }

    /** Without fields that only a newer server knows. */
    static JsonNode normaliseKnown(HasMetadata object) {
        return normalise(object, MODEL);
    }

    private static JsonNode normalise(HasMetadata object, ObjectMapper mapper) {
        ObjectNode tree = mapper.valueToTree(object);
        tree.remove("status");
        if (tree.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove(SERVER_METADATA);
            if (metadata.get("annotations") instanceof ObjectNode annotations) {
                annotations.remove(FOREIGN_ANNOTATIONS);
            }
        }
        if ("Namespace".equals(object.getKind())) {
            tree.remove("spec"); // finalizers of the namespace controller
        }
        prune(tree);
        return tree;
    }

    /** Removes nulls, empty objects and empty lists, from the leaves up; items of lists stay, whatever they are. */
    private static void prune(JsonNode node) {
        switch (node) {
            case ObjectNode object ->
                object.properties().removeIf(field -> {
                    prune(field.getValue());
                    return field.getValue().isNull()
                            || (field.getValue().isContainerNode()
                                    && field.getValue().isEmpty());
                });
            case ArrayNode array -> array.forEach(ObjectForm::prune);
            default -> {}
        }
    }
}
