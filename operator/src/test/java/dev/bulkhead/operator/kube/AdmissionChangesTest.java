package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.workflow.WorkflowPlanner;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What counts as a change of admission's, and what an API server does by itself. */
class AdmissionChangesTest {
    @Test
    void an_amount_that_is_another_is_told_with_both() {
        assertThat(AdmissionChanges.of(quota(Map.of("pods", "15")), quota(Map.of("pods", "1k"))))
                .containsExactly("spec.hard.pods is 1k instead of 15");
    }

    @Test
    void the_same_amount_written_otherwise_is_no_change() {
        assertThat(AdmissionChanges.of(
                        quota(Map.of("requests.cpu", "1", "requests.memory", "1024Mi", "pods", "15")),
                        quota(Map.of("requests.cpu", "1000m", "requests.memory", "1Gi", "pods", "15"))))
                .isEmpty();
    }

    @Test
    void an_amount_more_and_one_that_went_are_told() {
        assertThat(AdmissionChanges.of(quota(Map.of("pods", "15")), quota(Map.of("count/jobs.batch", "9"))))
                .containsExactly("spec.hard.count/jobs.batch is 9", "spec.hard.pods is gone");
    }

    @Test
    void many_changes_are_counted() {
        assertThat(AdmissionChanges.of(
                        quota(Map.of("a", "1", "b", "1", "c", "1", "d", "1", "e", "1")),
                        quota(Map.of("a", "2", "b", "2", "c", "2", "d", "2", "e", "2"))))
                .hasSize(4)
                .endsWith("2 more");
    }

    @Test
    void labels_and_annotations_that_somebody_adds_are_none_and_ours_are() {
        ResourceQuota planned = labelled(Map.of("bulkhead.dev/tenant", "acme"));

        assertThat(AdmissionChanges.of(
                        planned, labelled(Map.of("bulkhead.dev/tenant", "acme", "example.org/cost-centre", "7"))))
                .isEmpty();
        assertThat(AdmissionChanges.of(planned, labelled(Map.of("bulkhead.dev/tenant", "other"))))
                .containsExactly("metadata.labels.bulkhead.dev/tenant");
    }

    @Test
    void a_finalizer_that_somebody_adds_is_one() {
        assertThat(AdmissionChanges.of(
                        quota(Map.of("pods", "15")),
                        new ResourceQuotaBuilder(quota(Map.of("pods", "15")))
                                .editMetadata()
                                .addToFinalizers("example.org/keep")
                                .endMetadata()
                                .build()))
                .containsExactly("metadata.finalizers");
    }

    @Test
    void a_policy_that_selects_fewer_pods_or_lets_more_in_is_changed() {
        assertThat(AdmissionChanges.of(
                        policy(),
                        new NetworkPolicyBuilder(policy())
                                .editSpec()
                                .withPodSelector(new LabelSelector(List.of(), Map.of("app", "none")))
                                .addNewIngress()
                                .endIngress()
                                .endSpec()
                                .build()))
                .containsExactly("spec.ingress", "spec.podSelector");
    }

    @Test
    void a_deployment_that_came_back_as_it_was_planned_is_not_changed() {
        assertThat(AdmissionChanges.of(deployment(), new DeploymentBuilder(deployment()).build()))
                .isEmpty();
    }

    @Test
    void a_field_of_a_deployment_that_only_a_newer_server_knows_is_none() {
        assertThat(added(pod -> pod.addToAdditionalProperties("notYetInvented", "Default")))
                .isEmpty();
    }

    /** Where a pod runs and what it shares, as a webhook may add it. */
    @Test
    void whatever_else_is_added_to_a_pod_is_one() {
        assertThat(added(pod -> pod.withShareProcessNamespace(true)))
                .containsExactly("spec.template.spec.shareProcessNamespace");
        assertThat(added(pod -> pod.withNodeSelector(Map.of("pool", "shared"))))
                .containsExactly("spec.template.spec.nodeSelector");
        assertThat(added(pod -> pod.withRuntimeClassName("fast")))
                .containsExactly("spec.template.spec.runtimeClassName");
        assertThat(added(pod -> pod.withSchedulerName("other"))).containsExactly("spec.template.spec.schedulerName");
        assertThat(added(pod ->
                        pod.addNewHostAlias().withIp("192.0.2.1").endHostAlias().withPriorityClassName("high")))
                .containsExactly("spec.template.spec.hostAliases", "spec.template.spec.priorityClassName");
        assertThat(added(pod -> pod.addNewToleration().withKey("gpu").endToleration()))
                .containsExactly("spec.template.spec.tolerations");
        assertThat(added(pod -> pod.editFirstContainer().withTty(true).endContainer()))
                .containsExactly("spec.template.spec.containers[0].tty");
    }

    @Test
    void what_a_restart_by_hand_writes_on_the_pods_is_none() {
        assertThat(AdmissionChanges.of(
                        deployment(),
                        new DeploymentBuilder(deployment())
                                .editSpec()
                                .editTemplate()
                                .editMetadata()
                                .addToAnnotations("kubectl.kubernetes.io/restartedAt", "2026-11-30T12:00:00Z")
                                .endMetadata()
                                .endTemplate()
                                .endSpec()
                                .build()))
                .isEmpty();
    }

    private static List<String> added(Consumer<PodSpecBuilder> change) {
        Deployment answer = new DeploymentBuilder(deployment()).build();
        PodSpecBuilder pod = new PodSpecBuilder(answer.getSpec().getTemplate().getSpec());
        change.accept(pod);
        answer.getSpec().getTemplate().setSpec(pod.build());
        return AdmissionChanges.of(deployment(), answer);
    }

    @Test
    void what_is_changed_within_a_container_is_told_by_its_place_and_never_with_its_value() {
        Deployment changed = new DeploymentBuilder(deployment())
                .editSpec()
                .editTemplate()
                .editSpec()
                .editFirstContainer()
                .editFirstEnv()
                .withValue("password=geheim")
                .endEnv()
                .editSecurityContext()
                .withPrivileged(true)
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();

        assertThat(AdmissionChanges.of(deployment(), changed))
                .containsExactly(
                        "spec.template.spec.containers[0].env[0].value",
                        "spec.template.spec.containers[0].securityContext.privileged");
    }

    private static Deployment deployment() {
        return WorkflowPlanner.workflows(Tenants.full(), Map.of()).stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .filter(d -> d.getMetadata().getName().equals("workflow-transcriber"))
                .findFirst()
                .orElseThrow();
    }

    private static NetworkPolicy policy() {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName("deny")
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .addNewEgress()
                .addNewPort()
                .withPort(new IntOrString(53))
                .endPort()
                .endEgress()
                .endSpec()
                .build();
    }

    private static ResourceQuota labelled(Map<String, String> labels) {
        return new ResourceQuotaBuilder(quota(Map.of("pods", "15")))
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private static ResourceQuota quota(Map<String, String> hard) {
        ResourceQuotaBuilder quota = new ResourceQuotaBuilder()
                .withNewMetadata()
                .withName("q")
                .endMetadata()
                .withNewSpec()
                .endSpec();
        hard.forEach((name, amount) ->
                quota.editSpec().addToHard(name, Quantity.parse(amount)).endSpec());
        return quota.build();
    }
}
