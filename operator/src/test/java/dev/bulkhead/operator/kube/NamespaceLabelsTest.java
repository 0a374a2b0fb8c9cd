package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespaceLabelsTest {
    private static final Namespace PLANNED = namespace(
            Map.of("bulkhead.dev/tenant", "a", "pod-security.kubernetes.io/enforce", "restricted"),
            Map.of("bulkhead.dev/allowed-registries", "registry.example"));

    @Test
    void what_others_write_on_a_namespace_is_theirs() {
        Namespace found = namespace(
                Map.of(
                        "bulkhead.dev/tenant",
                        "a",
                        "pod-security.kubernetes.io/enforce",
                        "restricted",
                        "example.org/team",
                        "blue"),
                Map.of("bulkhead.dev/allowed-registries", "registry.example", "example.org/note", "x"));

        assertThat(NamespaceLabels.compare(PLANNED, found).same()).isTrue();
    }

    @Test
    void a_widened_allowance_is_put_back_and_an_invented_one_goes() {
        Namespace found = namespace(
                PLANNED.getMetadata().getLabels(),
                Map.of(
                        "bulkhead.dev/allowed-registries",
                        "*",
                        "bulkhead.dev/allowed-else",
                        "*",
                        "example.org/note",
                        "x"));
        NamespaceLabels compared = NamespaceLabels.compare(PLANNED, found);

        assertThat(compared.differing())
                .containsExactly("annotation bulkhead.dev/allowed-else", "annotation bulkhead.dev/allowed-registries");
        assertThat(compared.corrected(found).getMetadata().getAnnotations())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("bulkhead.dev/allowed-registries", "registry.example", "example.org/note", "x"));
    }

    @Test
    void a_namespace_from_before_there_were_allowances_gets_them() {
        Namespace found = namespace(PLANNED.getMetadata().getLabels(), Map.of());

        assertThat(NamespaceLabels.compare(PLANNED, found).corrected(found)).isEqualTo(PLANNED);
    }

    private static Namespace namespace(Map<String, String> labels, Map<String, String> annotations) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("a--app")
                .withLabels(labels)
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }
}
