package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.fixture.Tenants;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespaceTrialsTest {
    private static final Subject CLINIC = StaticNetworkProbeTest.subject(Tenants.full());
    private static final String IDENTITY = CLINIC.identity().value();
    private static final String APP = "klinik-nord--app";
    private static final String VERSION = "v1.37";

    private final Map<String, Map<String, String>> labels = new TreeMap<>();

    NamespaceTrialsTest() {
        labels.put("kube-system", new TreeMap<>());
        for (String own : List.of(APP, "klinik-nord--workflows")) {
            labels.put(
                    own,
                    new TreeMap<>(Map.of(
                            "bulkhead.dev/identity", IDENTITY,
                            "bulkhead.dev/tenant", "klinik-nord",
                            "bulkhead.dev/owned", "true",
                            "pod-security.kubernetes.io/enforce", "restricted",
                            "pod-security.kubernetes.io/enforce-version", VERSION)));
        }
        labels.put("ankerwerk--app", new TreeMap<>(Map.of("bulkhead.dev/identity", "another")));
    }

    @Test
    void labels_as_planned_are_blocked_each_beside_a_namespace_that_is_labelled_otherwise() {
        assertThat(trials())
                .hasSize(5)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                        .isEqualTo(TrialResult.Blocked));
        assertThat(trials()).extracting(Trial::proves).contains(Control.TI_NS, Control.TI_POD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # label                                      | value      | control | said
            bulkhead.dev/identity                        | -          | TI-NS   | bulkhead.dev/identity is missing
            bulkhead.dev/identity                        | another    | TI-NS   | bulkhead.dev/identity is another, not
            bulkhead.dev/tenant                          | ankerwerk  | TI-NS   | bulkhead.dev/tenant is ankerwerk, not klinik-nord
            bulkhead.dev/tenant                          | -          | TI-NS   | bulkhead.dev/tenant is missing
            bulkhead.dev/owned                           | false      | TI-NS   | bulkhead.dev/owned is false, not true
            pod-security.kubernetes.io/enforce           | -          | TI-POD  | pod-security.kubernetes.io/enforce is missing
            pod-security.kubernetes.io/enforce           | privileged | TI-POD  | enforce is privileged, not restricted
            pod-security.kubernetes.io/enforce           | baseline   | TI-POD  | enforce is baseline, not restricted
            pod-security.kubernetes.io/enforce-version   | v1.20      | TI-POD  | enforce-version is v1.20, not v1.37
            pod-security.kubernetes.io/enforce-version   | latest     | TI-POD  | enforce-version is latest, not v1.37
            pod-security.kubernetes.io/enforce-version   | -          | TI-POD  | enforce-version is missing
            """)
    void a_label_that_somebody_took_off_or_changed_is_named_with_its_namespace(
            String label, String value, String control, String said) {
        if (value == null) {
            of(APP).remove(label);
        } else {
            of(APP).put(label, value);
        }

        List<Trial> through = through();

        assertThat(through).singleElement().satisfies(trial -> {
            assertThat(trial.proves().id()).isEqualTo(control);
            assertThat(trial.explanation()).contains("namespace " + APP, said);
            assertThat(trial.breach()).isFalse();
        });
    }

    @Test
    void a_namespace_that_somebody_marked_as_the_tenant_s_is_an_open_way() {
        labels.put("evil", new TreeMap<>(Map.of("bulkhead.dev/identity", IDENTITY)));

        assertThat(through()).singleElement().satisfies(trial -> {
            assertThat(trial.proves()).isEqualTo(Control.TI_NS);
            assertThat(trial.breach()).isTrue();
            assertThat(trial.explanation()).contains("namespace evil", IDENTITY);
        });
    }

    @Test
    void a_namespace_of_another_tenant_that_is_marked_as_this_one_s_is_an_open_way_too() {
        of("ankerwerk--app").put("bulkhead.dev/identity", IDENTITY);

        assertThat(through())
                .singleElement()
                .satisfies(trial -> assertThat(trial.breach()).isTrue());
    }

    @Test
    void a_namespace_of_the_tenant_itself_that_its_spec_does_not_name_is_a_weakness() {
        labels.put("klinik-nord--old", new TreeMap<>(Map.of("bulkhead.dev/identity", IDENTITY)));

        assertThat(through()).singleElement().satisfies(trial -> {
            assertThat(trial.breach()).isFalse();
            assertThat(trial.explanation()).contains("namespace klinik-nord--old");
        });
    }

    @Test
    void a_namespace_that_is_not_there_is_unclear() {
        labels.remove(APP);

        assertThat(trials())
                .filteredOn(trial -> trial.attack().target().equals("namespace " + APP))
                .hasSize(2)
                .allSatisfy(trial -> {
                    assertThat(trial.result()).isEqualTo(TrialResult.Unclear);
                    assertThat(trial.explanation()).contains("there is no such namespace");
                });
    }

    @Test
    void a_list_without_anybody_else_s_namespaces_proves_nothing() {
        labels.keySet().removeIf(name -> !name.startsWith("klinik-nord--"));

        assertThat(trials())
                .filteredOn(trial -> trial.attack().target().startsWith("namespace "))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Unclear);
    }

    @Test
    void an_empty_list_proves_nothing() {
        labels.clear();

        assertThat(trials()).hasSize(5).extracting(Trial::result).containsOnly(TrialResult.Unclear);
    }

    private Map<String, String> of(String namespace) {
        return labels.computeIfAbsent(namespace, _ -> new TreeMap<>());
    }

    private List<Trial> through() {
        return trials().stream()
                .filter(trial -> trial.result() == TrialResult.Through)
                .toList();
    }

    private List<Trial> trials() {
        List<Namespace> all = new ArrayList<>();
        labels.forEach((name, own) -> all.add(new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(own)
                .endMetadata()
                .build()));
        return NamespaceTrials.of(CLINIC, all, VERSION);
    }
}
