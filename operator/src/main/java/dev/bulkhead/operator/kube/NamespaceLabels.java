package dev.bulkhead.operator.kube;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The labels and annotations of a namespace that decide who owns it and what may run in it. Everything else on a
 * namespace is left to whoever wrote it.
 */
record NamespaceLabels(Map<String, String> planned, Map<String, String> found) {
    private static final String ANNOTATION = "annotation ";

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
        Map<String, String> labels = copy(current.getMetadata().getLabels());
        Map<String, String> annotations = copy(current.getMetadata().getAnnotations());
        labels.keySet().removeIf(NamespaceLabels::decides);
        annotations.keySet().removeIf(NamespaceLabels::allows);
        planned.forEach((key, value) -> {
            if (key.startsWith(ANNOTATION)) {
                annotations.put(key.substring(ANNOTATION.length()), value);
            } else {
                labels.put(key, value);
            }
        });
        return new NamespaceBuilder(current)
                .editMetadata()
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }

    private static Map<String, String> deciding(Namespace namespace) {
        Map<String, String> deciding = copy(namespace.getMetadata().getLabels());
        deciding.keySet().removeIf(k -> !decides(k));
        copy(namespace.getMetadata().getAnnotations()).forEach((key, value) -> {
            if (allows(key)) {
                deciding.put(ANNOTATION + key, value);
            }
        });
        return deciding;
    }

    private static Map<String, String> copy(@Nullable Map<String, String> map) {
        return new TreeMap<>(map == null ? Map.of() : map);
    }

    private static boolean decides(String label) {
        return label.startsWith("bulkhead.dev/") || label.startsWith("pod-security.kubernetes.io/");
    }

    private static boolean allows(String annotation) {
        return annotation.startsWith("bulkhead.dev/");
    }
}
