package dev.bulkhead.operator.part;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.bulkhead.operator.secret.PlannedSecret;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The whole plan of a tenant as text that people can review, in the order in which it is applied. What is only known
 * once the tenant lives (keys, passwords, fingerprints) stands in angle brackets.
 */
public final class PlanText {
    /** In place of what is only known once the tenant lives. */
    public static final String LATER = "<made with the tenant>";

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .disable(YAMLGenerator.Feature.SPLIT_LINES));

    private final String tenant;
    private final String identity;
    private final List<Object> objects = new ArrayList<>();
    private final List<Section> sections = new ArrayList<>();

    private record Section(String title, String key, String body) {}

    /** Nothing yet, for a tenant of that name and identity. */
    public PlanText(String tenant, String identity) {
        this.tenant = tenant;
        this.identity = identity;
    }

    /** Objects of the cluster. */
    public void objects(List<? extends HasMetadata> planned) {
        objects.addAll(planned);
    }

    /** Secrets of the cluster, in the form of a Secret with {@code stringData}, credentials by name. */
    public void secrets(List<PlannedSecret> planned) {
        planned.forEach(secret -> objects.add(secret(secret)));
    }

    /**
     * What lies outside of the cluster.
     *
     * @param title where, such as {@code PostgreSQL: DatabaseServer main, database app}
     * @param key its name in the JSON form
     */
    public void section(String title, String key, String body) {
        sections.add(new Section(title, key, body));
    }

    /** For people: YAML documents, then a section for each server and store. */
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("# Tenant ")
                .append(tenant)
                .append(", identity ")
                .append(identity)
                .append("\n\n# 1 Kubernetes\n");
        objects.forEach(object -> text.append(yaml(object)));
        int number = 1;
        for (Section section : sections) {
            text.append("\n# ")
                    .append(++number)
                    .append(' ')
                    .append(section.title())
                    .append('\n');
            text.append(section.body().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    /** For machines: {@code {tenant, identity, objects: […], sql, bucket}}. */
    public ObjectNode json() {
        ObjectNode json = YAML.createObjectNode();
        json.put("tenant", tenant);
        json.put("identity", identity);
        ArrayNode all = json.putArray("objects");
        objects.forEach(object -> all.add(YAML.<ObjectNode>valueToTree(object)));
        sections.forEach(section -> json.put(section.key(), section.body()));
        return json;
    }

    private static Map<String, Object> secret(PlannedSecret planned) {
        Map<String, String> data = new TreeMap<>();
        planned.data()
                .forEach((key, value) -> data.put(
                        key,
                        switch (value) {
                            case PlannedSecret.Value.Text(String text) -> text;
                            case PlannedSecret.Value.Credential(var before, var purpose, var after) ->
                                before + "<" + purpose.id() + ">" + after;
                        }));
        Map<String, Object> secret = new LinkedHashMap<>();
        secret.put("apiVersion", "v1");
        secret.put("kind", "Secret");
        secret.put(
                "metadata",
                new TreeMap<>(
                        Map.of("labels", planned.labels(), "name", planned.name(), "namespace", planned.namespace())));
        secret.put("type", planned.type());
        secret.put("stringData", data);
        return secret;
    }

    private static String yaml(Object object) {
        try {
            return YAML.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
