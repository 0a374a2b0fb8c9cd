package dev.bulkhead.operator.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.Golden;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.GivenSecret;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.validate.ValidTenant;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowPlannerTest {
    private static final Golden GOLDEN = Golden.of("workflow");
    private static final Map<String, ValidTenant> CASES =
            Map.of("full", Tenants.full(), "suspended", Tenants.suspended());

    @ParameterizedTest
    @ValueSource(strings = {"full", "suspended"})
    void the_plan_is_what_was_reviewed(String name) {
        GOLDEN.check(name, plan(Objects.requireNonNull(CASES.get(name))));
    }

    @Test
    void every_golden_file_belongs_to_a_case() {
        GOLDEN.checkNoneIsUnused(CASES.keySet());
    }

    @Test
    void every_object_carries_the_marks() {
        ValidTenant tenant = Tenants.full();
        assertThat(plan(tenant)).allMatch(object -> Marks.ours(object, tenant.identity()));
    }

    @Test
    void a_tenant_without_workflows_gets_none() {
        assertThat(plan(Tenants.plain())).isEmpty();
    }

    @Test
    void pods_are_not_marked_as_owned_because_others_must_change_and_delete_them() {
        assertThat(deployments(Tenants.full()))
                .allSatisfy(deployment -> assertThat(
                                deployment.getSpec().getTemplate().getMetadata().getLabels())
                        .doesNotContainKey(Marks.OWNED)
                        .containsKeys(Marks.TENANT, Marks.IDENTITY, Marks.WORKFLOW));
    }

    @Test
    void a_workflow_needs_the_secrets_it_mounts_reads_as_variables_and_pulls_its_image_with() {
        ValidTenant tenant = Tenants.full();
        assertThat(WorkflowPlanner.needs(tenant, tenant.spec().workflows().getFirst()))
                .containsExactly(
                        new GivenSecret(tenant.namespace("workflows"), "bulkhead-database"),
                        new GivenSecret(tenant.namespace("workflows"), "llm-api-key"),
                        new GivenSecret(tenant.namespace("workflows"), "registry-login"));
    }

    @Test
    void pods_are_replaced_when_a_secret_they_were_given_changes_appears_or_goes_and_only_then() {
        ValidTenant tenant = Tenants.full();
        GivenSecret key = new GivenSecret(tenant.namespace("workflows"), "llm-api-key");
        GivenSecret foreign = new GivenSecret(tenant.namespace("app"), "llm-api-key");
        GivenSecret pull = new GivenSecret(tenant.namespace("workflows"), "registry-login");

        Deployment before = transcriber(tenant, Map.of(key, "1"));

        assertThat(transcriber(tenant, Map.of(key, "1", foreign, "9", pull, "9")))
                .isEqualTo(before);
        assertThat(transcriber(tenant, Map.of(key, "2"))).isNotEqualTo(before);
        assertThat(transcriber(tenant, Map.of())).isNotEqualTo(before);
    }

    @Test
    void a_suspended_tenant_runs_no_pods_and_needs_no_disruption_budget() {
        assertThat(deployments(Tenants.suspended()))
                .hasSize(2)
                .allMatch(deployment -> deployment.getSpec().getReplicas() == 0);
        assertThat(plan(Tenants.suspended())).noneMatch(PodDisruptionBudget.class::isInstance);
    }

    @Test
    void a_workflow_that_says_nothing_about_resources_fits_into_its_namespace() {
        ValidTenant tenant = Tenants.of("small", "0a0b0c0d-1112-4314-9516-171819202122", """
                profile: portal
                displayName: Small
                namespaces: [{ name: a }]
                quota: { cpu: 100m, memory: 64Mi, pods: 10 }
                workflows: [{ name: w, namespace: a, image: x }]
                """);

        assertThat(container(tenant).getResources().getLimits())
                .containsEntry("cpu", new Quantity("100m"))
                .containsEntry("memory", new Quantity("64Mi"));
    }

    private static Container container(ValidTenant tenant) {
        return deployments(tenant)
                .getFirst()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst();
    }

    private static Deployment transcriber(ValidTenant tenant, Map<GivenSecret, String> fingerprints) {
        return deployments(WorkflowPlanner.workflows(tenant, fingerprints)).stream()
                .filter(deployment -> deployment.getMetadata().getName().equals("workflow-transcriber"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Deployment> deployments(ValidTenant tenant) {
        return deployments(plan(tenant));
    }

    private static List<Deployment> deployments(List<HasMetadata> plan) {
        return plan.stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .toList();
    }

    private static List<HasMetadata> plan(ValidTenant tenant) {
        return WorkflowPlanner.workflows(
                tenant, Map.of(new GivenSecret(tenant.namespace("workflows"), "llm-api-key"), "uid/42"));
    }
}
