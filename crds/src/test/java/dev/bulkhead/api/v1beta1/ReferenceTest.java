package dev.bulkhead.api.v1beta1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/tenant-reference.md} says what the CRDs say. After a change of them run
 * {@code mvn -pl crds test -Dbulkhead.regenerate=true} and commit the result.
 */
class ReferenceTest {
    private static final Path CRDS = Path.of("../charts/bulkhead/files/crds");
    private static final Path REFERENCE = Path.of("../docs/tenant-reference.md");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** What people write first comes first. */
    private static final List<String> ORDER = List.of(
            "tenants",
            "tenantsecrets",
            "tenantprofiles",
            "databaseservers",
            "objectstores",
            "rotations",
            "incidents",
            "tombstones");

    @Test
    void the_reference_says_what_the_crds_say() throws IOException {
        String text = reference();
        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, text);
        }
        assertThat(REFERENCE).exists();
        assertThat(Files.readString(REFERENCE))
                .as("%s is stale: run mvn -pl crds test -Dbulkhead.regenerate=true", REFERENCE)
                .isEqualTo(text);
    }

    @Test
    void every_kind_is_in_the_reference() throws IOException {
        try (Stream<Path> files = Files.list(CRDS)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            ORDER.stream().map(p -> p + ".bulkhead.dev.yaml").toList());
        }
    }

    private static String reference() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# API reference\n\n")
                .append("Every kind of `bulkhead.dev/v1beta1`, as the API server knows it. Generated from the CRDs;"
                        + " `kubectl explain tenant.spec --recursive` says the same. What a condition means stands in"
                        + " [conditions.md](conditions.md).\n");
        for (String plural : ORDER) {
            kind(YAML.readTree(CRDS.resolve(plural + ".bulkhead.dev.yaml").toFile()), text);
        }
        return text.toString();
    }

    private static void kind(JsonNode crd, StringBuilder text) {
        JsonNode names = crd.at("/spec/names");
        JsonNode version = crd.at("/spec/versions/0");
        JsonNode schema = version.at("/schema/openAPIV3Schema");
        text.append("\n## ").append(names.path("kind").asText()).append("\n\n");
        text.append(schema.path("description").asText()).append("\n\n");
        text.append(crd.at("/spec/scope").asText()).append(", short name `");
        text.append(names.at("/shortNames/0").asText()).append("`. Columns: ");
        text.append(String.join(
                        ", ",
                        each(version.path("additionalPrinterColumns"))
                                .map(c -> c.path("name").asText())
                                .toList()))
                .append(".\n");
        refusals(schema, text);
        part(schema, "spec", text);
        part(schema, "status", text);
    }

    private static void part(JsonNode schema, String part, StringBuilder text) {
        JsonNode fields = schema.at("/properties/" + part);
        if (fields.isMissingNode()) {
            return;
        }
        text.append("\n### ").append(part).append("\n\n");
        text.append(fields.path("description").asText()).append("\n");
        refusals(fields, text);
        text.append("\n| field | type | default | must be | description |\n|---|---|---|---|---|\n");
        rows(fields, part, text);
    }

    private static void refusals(JsonNode schema, StringBuilder text) {
        List<String> rules = rules(schema);
        if (!rules.isEmpty()) {
            text.append("\nRefused in these words:\n");
            rules.forEach(rule -> text.append("\n- ").append(rule));
            text.append("\n");
        }
    }

    private static void rows(JsonNode schema, String path, StringBuilder text) {
        schema.path("properties").properties().forEach(p -> {
            JsonNode field = p.getValue();
            String place = path + "." + p.getKey();
            boolean required =
                    each(schema.path("required")).anyMatch(r -> r.asText().equals(p.getKey()));
            text.append("| `").append(place).append("` | ").append(type(field)).append(" | ");
            text.append(field.has("default") ? "`" + compact(field.get("default")) + "`" : "");
            text.append(" | ").append(escape(constraints(field, required))).append(" | ");
            text.append(escape(field.path("description").asText())).append(" |\n");
            rows(field, place, text);
            if (field.has("items")) {
                rows(field.get("items"), place + "[]", text);
            }
            if (field.path("additionalProperties").isObject()) {
                rows(field.get("additionalProperties"), place + ".*", text);
            }
        });
    }

    private static String type(JsonNode field) {
        if (field.has("items")) {
            String list = "map".equals(field.path("x-kubernetes-list-type").asText())
                    ? ", keyed by " + field.at("/x-kubernetes-list-map-keys/0").asText()
                    : "set".equals(field.path("x-kubernetes-list-type").asText()) ? ", no duplicates" : "";
            return "list of " + type(field.get("items")) + list;
        }
        if (field.path("additionalProperties").isObject()) {
            return "map to " + type(field.get("additionalProperties"));
        }
        return field.path("type").asText();
    }

    private static String constraints(JsonNode field, boolean required) {
        List<String> parts = new ArrayList<>();
        if (required) {
            parts.add("**given**");
        }
        parts.addAll(own(field));
        JsonNode inner = field.has("items") ? field.get("items") : field.path("additionalProperties");
        if (inner.isObject()) {
            own(inner).forEach(c -> parts.add("each: " + c));
        }
        return String.join("; ", parts);
    }

    private static List<String> own(JsonNode field) {
        List<String> parts = new ArrayList<>();
        if (field.has("enum")) {
            parts.add("one of "
                    + String.join(
                            ", ",
                            each(field.get("enum"))
                                    .map(e -> "`" + e.asText() + "`")
                                    .toList()));
        }
        range(field, "minimum", "maximum", "").ifPresent(parts::add);
        range(field, "minLength", "maxLength", " characters").ifPresent(parts::add);
        range(field, "minItems", "maxItems", " items").ifPresent(parts::add);
        range(field, "minProperties", "maxProperties", " entries").ifPresent(parts::add);
        if (field.has("pattern")) {
            parts.add("matching `" + field.get("pattern").asText() + "`");
        }
        rules(field).forEach(r -> parts.add(r.startsWith("must be ") ? r.substring("must be ".length()) : r));
        return parts;
    }

    private static Optional<String> range(JsonNode field, String low, String high, String unit) {
        boolean least = field.has(low);
        boolean most = field.has(high);
        if (!least && !most) {
            return Optional.empty();
        }
        long from = field.path(low).asLong();
        long to = field.path(high).asLong();
        if (least && most) {
            return Optional.of(from == to ? from + unit : from + " to " + to + unit);
        }
        return Optional.of((least ? "at least " + from : "at most " + to) + unit);
    }

    private static List<String> rules(JsonNode schema) {
        return each(schema.path("x-kubernetes-validations"))
                .map(r -> r.path("message").asText())
                .toList();
    }

    private static Stream<JsonNode> each(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static String compact(JsonNode value) {
        return value.isTextual() ? value.asText() : value.toString();
    }

    private static String escape(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }
}
