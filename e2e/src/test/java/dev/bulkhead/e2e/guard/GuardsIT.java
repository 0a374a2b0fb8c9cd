package dev.bulkhead.e2e.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.guard.GuardAttempt;
import dev.bulkhead.operator.guard.GuardAttempt.GuardAnswer;
import dev.bulkhead.operator.guard.GuardDryRun;
import dev.bulkhead.operator.guard.GuardManifest;
import dev.bulkhead.operator.guard.GuardManifest.Expectation;
import dev.bulkhead.operator.guard.GuardManifests;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every guard refuses what it is for, in its own words, and lets everything else live. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardsIT {
    /** Guards that hold for everybody, or only warn. */
    private static final Set<String> WITHOUT_EXEMPTION = Set.of("8", "12", "14", GuardManifest.POD_SECURITY);

    /** Of those, the ones that refuse. */
    private static final Set<String> FOR_EVERYBODY = Set.of("8", "14", GuardManifest.POD_SECURITY);

    private static final PatchContext JSON = PatchContext.of(PatchType.JSON);
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    /** What the quota, which is asked after the guards, would not let through either. */
    private static final Set<String> QUOTA_TOO = Set.of("a-load-balancer", "a-port-on-every-node");

    @TempDir
    private static Path directory;

    private KubernetesClient admin;
    private StackEndpoints endpoints;
    private CanarySite site;
    private List<GuardAttempt> attempts;
    private List<GuardAttempt> withBrokenGlass;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) throws InterruptedException {
        admin = client;
        endpoints = stack;
        site = CanarySite.start(client, stack, directory);
        GuardDryRun test = new GuardDryRun(GuardManifests.all(), PlatformSettings.USUAL_DOMAIN);
        // A new binding, and guards that were just installed, take a moment to reach the API server.
        Awaitility.await("the guards in force")
                .atMost(Platform.PATIENCE)
                .until(() -> test.run(site.attacker(), CanarySite.NAMESPACE).stream()
                        .noneMatch(a -> a.result() instanceof GuardAnswer.RefusedOtherwise));
        attempts = test.run(site.attacker(), CanarySite.NAMESPACE);
        withBrokenGlass = test.run(admin, CanarySite.NAMESPACE);
    }

    @AfterAll
    void stop() {
        site.close();
    }

    Stream<GuardAttempt> refusals() {
        return attempts.stream().filter(a -> a.manifest().expectation() == Expectation.REFUSE);
    }

    Stream<GuardAttempt> passes() {
        return attempts.stream().filter(a -> a.manifest().expectation() == Expectation.PASS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void what_must_be_refused_is_refused_by_its_own_guard(GuardAttempt attempt) {
        if (attempt.manifest().guard().equals("12")) {
            assertThat(attempt.result()).isInstanceOf(GuardAnswer.Warned.class);
        } else {
            assertThat(attempt.result()).isInstanceOf(GuardAnswer.Refused.class);
        }
        assertThat(attempt.verdict()).isEqualTo(GuardAttempt.GuardVerdict.PASS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passes")
    void what_must_pass_passes_without_a_word(GuardAttempt attempt) {
        assertThat(attempt.result()).isEqualTo(new GuardAnswer.Admitted());
    }

    /**
     * What a client may leave out or send as null is neither a way past a guard nor an error of its own: of each request
     * each field once as null and once not at all.
     */
    @Test
    void no_guard_stumbles_over_a_field_that_is_null_or_absent() throws InterruptedException {
        List<GuardManifest> variants =
                GuardManifests.all().stream().flatMap(FieldGaps::of).toList();

        List<GuardAttempt> answers;
        // To some of them the API server answers 500, and would at each retry.
        try (KubernetesClient once = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(site.attacker().getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build()) {
            answers = new GuardDryRun(variants, PlatformSettings.USUAL_DOMAIN).run(once, CanarySite.NAMESPACE);
        }

        assertThat(answers)
                .hasSizeGreaterThan(1_000)
                .noneMatch(attempt -> attempt.result().toString().contains("did not answer"))
                .filteredOn(attempt -> attempt.result().toString().contains("resulted in error"))
                .extracting(attempt -> attempt.manifest() + ": " + attempt.result())
                .isEmpty();
    }

    @Test
    void a_role_without_rules_is_an_empty_one() {
        String role = """
                {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"Role","metadata":{"name":"none"},"rules":null}""";

        assertThat(site.attacker()
                        .raw(
                                "/apis/rbac.authorization.k8s.io/v1/namespaces/" + CanarySite.NAMESPACE
                                        + "/roles?dryRun=All",
                                "POST",
                                role))
                .contains("\"name\":\"none\"");
    }

    /** The control: it is the guard that refuses, and nothing else would. */
    @Test
    void whoever_has_broken_the_glass_gets_through_with_the_same_requests() {
        assertThat(withBrokenGlass)
                .filteredOn(a -> !WITHOUT_EXEMPTION.contains(a.manifest().guard()))
                .hasSizeGreaterThan(80)
                .allSatisfy(a -> {
                    if (QUOTA_TOO.contains(a.manifest().name())) {
                        assertThat(a.result()).asString().contains("exceeded quota: bulkhead-quota");
                    } else {
                        assertThat(a.result()).isEqualTo(new GuardAnswer.Admitted());
                    }
                });
    }

    @Test
    void guards_without_an_exemption_hold_for_whoever_has_broken_the_glass_too() {
        assertThat(withBrokenGlass)
                .filteredOn(a -> FOR_EVERYBODY.contains(a.manifest().guard())
                        && a.manifest().expectation() == Expectation.REFUSE)
                .hasSizeGreaterThan(20)
                .allSatisfy(a -> assertThat(a.result()).isInstanceOf(GuardAnswer.Refused.class));
    }

    @Test
    void an_administrator_of_the_cluster_is_refused_too_and_told_what_to_do() {
        try (KubernetesClient plain = endpoints.kubernetes().adminClient()) {
            assertThatThrownBy(() -> plain.network()
                            .v1()
                            .networkPolicies()
                            .inNamespace(CanarySite.NAMESPACE)
                            .withName("bulkhead-default-deny")
                            .delete())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("bulkhead-owned-objects")
                    .hasMessageContaining("bulkhead-default-deny in namespace " + CanarySite.NAMESPACE)
                    .hasMessageContaining("Change the Tenant instead")
                    .hasMessageContaining("bulkhead:break-glass");
        }
    }

    @Test
    void nobody_slips_a_container_into_a_running_pod() {
        Pod pod = site.attacker()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("target")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withSpec(podSpec())
                        .build())
                .create();
        String container = """
                {"spec":{"ephemeralContainers":[{"name":"debug","image":"%s","securityContext":
                {"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}""".formatted(CanarySite.IMAGE);

        assertThatThrownBy(() -> site.attacker()
                        .resource(pod)
                        .subresource("ephemeralcontainers")
                        .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), container))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("bulkhead-people-in-pods");

        Pod with = admin.resource(pod)
                .subresource("ephemeralcontainers")
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), container);
        assertThat(with.getSpec().getEphemeralContainers()).hasSize(1);
        admin.resource(pod).withGracePeriod(0).delete();
    }

    /** The API server itself refuses those that are not there, so rounds cannot try them. */
    @Test
    void runtimes_and_priorities_are_those_that_the_profile_lists() {
        List<HasMetadata> classes = Stream.of("bulkhead-canary", "guards-other")
                .flatMap(name -> Stream.<HasMetadata>of(
                        new RuntimeClassBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .endMetadata()
                                .withHandler("other")
                                .build(),
                        new PriorityClassBuilder()
                                .withNewMetadata()
                                .withName(name)
                                .endMetadata()
                                .withValue(1000)
                                .build()))
                .toList();
        classes.forEach(c -> admin.resource(c).serverSideApply());
        try {
            awaitRefusedPod(s -> s.setRuntimeClassName("guards-other"), "bulkhead-pods", "pods.runtimeClasses");
            awaitRefusedPod(s -> s.setPriorityClassName("guards-other"), "bulkhead-priority", "pods.priorityClasses");
            Awaitility.await("what is listed")
                    .atMost(Platform.PATIENCE)
                    .ignoreExceptionsInstanceOf(KubernetesClientException.class)
                    .until(() -> tryPod(s -> {
                                s.setRuntimeClassName("bulkhead-canary");
                                s.setPriorityClassName("bulkhead-canary");
                            })
                            != null);
        } finally {
            classes.forEach(c -> admin.resource(c).delete());
        }
    }

    /** Until the API server knows the new classes it refuses them by itself. */
    private void awaitRefusedPod(Consumer<PodSpec> change, String... words) {
        Awaitility.await("refused by its guard")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> tryPod(change))
                        .isInstanceOf(KubernetesClientException.class)
                        .hasMessageContainingAll(words));
    }

    private Pod tryPod(Consumer<PodSpec> change) {
        PodSpec spec = podSpec();
        change.accept(spec);
        return site.attacker()
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("classes")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withSpec(spec)
                        .build())
                .dryRun()
                .create();
    }

    @Test
    void a_tenant_uses_the_devices_it_was_given_and_no_more() {
        Consumer<PodSpec> one = device(Platform.DEVICE, "1");
        Consumer<PodSpec> two = device(Platform.DEVICE, "2");

        assertThat(tryPod(one)).isNotNull();
        assertThatThrownBy(() -> tryPod(two))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("exceeded quota: bulkhead-quota")
                .hasMessageContaining("requests." + Platform.DEVICE + "=2");
    }

    private static String toleration(String key) {
        return "[{\"op\": \"add\", \"path\": \"/spec/tolerations/-\", \"value\": {\"key\": \"" + key
                + "\", \"operator\": \"Exists\"}}]";
    }

    /** Kubernetes lets a pod that has no node yet gain tolerations. */
    @Test
    void a_pod_gets_no_toleration_later() {
        Pod pod = admin.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName("later")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withSpec(podSpec())
                        .build())
                .create();
        try (KubernetesClient plain = endpoints.kubernetes().adminClient()) {
            assertThatThrownBy(
                            () -> plain.resource(pod).patch(JSON, toleration("node-role.kubernetes.io/control-plane")))
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContainingAll("bulkhead-pods", "tolerate node-role.kubernetes.io/control-plane");
            assertThat(plain.resource(pod)
                            .patch(JSON, toleration(Platform.DEVICE))
                            .getSpec()
                            .getTolerations())
                    .as("that of a device")
                    .anyMatch(t -> Platform.DEVICE.equals(t.getKey()));
        } finally {
            admin.resource(pod).withGracePeriod(0).delete();
        }
    }

    private static Consumer<PodSpec> device(String name, String count) {
        return spec ->
                spec.getContainers().getFirst().getResources().getLimits().put(name, new Quantity(count));
    }

    @Test
    void a_container_that_says_nothing_about_disk_gets_a_limit_that_counts() {
        Pod pod = tryPod(_ -> {});

        assertThat(pod.getSpec().getContainers().getFirst().getResources().getLimits())
                .containsEntry("ephemeral-storage", new Quantity("2Gi"));
        assertThatThrownBy(() -> tryPod(device("ephemeral-storage", "11Gi")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("maximum ephemeral-storage usage per Container is 10Gi");
    }

    /** One that is not refuses every object of its kind. */
    @Test
    void all_that_the_quota_names_is_counted() {
        Awaitility.await("numbers for all")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(quota().getStatus().getUsed().keySet())
                        .containsAll(quota().getSpec().getHard().keySet()));
    }

    @Test
    void more_objects_of_a_kind_than_are_counted_are_refused() {
        List<Role> made = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 51; i++) {
                            made.add(site.attacker().resource(role(i)).create());
                        }
                    })
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("exceeded quota: bulkhead-quota")
                    .hasMessageContaining("count/roles.rbac.authorization.k8s.io=1");
            assertThat(made).hasSizeGreaterThan(40);
        } finally {
            made.forEach(role -> site.attacker().resource(role).delete());
        }
    }

    private static Role role(int number) {
        return new RoleBuilder()
                .withNewMetadata()
                .withName("many-" + number)
                .withNamespace(CanarySite.NAMESPACE)
                .endMetadata()
                .addNewRule()
                .withApiGroups("")
                .withResources("configmaps")
                .withVerbs("get")
                .endRule()
                .build();
    }

    /** What guard 17 is for: the tenant has made all it can, and what the operator has to make fits. */
    @Test
    void what_is_the_operators_comes_back_where_a_tenant_used_up_the_count() {
        List<NetworkPolicy> made = new ArrayList<>();
        try {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 400; i++) {
                            made.add(site.attacker().resource(policy(i)).create());
                        }
                    })
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("bulkhead-counts")
                    .hasMessageContaining("networkpolicies.networking.k8s.io, as many as a tenant may make");
            assertThat(made).hasSizeBetween(150, 250);

            String uid = defaultDeny().getMetadata().getUid();
            admin.resource(defaultDeny()).delete();
            Awaitility.await("the operator's own policy")
                    .atMost(Platform.PATIENCE)
                    .until(() -> defaultDeny() != null
                            && !uid.equals(defaultDeny().getMetadata().getUid()));
        } finally {
            made.forEach(policy -> site.attacker().resource(policy).delete());
        }
    }

    private NetworkPolicy defaultDeny() {
        return admin.network()
                .v1()
                .networkPolicies()
                .inNamespace(CanarySite.NAMESPACE)
                .withName("bulkhead-default-deny")
                .get();
    }

    private static NetworkPolicy policy(int number) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withName("many-" + number)
                .withNamespace(CanarySite.NAMESPACE)
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .addToMatchLabels("app", "none")
                .endPodSelector()
                .withPolicyTypes("Ingress")
                .endSpec()
                .build();
    }

    private ResourceQuota quota() {
        return admin.resourceQuotas()
                .inNamespace(CanarySite.NAMESPACE)
                .withName("bulkhead-quota")
                .require();
    }

    /** Kubernetes itself adds annotations to those that it takes over from a Deployment. */
    @Test
    void a_deployment_of_the_tenant_rolls_and_scales_whatever_its_annotations() {
        Deployment deployment = site.attacker()
                .resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withName("own")
                        .withNamespace(CanarySite.NAMESPACE)
                        .addToAnnotations("example.org/long", "x".repeat(16_384 - "example.org/long".length()))
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(1)
                        .withNewSelector()
                        .addToMatchLabels("app", "own")
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .addToLabels("app", "own")
                        .endMetadata()
                        .withSpec(podSpec())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        awaitReplicaSets(1);

        site.attacker().resource(deployment).patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"spec":{"template":{"metadata":{"annotations":{"example.org/roll":"again"}}}}}""");
        awaitReplicaSets(2);
        site.attacker()
                .apps()
                .deployments()
                .inNamespace(CanarySite.NAMESPACE)
                .withName("own")
                .scale(0);
        site.attacker().resource(deployment).delete();
    }

    @Test
    void a_claim_keeps_the_attributes_that_the_platform_gave_it() {
        PersistentVolumeClaim given = admin.resource(new PersistentVolumeClaimBuilder()
                        .withNewMetadata()
                        .withName("given-attributes")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withAccessModes("ReadWriteOnce")
                        .withStorageClassName("bulkhead-canary")
                        .withVolumeAttributesClassName("gold")
                        .withNewResources()
                        .addToRequests("storage", new Quantity("1Gi"))
                        .endResources()
                        .endSpec()
                        .build())
                .create();
        var claim = site.attacker().resource(given);

        PersistentVolumeClaim noted = claim.patch(MERGE, "{\"metadata\":{\"labels\":{\"example.org/note\":\"x\"}}}");

        assertThat(noted.getSpec().getVolumeAttributesClassName()).isEqualTo("gold");
        claim.delete();
    }

    /** What was there before the guard must not be stuck. */
    @Test
    void a_budget_from_before_stays_as_it_is_and_is_not_made_so_again() {
        PodDisruptionBudget before = admin.resource(new PodDisruptionBudgetBuilder()
                        .withNewMetadata()
                        .withName("before")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withMinAvailable(new IntOrString("100%"))
                        .withNewSelector()
                        .addToMatchLabels("app", "before")
                        .endSelector()
                        .endSpec()
                        .build())
                .create();
        var budget = site.attacker().resource(before);

        budget.patch(MERGE, "{\"metadata\":{\"labels\":{\"example.org/note\":\"x\"}}}");
        assertThatThrownBy(() -> budget.patch(MERGE, "{\"spec\":{\"minAvailable\":\"99%\"}}"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContainingAll("bulkhead-disruption-budgets", "Set spec.maxUnavailable");
        String mended = """
                {"spec":{"minAvailable":null,"maxUnavailable":1,"unhealthyPodEvictionPolicy":"AlwaysAllow"}}""";
        budget.patch(MERGE, mended);
        assertThatThrownBy(() -> budget.patch(MERGE, "{\"spec\":{\"unhealthyPodEvictionPolicy\":null}}"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContainingAll("bulkhead-disruption-budgets", "AlwaysAllow");
        budget.delete();
    }

    @Test
    void nothing_of_a_tenant_gets_a_finalizer_later_or_by_a_template() {
        PodTemplateSpec template = new PodTemplateSpecBuilder()
                .withNewMetadata()
                .addToLabels("app", "held")
                .addToFinalizers("example.org/held")
                .endMetadata()
                .withSpec(podSpec())
                .build();
        ReplicaSet set = site.attacker()
                .resource(new ReplicaSetBuilder()
                        .withNewMetadata()
                        .withName("held")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(1)
                        .withNewSelector()
                        .addToMatchLabels("app", "held")
                        .endSelector()
                        .withTemplate(template)
                        .endSpec()
                        .build())
                .create();

        Awaitility.await("no pod with a finalizer")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(
                                admin.resource(set).get().getStatus().getConditions())
                        .anySatisfy(c -> assertThat(c.getMessage())
                                .contains("bulkhead-metadata", "may not carry the finalizer example.org/held")));
        assertThatThrownBy(() -> site.attacker()
                        .resource(set)
                        .patch(MERGE, "{\"metadata\":{\"finalizers\":[\"example.org/held\"]}}"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContainingAll("bulkhead-metadata", "may not carry the finalizer example.org/held");
        // What somebody of the platform set stays, and may be taken off.
        admin.resource(set).patch(MERGE, "{\"metadata\":{\"finalizers\":[\"example.org/held\"]}}");
        site.attacker().resource(set).patch(MERGE, "{\"metadata\":{\"labels\":{\"example.org/note\":\"x\"}}}");
        site.attacker().resource(set).patch(MERGE, "{\"metadata\":{\"finalizers\":null}}");
        site.attacker().resource(set).delete();
    }

    @Test
    void the_job_controller_still_counts_its_pods_by_a_finalizer() {
        Job job = site.attacker()
                .resource(new JobBuilder()
                        .withNewMetadata()
                        .withName("own")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .withNewTemplate()
                        .withSpec(new PodSpecBuilder(podSpec())
                                .withRestartPolicy("Never")
                                .build())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();

        Awaitility.await("a pod of the job")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(admin.pods()
                                .inNamespace(CanarySite.NAMESPACE)
                                .withLabel("batch.kubernetes.io/job-name", "own")
                                .list()
                                .getItems())
                        .singleElement()
                        .satisfies(pod -> assertThat(pod.getMetadata().getFinalizers())
                                .containsExactly("batch.kubernetes.io/job-tracking")));
        site.attacker().resource(job).delete();
    }

    @Test
    void kubernetes_still_leads_services_to_pods_and_counts_quotas() {
        Service service = site.attacker()
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("own")
                        .withNamespace(CanarySite.NAMESPACE)
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "own")
                        .addNewPort()
                        .withPort(80)
                        .endPort()
                        .endSpec()
                        .build())
                .create();

        Awaitility.await("an EndpointSlice")
                .atMost(Platform.PATIENCE)
                .until(() -> !admin.discovery()
                        .v1()
                        .endpointSlices()
                        .inNamespace(CanarySite.NAMESPACE)
                        .withLabel("kubernetes.io/service-name", "own")
                        .list()
                        .getItems()
                        .isEmpty());
        Awaitility.await("a counted Service")
                .atMost(Platform.PATIENCE)
                .until(() ->
                        new Quantity("1").equals(quota().getStatus().getUsed().get("count/services")));
        site.attacker().resource(service).delete();
    }

    private void awaitReplicaSets(int count) {
        Awaitility.await(count + " ReplicaSets, the newest with its pod")
                .atMost(Platform.PATIENCE)
                .until(() -> {
                    var sets = admin.apps()
                            .replicaSets()
                            .inNamespace(CanarySite.NAMESPACE)
                            .withLabel("app", "own")
                            .list()
                            .getItems();
                    return sets.size() == count
                            && sets.stream()
                                    .anyMatch(s -> s.getStatus().getReplicas() == 1
                                            && String.valueOf(count)
                                                    .equals(s.getMetadata()
                                                            .getAnnotations()
                                                            .get("deployment.kubernetes.io/revision")));
                });
    }

    private static PodSpec podSpec() {
        return new PodSpecBuilder()
                .withAutomountServiceAccountToken(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("main")
                .withImage(CanarySite.IMAGE)
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withNewResources()
                .addToLimits("cpu", new Quantity("10m"))
                .addToLimits("memory", new Quantity("16Mi"))
                .endResources()
                .endContainer()
                .build();
    }
}
