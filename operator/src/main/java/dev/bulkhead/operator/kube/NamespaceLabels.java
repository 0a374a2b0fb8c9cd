package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The labels of a namespace that decide who owns it and what may run in it. Everything else on a namespace is left to
 * whoever wrote it.
 */
record NamespaceLabels(Map<String, String> planned, Map<String, String> found) {
    static NamespaceLabels compare(Namespace planned, Namespace found) {
        return new NamespaceLabels(deciding(planned), deciding(found));
    }

    boolean same() {
        return planned.equals(found);
    }

    Set<String> differing() {
        Set<String> keys = new TreeSet<>(planned.keySet());
        keys.addAll(found.keySet());
        keys.removeIf(k -> Objects.equals(planned.get(k), found.get(k)));
        return keys;
    }

    Namespace corrected(Namespace current) {
        Map<String, String> labels = new TreeMap<>(
                current.getMetadata().getLabels() == null
                        ? Map.of()
                        : current.getMetadata().getLabels());
        labels.keySet().removeIf(NamespaceLabels::decides);
        labels.putAll(planned);
        return new NamespaceBuilder(current)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private static Map<String, String> deciding(Namespace namespace) {
        Map<String, String> labels = namespace.getMetadata().getLabels();
        Map<String, String> deciding = new TreeMap<>(labels == null ? Map.of() : labels);
        deciding.keySet().removeIf(k -> !decides(k));
        return deciding;
    }

    private static boolean decides(String label) {
        return label.startsWith("bulkhead.dev/") || label.startsWith("pod-security.kubernetes.io/");
    }
}
