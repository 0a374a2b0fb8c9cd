package dev.bulkhead.api.v1beta1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The committed CRDs are what the records say. After a change of the records run
 * {@code mvn -pl crds test -Dbulkhead.regenerate=true} and commit the result.
 */
class CrdGenerationTest {
    private static final Path COMMITTED = Path.of("../charts/bulkhead/files/crds");
    private static final boolean REGENERATE = Boolean.getBoolean("bulkhead.regenerate");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));

    /** Fields that tell the items of a list apart, in order of preference. */
    private static final List<String> KEYS = List.of("name", "id", "dataClass", "type");

    /** Lists whose order or repetition means something, or whose items have no key. */
    private static final Set<String> ATOMIC = Set.of("env", "command", "args", "exec", "x-kubernetes-validations");

    /**
     * Patterns that people get wrong, and what to tell them. The API server would answer with the expression itself, so
     * these become CEL rules, which carry a message.
     */
    private static final Map<String, String> IN_WORDS = Map.of(
            ApiGroup.DURATION,
            "must be an ISO 8601 duration such as P90D, P24M or PT30S, and longer than zero",
            ApiGroup.QUANTITY,
            "must be a quantity such as 500m, 8 or 16Gi, and not negative",
            ApiGroup.LABEL,
            "must be lower-case letters, digits and '-', and begin and end with a letter or digit",
            ApiGroup.OBJECT,
            "must be lower-case letters, digits, '-' and '.', and begin and end with a letter or digit",
            ApiGroup.EXTENSION,
            "must be the name of an extension: lower-case letters, digits, '_' and '-'",
            ApiGroup.DATE,
            "must be a day such as 2026-12-31",
            ApiGroup.IDENTITY,
            "must be the identity of a former Tenant: its status.identity, or the name of its Tombstone",
            ApiGroup.IMAGE,
            "must be an image such as registry.example/name@sha256: and 64 digits, or with a tag instead",
            ApiGroup.TEXT,
            "must be plain text without control, invisible or line-break characters",
            ApiGroup.SUBJECT,
            "must be the name as the identity provider gives it, without blanks, invisible characters or '*'");

    @SuppressWarnings({"unchecked", "rawtypes"})
    static final List<Class<? extends CustomResource<?, ?>>> KINDS = (List) List.of(
            DatabaseServer.class,
            Incident.class,
            ObjectStore.class,
            Rotation.class,
            Tenant.class,
            TenantProfile.class,
            TenantSecret.class,
            Tombstone.class);

    static Stream<Class<? extends CustomResource<?, ?>>> kinds() {
        return KINDS.stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void the_committed_crd_is_what_the_records_say(Class<? extends CustomResource<?, ?>> kind, @TempDir Path directory)
            throws IOException {
        JsonNode crd = generate(kind, directory);
        Path file = COMMITTED.resolve(crd.at("/metadata/name").asText() + ".yaml");
        String text = YAML.writeValueAsString(crd);
        if (REGENERATE) {
            Files.createDirectories(COMMITTED);
            Files.writeString(file, text);
        }
        assertThat(file).exists();
        assertThat(Files.readString(file))
                .as("%s is stale: run mvn -pl crds test -Dbulkhead.regenerate=true", file)
                .isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void every_field_is_described(Class<? extends CustomResource<?, ?>> kind, @TempDir Path directory)
            throws IOException {
        List<String> bare = new ArrayList<>();
        JsonNode schema = generate(kind, directory).at("/spec/versions/0/schema/openAPIV3Schema/properties");
        for (String part : List.of("spec", "status")) {
            if (schema.has(part) && !schema.get(part).has("description")) {
                bare.add(part);
            }
            undescribed(schema.path(part), part, bare);
        }
        assertThat(bare).isEmpty();
    }

    @Test
    void no_stale_crd_is_left_behind() throws IOException {
        try (Stream<Path> files = Files.list(COMMITTED)) {
            assertThat(files).hasSize(KINDS.size());
        }
    }

    private static void undescribed(JsonNode schema, String path, List<String> bare) {
        schema.path("properties").properties().forEach(p -> {
            if (!p.getValue().has("description")) {
                bare.add(path + "." + p.getKey());
            }
            undescribed(p.getValue(), path + "." + p.getKey(), bare);
        });
        if (schema.has("items")) {
            undescribed(schema.get("items"), path + "[]", bare);
        }
        if (schema.path("additionalProperties").isObject()) {
            undescribed(schema.get("additionalProperties"), path + "{}", bare);
        }
    }

    static JsonNode generate(Class<? extends CustomResource<?, ?>> kind, Path directory) throws IOException {
        new CRDGenerator()
                .customResourceClasses(kind)
                .inOutputDir(directory.toFile())
                .detailedGenerate();
        try (Stream<Path> files = Files.list(directory)) {
            ObjectNode crd =
                    (ObjectNode) YAML.readTree(files.findFirst().orElseThrow().toFile());
            ((ObjectNode) crd.get("metadata"))
                    .putObject("annotations")
                    .put("helm.sh/resource-policy", "keep"); // uninstalling the operator must not delete tenants
            JsonNode schema = crd.at("/spec/versions/0/schema/openAPIV3Schema");
            if (schema.path("properties").path("spec").isObject() && kind != Tombstone.class) {
                ((ObjectNode) schema).putArray("required").add("spec");
            }
            listTypes("", schema);
            inWords(schema);
            describe(kind, (ObjectNode) schema);
            columnsAsDeclared(kind, (ObjectNode) crd.at("/spec/versions/0"));
            return crd;
        }
    }

    /** The generator sorts columns by path; people read them from left to right. */
    private static void columnsAsDeclared(Class<?> kind, ObjectNode version) {
        List<String> declared = Stream.of(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        List<JsonNode> columns = new ArrayList<>();
        version.get("additionalPrinterColumns").forEach(columns::add);
        columns.sort(
                Comparator.comparingInt(c -> declared.indexOf(c.path("name").asText())));
        version.putArray("additionalPrinterColumns").addAll(columns);
    }

    /** Says of every list how server-side apply merges it. */
    private static void listTypes(String name, JsonNode schema) {
        if (schema instanceof ObjectNode object
                && "array".equals(schema.path("type").asText())) {
            JsonNode items = schema.get("items");
            String key = KEYS.stream()
                    .filter(k -> items.path("properties").has(k) && requires(items, k))
                    .findFirst()
                    .orElse(null);
            if (key != null && !ATOMIC.contains(name)) {
                object.put("x-kubernetes-list-type", "map");
                object.putArray("x-kubernetes-list-map-keys").add(key);
            } else {
                boolean words = "string".equals(items.path("type").asText());
                object.put("x-kubernetes-list-type", words && !ATOMIC.contains(name) ? "set" : "atomic");
            }
            listTypes(name, items);
        }
        schema.path("properties").properties().forEach(p -> listTypes(p.getKey(), p.getValue()));
        if (schema.path("additionalProperties").isObject()) {
            listTypes(name, schema.get("additionalProperties"));
        }
    }

    /** The generator describes fields only; what the object, its spec and its status are stands on their classes. */
    private static void describe(Class<?> kind, ObjectNode schema) {
        schema.put("description", description(kind));
        Type[] parts = ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments();
        for (int i = 0; i < parts.length; i++) {
            ObjectNode properties = (ObjectNode) schema.get("properties");
            if (parts[i] == Void.class) {
                properties.remove("status"); // the kind has none
            } else {
                ((ObjectNode) properties.get(i == 0 ? "spec" : "status"))
                        .put("description", description((Class<?>) parts[i]));
            }
        }
    }

    private static String description(Class<?> type) {
        JsonClassDescription description = type.getAnnotation(JsonClassDescription.class);
        assertThat(description).as("@JsonClassDescription of %s", type).isNotNull();
        return description.value();
    }

    private static void inWords(JsonNode schema) {
        String message = IN_WORDS.get(schema.path("pattern").asText());
        if (message != null) {
            ObjectNode field = (ObjectNode) schema;
            String pattern = field.remove("pattern").asText();
            String quoted = "'" + pattern.replace("\\", "\\\\") + "'";
            String rule = "self.matches(" + quoted + ")";
            if (pattern.equals(ApiGroup.DATE)) {
                rule += " && !format.date().validate(self).hasValue()";
            }
            field.withArray("x-kubernetes-validations")
                    .addObject()
                    .put("message", message)
                    .put("rule", rule);
        }
        schema.path("properties").forEach(CrdGenerationTest::inWords);
        if (schema.has("items")) {
            inWords(schema.get("items"));
        }
        if (schema.path("additionalProperties").isObject()) {
            inWords(schema.get("additionalProperties"));
        }
    }

    private static boolean requires(JsonNode items, String field) {
        for (JsonNode required : items.path("required")) {
            if (required.asText().equals(field)) {
                return true;
            }
        }
        return false;
    }
}
