package dev.bulkhead.operator.guard;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares the guards with what the chart wrote, for somebody who is not the operator: it restores nothing. Two requests by
 * name for each guard.
 */
public final class GuardContents {
    private final GuardObjects objects;

    /**
     * Reads nothing yet.
     *
     * @param namespace of the operator, where the chart leaves the texts
     */
    public GuardContents(KubernetesClient client, String namespace) {
        objects = new GuardObjects(client, namespace);
    }

    /**
     * What was compared.
     *
     * @param compared how many objects
     * @param differences one for each that is not as it was written
     */
    public record GuardComparison(int compared, List<GuardDifference> differences) {
        /** Makes the list immutable. */
        public GuardComparison {
            differences = List.copyOf(differences);
        }
    }

    /**
     * How one object differs.
     *
     * @param guard number of the guard
     * @param object kind and name
     * @param what in words
     */
    public record GuardDifference(String guard, String object, String what) {}

    /**
     * Looks at every guard.
     *
     * @throws io.fabric8.kubernetes.client.KubernetesClientException when the API server does not say what is there
     * @throws IllegalArgumentException when nobody can say what should be there
     */
    public GuardComparison compare() {
        Map<String, String> texts = objects.texts();
        if (texts == null) {
            throw new IllegalArgumentException("ConfigMap " + GuardObjects.TEXTS + " is missing; run helm upgrade");
        }
        List<GuardText> written = GuardText.read(texts);
        List<GuardDifference> differences = new ArrayList<>(unwritten(written));
        for (GuardText text : written) {
            JsonNode found = objects.find(text);
            String difference = found == null ? "was deleted" : text.difference(found);
            if (difference != null) {
                differences.add(new GuardDifference(text.guard(), text.kind() + " " + text.name(), difference));
            }
        }
        return new GuardComparison(written.size(), differences);
    }

    /** Guards of this version that the texts do not hold: whoever took one away there, too, would be noticed by nobody. */
    private static List<GuardDifference> unwritten(List<GuardText> written) {
        Set<String> names = written.stream().map(GuardText::name).collect(Collectors.toSet());
        Set<String> told = new TreeSet<>();
        return GuardManifests.all().stream()
                .filter(manifest -> !manifest.guard().equals(GuardManifest.POD_SECURITY))
                .filter(manifest -> !names.contains(manifest.policy()) && told.add(manifest.policy()))
                .map(manifest -> new GuardDifference(
                        manifest.guard(),
                        "ValidatingAdmissionPolicy " + manifest.policy(),
                        "ConfigMap " + GuardObjects.TEXTS + " does not hold it"))
                .toList();
    }
}
