package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Half of a guard as the chart wrote it: the policy, or the binding that puts it in force.
 *
 * @param guard number of the guard
 * @param kind of Kubernetes
 * @param name of the object
 * @param object all of it
 */
record GuardText(String guard, String kind, String name, ObjectNode object) {
    /** Label that numbers a guard. */
    static final String GUARD = "bulkhead.dev/guard";

    private static final YAMLMapper YAML = new YAMLMapper();

    /**
     * Reads the entries of the ConfigMap into which the chart writes its guards.
     *
     * @throws IllegalArgumentException when that is not YAML, or holds an object that is no guard
     */
    static List<GuardText> read(Map<String, String> entries) {
        List<GuardText> texts = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(entries).entrySet()) {
            try (MappingIterator<JsonNode> documents =
                    YAML.readerFor(JsonNode.class).readValues(entry.getValue())) {
                while (documents.hasNext()) {
                    if (documents.next() instanceof ObjectNode object && !object.isEmpty()) {
                        texts.add(of(entry.getKey(), object));
                    }
                }
            } catch (IOException e) {
                throw new IllegalArgumentException(entry.getKey() + " is not YAML", e);
            }
        }
        return texts;
    }

    private static GuardText of(String entry, ObjectNode object) {
        String kind = object.path("kind").asText();
        String guard = label(object);
        if (guard == null || !kind.startsWith("ValidatingAdmissionPolicy")) {
            throw new IllegalArgumentException(
                    entry + " holds a " + kind + " that is no guard, or has no label " + GUARD);
        }
        return new GuardText(guard, kind, object.at("/metadata/name").asText(), object);
    }

    /** How the object that was found differs from this one, in words; null when it does not. */
    @Nullable
    String difference(JsonNode found) {
        if (!spec(object).equals(spec(found))) {
            return "its spec was changed";
        }
        return guard.equals(label(found)) ? null : "its label " + GUARD + " was changed";
    }

    /** The spec in a form in which two that mean the same are equal: with the API server's defaults. */
    private static JsonNode spec(JsonNode object) {
        JsonNode spec = object.path("spec").deepCopy();
        if (spec.path("matchConstraints") instanceof ObjectNode constraints) {
            if (!constraints.has("matchPolicy")) {
                constraints.put("matchPolicy", "Equivalent");
            }
            for (JsonNode rule : constraints.path("resourceRules")) {
                if (rule instanceof ObjectNode fields && !fields.has("scope")) {
                    fields.put("scope", "*");
                }
            }
        }
        prune(spec);
        return spec;
    }

    private static @Nullable String label(JsonNode object) {
        JsonNode label = object.path("metadata").path("labels").get(GUARD);
        return label == null ? null : label.asText();
    }

    /** Removes what is empty, from the leaves up: an empty selector and none are the same. Items of lists stay. */
    private static void prune(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().removeIf(field -> {
                prune(field.getValue());
                return field.getValue().isNull()
                        || (field.getValue().isContainerNode()
                                && field.getValue().isEmpty());
            });
        } else if (node instanceof ArrayNode array) {
            array.forEach(GuardText::prune);
        }
    }
}
