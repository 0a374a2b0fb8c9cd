package dev.bulkhead.e2e.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Workflow;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RunningWorkflowsTest {
    private static final String IMAGE = "example.local/workload@sha256:" + "a".repeat(64);

    @Test
    void every_workflow_of_the_examples_runs_the_image_and_is_given_database_and_bucket() {
        List<Tenant> tenants = tenants();

        assertThat(tenants).hasSize(3).allSatisfy(tenant -> {
            assertThat(tenant.getSpec().workflows()).isNotEmpty().allSatisfy(workflow -> {
                assertThat(workflow.image()).isEqualTo(IMAGE);
                assertThat(workflow.args()).isEqualTo(arguments(workflow));
                assertThat(workflow.secrets()).containsExactly("bulkhead-database", "bulkhead-objectstore");
                assertThat(tenant.getSpec().database().deliverTo()).contains(workflow.namespace());
                assertThat(tenant.getSpec().objectStore().deliverTo()).contains(workflow.namespace());
            });
        });
    }

    @Test
    void what_the_examples_ask_of_a_node_leaves_a_core_of_two_for_all_else() {
        assertThat(tenants().stream()
                        .flatMap(tenant -> tenant.getSpec().workflows().stream())
                        .mapToDouble(RunningWorkflowsTest::cores)
                        .sum())
                .isPositive()
                .isLessThan(1);
    }

    /** Of all replicas. */
    private static double cores(Workflow workflow) {
        String each = Objects.requireNonNull(workflow.resources()).cpu();
        return Quantity.parse(each).getNumericalAmount().doubleValue() * workflow.replicas();
    }

    private static List<String> arguments(Workflow workflow) {
        return workflow.port() == null
                ? List.of("serve")
                : List.of("serve", workflow.port().toString());
    }

    private static List<Tenant> tenants() {
        KubernetesSerialization serialization = new KubernetesSerialization();
        return Manifests.inDirectory(Path.of("..", "examples")).stream()
                .map(new RunningWorkflows(IMAGE))
                .filter(object -> object.getKind().equals("Tenant"))
                .map(GenericKubernetesResource.class::cast)
                .map(object -> serialization.convertValue(object, Tenant.class))
                .toList();
    }
}
