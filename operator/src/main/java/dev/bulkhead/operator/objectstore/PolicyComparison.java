package dev.bulkhead.operator.objectstore;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.Pure;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares a policy as a server returns it with the one planned. Servers change order and write a list of one as a plain
 * value; anything else is a difference. A document that says a name twice, or a name nobody knows, never equals ours:
 * two parsers may read two things in it.
 */
@Pure
final class PolicyComparison {
    private static final ObjectMapper STRICT = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static final Set<String> DOCUMENT = Set.of("Version", "Id", "Statement");
    private static final Set<String> STATEMENT = Set.of(
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition");

    private PolicyComparison() {}

    /** Whether the two mean the same; null means no policy. */
    static boolean same(@Nullable String observed, @Nullable BucketPolicy planned) {
        if (observed == null || planned == null) {
            return observed == null && planned == null;
        }
        JsonNode there = parse(observed);
        return there != null && canonical(there).equals(canonical(planned.tree()));
    }

    /**
     * Whether what is there may allow something that is not planned, or lacks a planned refusal. What cannot be read is
     * taken to allow everything.
     */
    static boolean opensMore(@Nullable String observed, @Nullable BucketPolicy planned) {
        if (observed == null) {
            return false;
        }
        JsonNode there = parse(observed);
        if (there == null || !there.path("Statement").isArray() || !DOCUMENT.containsAll(names(there))) {
            return true;
        }
        Set<JsonNode> wanted = planned == null ? Set.of() : statements(planned.tree());
        Set<JsonNode> found = statements(there);
        boolean foreign = found.stream()
                .anyMatch(statement ->
                        !refuses(statement) && wanted.stream().noneMatch(allowed -> covers(allowed, statement)));
        boolean unrefused = wanted.stream().anyMatch(statement -> refuses(statement) && !found.contains(statement));
        return foreign || unrefused;
    }

    /** Whether all that the second statement allows, the first one allows: fewer keys during a rotation are no opening. */
    private static boolean covers(JsonNode allowed, JsonNode statement) {
        if (!"Allow".equals(allowed.path("Effect").asText())
                || !names(allowed).equals(names(statement))
                || !allowed.path("Condition").equals(statement.path("Condition"))) {
            return false;
        }
        return names(allowed.path("Principal")).equals(names(statement.path("Principal")))
                && elements(allowed.path("Principal").path("AWS"))
                        .containsAll(elements(statement.path("Principal").path("AWS")))
                && elements(allowed.path("Action")).containsAll(elements(statement.path("Action")))
                && elements(allowed.path("Resource")).containsAll(elements(statement.path("Resource")));
    }

    private static boolean refuses(JsonNode statement) {
        return "Deny".equals(statement.path("Effect").asText()) && STATEMENT.containsAll(names(statement));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new HashSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<JsonNode> elements(JsonNode array) {
        Set<JsonNode> elements = new HashSet<>();
        array.forEach(elements::add);
        return elements;
    }

    private static @Nullable JsonNode parse(String json) {
        try {
            JsonNode node = STRICT.readTree(json);
            return node != null && node.isObject() ? node : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    private static Set<JsonNode> statements(JsonNode policy) {
        Set<JsonNode> all = new HashSet<>();
        policy.path("Statement").forEach(statement -> all.add(canonicalStatement(statement)));
        return all;
    }

    private static JsonNode canonical(JsonNode policy) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : sorted(policy).entrySet()) {
            if (field.getKey().equals("Statement")) {
                Map<String, JsonNode> byText = new TreeMap<>();
                JsonNode list = field.getValue();
                (list.isArray() ? list : JsonNodeFactory.instance.arrayNode().add(list)).forEach(statement -> {
                    JsonNode form = canonicalStatement(statement);
                    byText.put(form.toString(), form);
                });
                ArrayNode statements = result.putArray("Statement");
                byText.values().forEach(statements::add);
            } else {
                result.set(field.getKey(), field.getValue());
            }
        }
        return result;
    }

    private static JsonNode canonicalStatement(JsonNode statement) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : sorted(statement).entrySet()) {
            JsonNode value = field.getValue();
            result.set(
                    field.getKey(),
                    switch (field.getKey()) {
                        case "Action", "NotAction", "Resource", "NotResource" -> list(value);
                        case "Principal", "NotPrincipal" -> principal(value);
                        case "Condition" -> condition(value);
                        default -> value;
                    });
        }
        return result;
    }

    private static JsonNode principal(JsonNode value) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (value.isObject()) {
            sorted(value).forEach((kind, who) -> result.set(kind, list(who)));
        } else {
            result.set("AWS", list(value));
        }
        return result;
    }

    private static JsonNode condition(JsonNode value) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        sorted(value).forEach((operator, keys) -> {
            ObjectNode inner = result.putObject(operator);
            sorted(keys).forEach((key, values) -> inner.set(key, list(values)));
        });
        return result;
    }

    private static JsonNode list(JsonNode value) {
        TreeSet<String> texts = new TreeSet<>();
        if (value.isArray()) {
            value.forEach(element -> texts.add(element.isTextual() ? element.asText() : element.toString()));
        } else {
            texts.add(value.isTextual() || value.isBoolean() ? value.asText() : value.toString());
        }
        ArrayNode result = JsonNodeFactory.instance.arrayNode();
        texts.forEach(result::add);
        return result;
    }

    private static Map<String, JsonNode> sorted(JsonNode object) {
        TreeMap<String, JsonNode> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            fields.put(field.getKey(), field.getValue());
        }
        return fields;
    }
}
