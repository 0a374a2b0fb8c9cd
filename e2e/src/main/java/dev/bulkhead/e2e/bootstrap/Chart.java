package dev.bulkhead.e2e.bootstrap;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Helm chart, rendered by Helm itself inside this JVM.
 *
 * @param directory the chart
 */
record Chart(Path directory) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /** The objects in the order in which Helm creates them; {@code values} as in a values file. */
    List<GenericKubernetesResource> objects(
            String release, String namespace, String kubernetesVersion, Map<String, Object> values) {
        try {
            Path file = Files.createTempFile("bulkhead-values", ".yaml");
            try {
                Files.write(file, YAML.writeValueAsBytes(values));
                return parse(new Helm(directory)
                        .template()
                        .withName(release)
                        .withNamespace(namespace)
                        .withKubeVersion(kubernetesVersion)
                        .withValuesFile(file)
                        .call());
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A values file. */
    static Map<String, Object> values(String text) throws IOException {
        return YAML.readValue(text, new TypeReference<Map<String, Object>>() {});
    }

    /** The objects of a YAML text of several documents. */
    static List<GenericKubernetesResource> parse(String text) throws IOException {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(text)) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.isObject() && !document.isEmpty()) {
                    objects.add(YAML.convertValue(document, GenericKubernetesResource.class));
                }
            }
        }
        return objects;
    }
}
