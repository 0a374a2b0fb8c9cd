package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InformedObjectsTest {
    @Test
    void what_a_quota_counts_is_nothing_to_look_at_and_what_it_allows_is() {
        ResourceQuota quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("q")
                .withResourceVersion("1")
                .endMetadata()
                .withNewSpec()
                .addToHard("pods", new Quantity("10"))
                .endSpec()
                .build();

        assertThat(InformedObjects.matters(
                        new ResourceQuotaBuilder(quota)
                                .editMetadata()
                                .withResourceVersion("2")
                                .endMetadata()
                                .withNewStatus()
                                .withUsed(Map.of("pods", new Quantity("3")))
                                .endStatus()
                                .build(),
                        quota))
                .isFalse();
        assertThat(InformedObjects.matters(
                        new ResourceQuotaBuilder(quota)
                                .editSpec()
                                .addToHard("pods", new Quantity("99"))
                                .endSpec()
                                .build(),
                        quota))
                .isTrue();
    }

    @Test
    void of_a_deployments_status_only_the_pods_that_run_count() {
        Deployment deployment = new DeploymentBuilder()
                .withNewMetadata()
                .withName("d")
                .withGeneration(1L)
                .endMetadata()
                .build();

        assertThat(InformedObjects.matters(
                        new DeploymentBuilder(deployment)
                                .editMetadata()
                                .addToAnnotations("deployment.kubernetes.io/revision", "1")
                                .endMetadata()
                                .withNewStatus()
                                .withObservedGeneration(1L)
                                .withUnavailableReplicas(2)
                                .endStatus()
                                .build(),
                        deployment))
                .isFalse();
        assertThat(InformedObjects.matters(
                        new DeploymentBuilder(deployment)
                                .withNewStatus()
                                .withAvailableReplicas(1)
                                .endStatus()
                                .build(),
                        deployment))
                .isTrue();
        assertThat(InformedObjects.matters(
                        new DeploymentBuilder(deployment)
                                .editMetadata()
                                .withGeneration(2L)
                                .endMetadata()
                                .build(),
                        deployment))
                .isTrue();
    }

    @Test
    void a_changed_spec_of_a_disruption_budget_counts_and_its_status_does_not() {
        PodDisruptionBudget budget = new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withName("b")
                .withGeneration(1L)
                .endMetadata()
                .build();

        assertThat(InformedObjects.matters(
                        new PodDisruptionBudgetBuilder(budget)
                                .withNewStatus()
                                .withCurrentHealthy(2)
                                .endStatus()
                                .build(),
                        budget))
                .isFalse();
        assertThat(InformedObjects.matters(
                        new PodDisruptionBudgetBuilder(budget)
                                .editMetadata()
                                .withGeneration(2L)
                                .endMetadata()
                                .build(),
                        budget))
                .isTrue();
    }

    @Test
    void a_label_taken_off_or_a_deletion_counts_whatever_the_kind() {
        ResourceQuota quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("q")
                .addToLabels("bulkhead.dev/owned", "true")
                .endMetadata()
                .build();

        assertThat(InformedObjects.matters(
                        new ResourceQuotaBuilder(quota)
                                .editMetadata()
                                .withLabels(Map.of())
                                .endMetadata()
                                .build(),
                        quota))
                .isTrue();
        assertThat(InformedObjects.matters(
                        new ResourceQuotaBuilder(quota)
                                .editMetadata()
                                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                                .endMetadata()
                                .build(),
                        quota))
                .isTrue();
    }

    @Test
    void kinds_without_a_status_always_count() {
        ConfigMap card = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("c")
                .endMetadata()
                .build();

        assertThat(InformedObjects.matters(
                        new ConfigMapBuilder(card).addToData("phase", "Active").build(), card))
                .isTrue();
    }
}
