package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Guard 9: what the platform says of tenants is written by who found it, whatever RBAC lets others do, and the chart's
 * roles are changed by who may give any right.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EvidenceIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String PROBER = "system:serviceaccount:" + RenderedChart.NAMESPACE + ":bulkhead-prober";
    private static final String ENGINE = "evidence-engine";
    private static final String PERSON = "dora@platform.example";

    private KubernetesClient admin;
    private KubernetesClient plain;
    private KubernetesClient engine;
    private KubernetesClient prober;
    private KubernetesClient operator;
    private KubernetesClient person;

    @BeforeAll
    void install(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        InstalledChart.on(admin);
        admin.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(ENGINE)
                        .endMetadata()
                        .withRules(
                                // All that the role of tenants' users holds: else RBAC itself refuses to pass it on.
                                rule("*", "*", "get", "list", "watch"),
                                rule("openreports.io", "clusterreports", "*"),
                                rule("bulkhead.dev", "*", "*"),
                                rule("bulkhead.dev", "*/status", "*"),
                                rule(
                                        "rbac.authorization.k8s.io",
                                        "clusterroles",
                                        "get",
                                        "create",
                                        "patch",
                                        "update",
                                        "delete"))
                        .build())
                .serverSideApply();
        admin.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(ENGINE)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", ENGINE)
                        .addNewSubject("", "ServiceAccount", ENGINE, "default")
                        .addNewSubject("rbac.authorization.k8s.io", "User", PERSON, null)
                        .build())
                .serverSideApply();
        plain = endpoints.kubernetes().adminClient();
        engine = InstalledChart.actingAs(admin, "system:serviceaccount:default:" + ENGINE);
        prober = InstalledChart.actingAs(admin, PROBER);
        operator = InstalledChart.actingAs(admin, InstalledChart.OPERATOR);
        person = InstalledChart.actingAs(admin, PERSON);
        await().atMost(InstalledChart.PATIENCE)
                .until(() ->
                        ApiRefusal.of(() -> tryCreate(engine, report(ENGINE))).isEmpty());
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> ApiRefusal.of(() -> tryCreate(engine, report("bulkhead")))
                        .isPresent());
    }

    @AfterAll
    void cleanUp() {
        List.of(plain, engine, prober, operator, person).forEach(KubernetesClient::close);
        InstalledChart.removeTenants(admin, "evidence-");
        List.of("Incident", "Tombstone", "Rotation")
                .forEach(kind ->
                        admin.genericKubernetesResources("bulkhead.dev/v1beta1", kind).list().getItems().stream()
                                .filter(o -> o.getMetadata().getName().startsWith("evidence-"))
                                .forEach(o -> admin.resource(o).delete()));
        admin.rbac().clusterRoleBindings().withName(ENGINE).delete();
        admin.rbac().clusterRoles().withName(ENGINE).delete();
    }

    @Test
    void the_report_of_the_platform_is_the_probers_alone() {
        refused(() -> tryCreate(plain, report("bulkhead")))
                .contains("bulkhead-evidence", "only " + PROBER + " writes it");
        admin.resource(report("bulkhead")).delete(); // one of a prober that ran here before
        tryCreate(prober, report("bulkhead"));

        GenericKubernetesResource there = prober.resource(report("bulkhead")).create();
        try {
            there.setAdditionalProperty("source", "somebody");
            refused(() -> engine.resource(there).update()).contains("UPDATE of clusterreports bulkhead");
            refused(() -> engine.resource(there).patch(MERGE, "{\"source\":\"somebody\"}"))
                    .contains("bulkhead-evidence");
            refused(() -> engine.resource(there).delete()).contains("deleted by nobody");
            refused(() -> plain.raw("/apis/openreports.io/v1alpha1/clusterreports", "DELETE", Map.of()))
                    .contains("deleted by nobody");
            prober.resource(there).patch(MERGE, "{\"source\":\"bulkhead again\"}");
        } finally {
            admin.resource(there).delete();
        }
    }

    @ParameterizedTest
    @CsvSource({"Tenant, Active", "Tombstone, Retained", "Rotation, Succeeded"})
    void status_is_the_operators_alone(String kind, String phase) {
        String name = name();
        GenericKubernetesResource made = admin.resource(
                        switch (kind) {
                            case "Tombstone" -> Samples.tombstone(name, Map.of());
                            case "Rotation" -> Samples.rotation(name, "Person");
                            default -> Samples.tenant(name);
                        })
                .create();
        String status = "{\"status\":{\"phase\":\"" + phase + "\"}}";
        for (KubernetesClient other : List.of(engine, plain, person)) {
            refused(() -> other.resource(made).subresource("status").patch(MERGE, status))
                    .contains("bulkhead-evidence", "/status " + name, "only " + InstalledChart.OPERATOR + " writes it");
        }
        assertThat(ApiRefusal.of(
                        () -> prober.resource(made).subresource("status").patch(MERGE, status)))
                .isPresent();

        operator.resource(made).subresource("status").patch(MERGE, status);
    }

    @Test
    void incidents_are_made_by_the_prober_and_deleted_by_nobody() {
        refused(() -> tryCreate(engine, Samples.incident(name(), Instant.now())))
                .contains("bulkhead-evidence", "CREATE of incidents");
        refused(() -> tryCreate(plain, Samples.incident(name(), Instant.now()))).contains("bulkhead-evidence");

        GenericKubernetesResource found = found();

        refused(() -> engine.resource(found).delete()).contains("deleted by nobody", "spec.acknowledgement");
        refused(() -> plain.resource(found).delete()).contains("deleted by nobody", "bulkhead:break-glass");
    }

    @Test
    void the_roles_of_the_chart_are_changed_by_who_may_give_any_right() {
        ClusterRole shipped =
                admin.rbac().clusterRoles().withName("bulkhead-tenant-user").require();
        String change = "{\"metadata\":{\"annotations\":{\"example.org/by\":\"somebody\"}}}";

        refused(() -> engine.resource(shipped).patch(MERGE, change))
                .contains("bulkhead-shipped-roles", "UPDATE of ClusterRole bulkhead-tenant-user", "escalate");
        refused(() -> engine.resource(shipped).delete()).contains("DELETE of ClusterRole bulkhead-tenant-user");
        refused(() -> engine.resource(role("bulkhead-mine")).dryRun().create())
                .contains("CREATE of ClusterRole bulkhead-mine");

        engine.resource(role("mine")).dryRun().create();
        plain.resource(shipped).dryRun().patch(MERGE, change);
        plain.resource(role("bulkhead-mine")).dryRun().create();
    }

    private static String name() {
        return "evidence-" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** An Incident that is there, as the prober made it. */
    private GenericKubernetesResource found() {
        return prober.resource(Samples.incident(name(), Instant.now())).create();
    }

    private GenericKubernetesResource report(String name) {
        return read("""
                apiVersion: openreports.io/v1alpha1
                kind: ClusterReport
                metadata: { name: %s }
                source: test
                """.formatted(name));
    }

    private GenericKubernetesResource read(String yaml) {
        return admin.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class);
    }

    private static ClusterRole role(String name) {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static PolicyRule rule(String group, String resource, String... verbs) {
        return new PolicyRuleBuilder()
                .withApiGroups(group)
                .withResources(resource)
                .withVerbs(verbs)
                .build();
    }

    private static void tryCreate(KubernetesClient client, GenericKubernetesResource object) {
        client.resource(object).dryRun().create();
    }

    private static AbstractStringAssert<?> refused(ThrowingCallable attempt) {
        return assertThat(ApiRefusal.of(attempt).orElseThrow().message());
    }
}
