package dev.bulkhead.e2e.guard;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.guard.GuardManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Requests that leave out one field of another, or send it as null. */
final class FieldGaps {
    private static final YAMLMapper YAML = new YAMLMapper();

    /** Bodies that are long only to be long have nothing in them that a short one has not. */
    private static final int MOST_FIELDS = 80;

    private FieldGaps() {}

    /** Two of each field of its body; none of a request without a body, or with a very long one. */
    static Stream<GuardManifest> of(GuardManifest manifest) {
        List<JsonPointer> fields = new ArrayList<>();
        collect(body(manifest), JsonPointer.empty(), fields);
        return fields.size() > MOST_FIELDS
                ? Stream.empty()
                : fields.stream().flatMap(field -> Stream.of(gap(manifest, field, true), gap(manifest, field, false)));
    }

    private static void collect(JsonNode node, JsonPointer here, List<JsonPointer> fields) {
        node.properties().forEach(field -> {
            JsonPointer there = here.appendProperty(field.getKey());
            fields.add(there);
            collect(field.getValue(), there, fields);
        });
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            collect(node.get(i), here.appendIndex(i), fields);
        }
    }

    private static GuardManifest gap(GuardManifest manifest, JsonPointer field, boolean asNull) {
        JsonNode body = body(manifest);
        ObjectNode parent = (ObjectNode) body.at(field.head());
        String name = field.last().getMatchingProperty();
        if (asNull) {
            parent.putNull(name);
        } else {
            parent.remove(name);
        }
        return new GuardManifest(
                manifest.guard(),
                manifest.policy(),
                manifest.expectation(),
                manifest.name() + " " + field + (asNull ? " as null" : " left out"),
                manifest.purpose(),
                manifest.method(),
                manifest.path(),
                body.toString());
    }

    private static JsonNode body(GuardManifest manifest) {
        try {
            JsonNode body = YAML.readTree(manifest.body());
            return body == null ? YAML.missingNode() : body;
        } catch (JsonProcessingException e) {
            throw new AssertionError(manifest + " is not YAML", e);
        }
    }
}
