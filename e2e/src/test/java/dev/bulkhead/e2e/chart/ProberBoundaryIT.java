package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The prober's leash, pulled at by somebody with its name whom RBAC lets do anything in a namespace: whoever may make pods
 * could mount every Secret there.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProberBoundaryIT {
    private static final String PROBER = "system:serviceaccount:" + RenderedChart.NAMESPACE + ":bulkhead-prober";
    private static final String WHERE = "prober-boundary";
    private static final Path PLANS = Path.of("..", "operator", "src", "test", "resources", "golden", "connection");

    private KubernetesClient admin;
    private KubernetesClient prober;

    @BeforeAll
    void install(KubernetesClient client) {
        admin = client;
        InstalledChart.on(admin);
        InstalledChart.createNamespace(admin, WHERE);
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("everything")
                        .withNamespace(WHERE)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "cluster-admin")
                        .addNewSubject("", "ServiceAccount", "bulkhead-prober", RenderedChart.NAMESPACE)
                        .build())
                .serverSideApply();
        // Else the API server refuses a pod of that account because there is none.
        admin.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName("workflow")
                        .withNamespace(WHERE)
                        .endMetadata()
                        .build())
                .serverSideApply();
        prober = InstalledChart.actingAs(admin, PROBER);
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> tryOut(pod("listener", p -> p)).isEmpty());
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> tryOut(pod(
                                "listener",
                                p -> p.editMetadata().withName("other").endMetadata()))
                        .isPresent());
    }

    @AfterAll
    void cleanUp() {
        prober.close();
        admin.namespaces().withName(WHERE).delete();
    }

    @Test
    void it_makes_the_pods_and_the_service_that_it_plans() {
        assertThat(tryOut(pod("listener", p -> p))).isEmpty();
        assertThat(tryOut(pod("attacker", p -> p))).isEmpty();
        assertThat(tryOut(service(s -> s))).isEmpty();
    }

    @Test
    void it_makes_no_pod_of_another_shape() {
        Map<String, UnaryOperator<PodBuilder>> shapes = new TreeMap<>();
        shapes.put(
                "another name",
                p -> p.editMetadata().withName("bulkhead-probe-more").endMetadata());
        shapes.put("no label", p -> p.editMetadata().withLabels(Map.of()).endMetadata());
        shapes.put(
                "a Secret as a volume",
                p -> p.editSpec()
                        .addNewVolume()
                        .withName("loot")
                        .withNewSecret()
                        .withSecretName("bulkhead-database")
                        .endSecret()
                        .endVolume()
                        .endSpec());
        shapes.put(
                "a Secret as a variable",
                p -> p.editSpec()
                        .editFirstContainer()
                        .addNewEnvFrom()
                        .withNewSecretRef()
                        .withName("bulkhead-database")
                        .endSecretRef()
                        .endEnvFrom()
                        .endContainer()
                        .endSpec());
        shapes.put(
                "one value of a Secret",
                p -> p.editSpec()
                        .editFirstContainer()
                        .addNewEnv()
                        .withName("LOOT")
                        .withNewValueFrom()
                        .withNewSecretKeyRef("password", "bulkhead-database", false)
                        .endValueFrom()
                        .endEnv()
                        .endContainer()
                        .endSpec());
        shapes.put(
                "another image",
                p -> p.editSpec()
                        .editFirstContainer()
                        .withImage("registry.example/other")
                        .endContainer()
                        .endSpec());
        shapes.put(
                "another program",
                p -> p.editSpec()
                        .editFirstContainer()
                        .withCommand("/bin/sh")
                        .endContainer()
                        .endSpec());
        shapes.put(
                "a second container",
                p -> p.editSpec()
                        .addNewContainer()
                        .withName("more")
                        .withImage("registry.example/other")
                        .endContainer()
                        .endSpec());
        shapes.put(
                "an init container",
                p -> p.editSpec()
                        .addNewInitContainer()
                        .withName("more")
                        .withImage("registry.example/other")
                        .endInitContainer()
                        .endSpec());
        shapes.put(
                "a token",
                p -> p.editSpec().withAutomountServiceAccountToken(true).endSpec());
        shapes.put(
                "another account",
                p -> p.editSpec().withServiceAccountName("workflow").endSpec());
        shapes.put(
                "a long life",
                p -> p.editSpec().withActiveDeadlineSeconds(3600L).endSpec());
        shapes.put(
                "a long end",
                p -> p.editSpec().withTerminationGracePeriodSeconds(600L).endSpec());
        shapes.put(
                "labels of a tenant's pods",
                p -> p.editMetadata().addToLabels("app", "web").endMetadata());
        shapes.put(
                "annotations",
                p -> p.editMetadata()
                        .addToAnnotations("cni.projectcalico.org/ipAddrs", "[]")
                        .endMetadata());
        shapes.put(
                "a finalizer",
                p -> p.editMetadata().addToFinalizers("example.org/stay").endMetadata());
        shapes.put(
                "a node of its choice", p -> p.editSpec().withNodeName("local").endSpec());
        shapes.put(
                "options of the virtual machine",
                p -> p.editSpec()
                        .editFirstContainer()
                        .addToCommand("-Xrs")
                        .endContainer()
                        .endSpec());
        shapes.put(
                "another module of the runtime",
                p -> p.editSpec()
                        .editFirstContainer()
                        .withCommand(
                                "/opt/java/bin/java", "-cp", "dev.bulkhead.operator.probe.connection.ProbePod", "-m")
                        .endContainer()
                        .endSpec());
        shapes.put(
                "other arguments",
                p -> p.editSpec()
                        .editFirstContainer()
                        .withArgs("serve")
                        .endContainer()
                        .endSpec());
        Map.ofEntries(
                        Map.entry("an argument too many", List.of("listen", "word", "more")),
                        Map.entry("a word that is none", List.of("listen", "@/etc/passwd")),
                        Map.entry("a name as a target", List.of("attack", "word", "9", "1", "tcp/db.example/80/word")),
                        Map.entry(
                                "a target of another kind",
                                List.of("attack", "word", "9", "1", "tcp/192.0.2.1/80/get")),
                        Map.entry("no target", List.of("attack", "word", "9", "1")),
                        Map.entry(
                                "years of attacks",
                                List.of("attack", "word", "999999999", "1", "tcp/192.0.2.1/80/word")),
                        Map.entry(
                                "something behind the targets",
                                List.of("attack", "word", "9", "1", "tcp/192.0.2.1/80/word", "-x")))
                .forEach((name, arguments) -> shapes.put(
                        name,
                        p -> p.editSpec()
                                .editFirstContainer()
                                .withArgs(arguments)
                                .endContainer()
                                .endSpec()));
        shapes.put(
                "nodes that are kept for others",
                p -> p.editSpec()
                        .addNewToleration("NoSchedule", "node-role.kubernetes.io/control-plane", "Exists", null, null)
                        .endSpec());

        shapes.forEach((name, shape) -> assertThat(tryOut(pod("attacker", shape)))
                .as(name)
                .hasValueSatisfying(refusal -> assertThat(refusal.message())
                        .contains("ValidatingAdmissionPolicy 'bulkhead-prober-boundary'")));
    }

    @Test
    void its_service_leads_nowhere_else() {
        Map<String, UnaryOperator<ServiceBuilder>> shapes = new TreeMap<>();
        shapes.put(
                "a port on every node", s -> s.editSpec().withType("NodePort").endSpec());
        shapes.put(
                "other pods",
                s -> s.editSpec().withSelector(Map.of("app", "web")).endSpec());
        shapes.put("no selector", s -> s.editSpec().withSelector(Map.of()).endSpec());
        shapes.put(
                "external addresses",
                s -> s.editSpec().withExternalIPs("192.0.2.1").endSpec());
        shapes.put("another name", s -> s.editMetadata().withName("web").endMetadata());

        shapes.forEach((name, shape) -> assertThat(tryOut(service(shape)))
                .as(name)
                .hasValueSatisfying(refusal -> assertThat(refusal.byGuard()).isTrue()));
    }

    @Test
    void it_changes_no_pod_enters_none_and_deletes_none_but_its_own() {
        Pod tenants = admin.resource(pod(
                        "attacker",
                        p -> p.editMetadata()
                                .withName("web")
                                .withLabels(Map.of("app", "web"))
                                .endMetadata()))
                .create();
        Pod own = prober.resource(pod("attacker", p -> p)).create();

        assertThat(ApiRefusal.of(() -> prober.resource(tenants).dryRun().delete()))
                .hasValueSatisfying(refusal ->
                        assertThat(refusal.message()).contains("does not carry the label bulkhead.dev/probe"));
        assertThat(ApiRefusal.of(() -> prober.resource(own)
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")))
                .hasValueSatisfying(refusal -> assertThat(refusal.byGuard()).isTrue());
        assertThat(ApiRefusal.of(() -> prober.raw(
                        "/api/v1/namespaces/" + WHERE + "/pods/web/exec?command=id&stdout=true", "POST", "")))
                .hasValueSatisfying(refusal -> assertThat(refusal.byGuard()).isTrue());
        assertThat(ApiRefusal.of(() -> prober.resource(own).delete())).isEmpty();
        admin.resource(tenants).withGracePeriod(0).delete();
    }

    /** Whoever may change pods could put a program into one that says that everything is closed. */
    @Test
    void nobody_else_makes_changes_or_takes_away_the_pods_that_evidence_comes_from() {
        String tenant = "evidence--web";
        // All images are allowed, so that no other guard refuses: of two, either may be the one that answers.
        admin.resource(new NamespaceBuilder(Samples.namespace(tenant, Samples.marks("evidence")))
                        .editMetadata()
                        .addToAnnotations("bulkhead.dev/allowed-registries", "*")
                        .addToAnnotations("bulkhead.dev/allowed-image-references", "*")
                        .endMetadata()
                        .build())
                .serverSideApply();
        bind(tenant, "", "ServiceAccount", "bulkhead-prober", RenderedChart.NAMESPACE);
        bind(tenant, "rbac.authorization.k8s.io", "User", "mallory", null);
        Pod plan = new PodBuilder(pod("attacker", p -> p))
                .editMetadata()
                .withNamespace(tenant)
                .endMetadata()
                .build();
        try (KubernetesClient mallory = InstalledChart.actingAs(admin, "mallory")) {
            await("mallory's rights, and the guard")
                    .atMost(InstalledChart.PATIENCE)
                    .until(() ->
                            isTheProbers(() -> mallory.resource(plan).dryRun().create()));
            assertOnlyTheProbers(() -> mallory.resource(new PodBuilder(plan)
                            .editMetadata()
                            .withLabels(Map.of())
                            .endMetadata()
                            .build())
                    .create());
            assertThat(isTheProbers(() -> mallory.resource(new PodBuilder(plan)
                                    .editMetadata()
                                    .withName("own")
                                    .withLabels(Map.of())
                                    .endMetadata()
                                    .build())
                            .dryRun()
                            .create()))
                    .as("the control: a pod of her own is none of this guard's business")
                    .isFalse();
            Pod made = prober.resource(plan).create();
            assertOnlyTheProbers(() -> mallory.resource(made)
                    .patch(
                            PatchContext.of(PatchType.STRATEGIC_MERGE),
                            "{\"spec\":{\"containers\":[{\"name\":\"probe\",\"image\":\"registry.example/fake\"}]}}"));
            assertOnlyTheProbers(() -> mallory.resource(made)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"activeDeadlineSeconds\":1}}"));
            assertOnlyTheProbers(() -> mallory.resource(made)
                    .patch(
                            PatchContext.of(PatchType.JSON_MERGE),
                            "{\"metadata\":{\"finalizers\":[\"example.org/stay\"]}}"));
            assertOnlyTheProbers(() -> mallory.resource(made).delete());
            assertThat(ApiRefusal.of(() -> prober.resource(made).delete())).isEmpty();
        } finally {
            admin.namespaces().withName(tenant).delete();
        }
    }

    private void bind(String namespace, String group, String kind, String name, @Nullable String of) {
        admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName("evidence-" + name)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", "bulkhead-tenant-admin")
                        .addNewSubject(group, kind, name, of)
                        .build())
                .serverSideApply();
    }

    private static boolean isTheProbers(ThrowingCallable attempt) {
        return ApiRefusal.of(attempt)
                .filter(refusal -> refusal.message().contains("ValidatingAdmissionPolicy 'bulkhead-prober-pods'"))
                .isPresent();
    }

    private static void assertOnlyTheProbers(ThrowingCallable attempt) {
        assertThat(isTheProbers(attempt)).isTrue();
    }

    private Optional<ApiRefusal> tryOut(HasMetadata object) {
        return ApiRefusal.of(() -> prober.resource(object).dryRun().create());
    }

    /** The pod as the prober plans it, but for its image and place. */
    private static Pod pod(String role, UnaryOperator<PodBuilder> change) {
        return change.apply(new PodBuilder(plan(role, Pod.class))
                        .editMetadata()
                        .withNamespace(WHERE)
                        .endMetadata()
                        .editSpec()
                        .editFirstContainer()
                        .withImage(image())
                        .endContainer()
                        .endSpec())
                .build();
    }

    private static Service service(UnaryOperator<ServiceBuilder> change) {
        return change.apply(new ServiceBuilder(plan("service", Service.class))
                        .editMetadata()
                        .withNamespace(WHERE)
                        .endMetadata())
                .build();
    }

    private static <T> T plan(String name, Class<T> kind) {
        try {
            return new io.fabric8.kubernetes.client.utils.KubernetesSerialization()
                    .unmarshal(Files.readString(PLANS.resolve(name + ".yaml")), kind);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What the chart says that the prober's pods run. */
    private static String image() {
        GenericKubernetesResource config = RenderedChart.objects(RenderedChart.minimalValues()).stream()
                .filter(o -> o.getKind().equals("ConfigMap")
                        && o.getMetadata().getName().equals("bulkhead-operator"))
                .findFirst()
                .orElseThrow();
        String yaml = config.get("data", "config.yaml").toString();
        return yaml.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("image: "))
                .findFirst()
                .orElseThrow()
                .substring("image: ".length());
    }
}
