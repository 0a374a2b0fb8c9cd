package dev.bulkhead.e2e.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The chart of this checkout, rendered by Helm itself. */
final class RenderedChart {
    static final Path DIRECTORY = Path.of("..", "charts", "bulkhead").normalize();
    static final String NAMESPACE = "bulkhead-system";
    static final String KEYS = "bulkhead-keys";
    static final String RELEASE = "bulkhead";
    static final String KUBERNETES = "1.37.1";

    private static final YAMLMapper YAML = new YAMLMapper();

    private RenderedChart() {}

    /** The values the chart is tried with, one file for each way of using it. */
    static List<Path> valuesFiles() {
        return filesIn("ci");
    }

    /** The files of a folder of the chart, sorted. */
    static List<Path> filesIn(String folder) {
        try (Stream<Path> files = Files.list(DIRECTORY.resolve(folder))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The values that a user cannot do without. */
    static Path minimalValues() {
        return DIRECTORY.resolve("ci/minimal-values.yaml");
    }

    /** What {@code helm template --no-hooks} prints, so without the profiles; fails as that does. */
    static String render(Path values, Map<String, ?> set) {
        TemplateCommand command = new Helm(DIRECTORY)
                .template()
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withKubeVersion(KUBERNETES)
                .withValuesFile(values);
        set.forEach(command::set);
        return command.call();
    }

    /** The rendered objects, in the order in which Helm creates them. */
    static List<GenericKubernetesResource> objects(Path values) {
        return objects(values, Map.of());
    }

    /** The rendered objects, with single values changed. */
    static List<GenericKubernetesResource> objects(Path values, Map<String, ?> set) {
        List<GenericKubernetesResource> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(render(values, set))) {
            while (documents.hasNext()) {
                JsonNode document = documents.next();
                if (document.isObject() && !document.isEmpty()) {
                    objects.add(YAML.convertValue(document, GenericKubernetesResource.class));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return objects;
    }

    /** The only rendered object of that kind and name. */
    static JsonNode object(List<GenericKubernetesResource> objects, String kind, String name) {
        List<GenericKubernetesResource> found = objects.stream()
                .filter(o ->
                        o.getKind().equals(kind) && o.getMetadata().getName().equals(name))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " objects are " + kind + " " + name);
        }
        return YAML.valueToTree(found.getFirst());
    }
}
