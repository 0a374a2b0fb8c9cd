package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real API server takes what the chart renders. */
@ExtendWith(StackExtension.class)
class ChartManifestsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Path> valuesFiles() {
        return RenderedChart.valuesFiles().stream();
    }

    @BeforeAll
    static void install(KubernetesClient admin) {
        InstalledChart.on(admin);
        InstalledChart.createNamespace(admin, "platform-keys"); // of everything-values: a dry run makes none
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void every_way_of_using_the_chart_gives_objects_without_an_unknown_field(Path values, KubernetesClient admin) {
        List<GenericKubernetesResource> objects = RenderedChart.objects(values).stream()
                // Their CRDs are another product's.
                .filter(o -> !Set.of("ServiceMonitor", "PrometheusRule").contains(o.getKind()))
                .toList();

        InstalledChart.tryOut(admin, objects);
    }

    @Test
    void applying_it_again_changes_nothing(KubernetesClient admin) {
        List<GenericKubernetesResource> objects = RenderedChart.objects(RenderedChart.minimalValues());
        List<String> before = versions(admin, objects);

        InstalledChart.apply(admin, objects);

        assertThat(versions(admin, objects)).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("valuesFiles")
    void the_operator_s_pods_meet_the_restricted_pod_security_standard(Path values, KubernetesClient admin) {
        String namespace = "restricted";
        admin.resource(Samples.namespace(
                        namespace,
                        Map.of(
                                "pod-security.kubernetes.io/enforce", "restricted",
                                "pod-security.kubernetes.io/enforce-version", "latest")))
                .serverSideApply();
        JsonNode template = RenderedChart.object(RenderedChart.objects(values), "Deployment", "bulkhead-operator")
                .at("/spec/template");
        ObjectNode pod = template.deepCopy();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ((ObjectNode) pod.get("metadata")).put("name", "operator").put("namespace", namespace);
        // Neither the account nor the priority class is what is asked about, and neither is there.
        ((ObjectNode) pod.get("spec")).put("serviceAccountName", "default").remove("priorityClassName");

        GenericKubernetesResource accepted = admin.resource(JSON.convertValue(pod, GenericKubernetesResource.class))
                .dryRun()
                .create();

        assertThat(accepted.getMetadata().getName()).isEqualTo("operator");
    }

    @Test
    void the_api_server_finds_no_type_error_in_the_guards(KubernetesClient admin) {
        List<ValidatingAdmissionPolicy> guards = admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withLabel("app.kubernetes.io/part-of", "bulkhead")
                .list()
                .getItems();

        assertThat(guards).hasSize(31).allSatisfy(guard -> {
            assertThat(guard.getSpec().getFailurePolicy()).isEqualTo("Fail");
            assertThat(guard.getStatus()).isNotNull();
            assertThat(guard.getStatus().getTypeChecking().getExpressionWarnings())
                    .isEmpty();
        });
    }

    private static List<String> versions(KubernetesClient admin, List<GenericKubernetesResource> objects) {
        return objects.stream()
                .map(o -> o.getKind() + "/" + o.getMetadata().getName() + " generation "
                        + admin.resource(o).get().getMetadata().getGeneration())
                .toList();
    }
}
