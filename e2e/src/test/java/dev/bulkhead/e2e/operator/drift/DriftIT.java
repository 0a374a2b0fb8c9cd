package dev.bulkhead.e2e.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Edits;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

/** Whatever an administrator changes in a tenant's namespaces is as it was again, whole, a moment later. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftIT {
    private static final String NAME = "driftwood";
    private static final String APP = "driftwood--app";
    private static final String JOBS = "driftwood--jobs";

    @TempDir
    private static Path directory;

    private Platform platform;
    private KubernetesClient admin;
    private Platform.RunningOperator operator;
    private CompartmentObjects compartment;
    private Map<String, JsonNode> before;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        platform = Platform.install(client, endpoints, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
        platform.apply(DriftTenant.yaml(NAME));
        platform.awaitReady(NAME);
        compartment = new CompartmentObjects(admin, List.of(APP, JOBS));
        before = settled();
        assertThat(before.keySet())
                .contains(
                        "Deployment " + JOBS + "/workflow-reader",
                        "Deployment " + JOBS + "/workflow-writer",
                        "PodDisruptionBudget " + JOBS + "/workflow-reader",
                        "NetworkPolicy " + APP + "/bulkhead-default-deny",
                        "ConfigMap " + APP + "/bulkhead-tenant");
    }

    @AfterAll
    void stop() {
        platform.remove(NAME);
        operator.close();
    }

    Stream<KubernetesDrift> edits() {
        return KubernetesDrift.edits(APP, JOBS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edits")
    void what_was_changed_is_as_it_was(KubernetesDrift drift) {
        HasMetadata changed = drift.apply(admin);

        assertThat(CompartmentObjects.form(changed))
                .as("the change got through")
                .isNotEqualTo(before.get(CompartmentObjects.name(changed)));
        compartment.awaitRestored(before);
    }

    Stream<KubernetesDrift> deletions() {
        return KubernetesDrift.deletions(APP, JOBS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("deletions")
    void what_was_deleted_comes_back(KubernetesDrift drift) {
        HasMetadata deleted = drift.apply(admin);

        Awaitility.await("another object of that name")
                .atMost(Platform.PATIENCE)
                .until(() -> {
                    HasMetadata now = admin.resource(deleted).get();
                    return now != null
                            && !now.getMetadata()
                                    .getUid()
                                    .equals(deleted.getMetadata().getUid());
                });
        compartment.awaitRestored(before);
    }

    @Test
    void a_deleted_namespace_comes_back_closed_and_with_its_secrets() {
        Namespace old = admin.namespaces().withName(APP).require();
        admin.namespaces().withName(APP).delete();

        Awaitility.await("another namespace of that name")
                .atMost(Platform.PATIENCE.multipliedBy(2))
                .until(() -> {
                    Namespace now = admin.namespaces().withName(APP).get();
                    return now != null
                            && !now.getMetadata()
                                    .getUid()
                                    .equals(old.getMetadata().getUid());
                });
        platform.awaitReady(NAME);
        compartment.awaitRestored(before);
        assertThat(Delivered.database(platform, APP).data()).containsKey("password");
        assertThat(Delivered.objectStore(platform, APP).data()).containsKey("secret-access-key");
    }

    @Test
    void a_changed_secret_comes_back_with_the_next_event_of_its_tenant() {
        Secret original = database(APP);

        Edits.edit(
                admin.resource(original),
                s -> new SecretBuilder(s)
                        .addToData("host", "ZXZpbC5leGFtcGxl")
                        .removeFromData("password")
                        .editMetadata()
                        .addToLabels("foreign", "label")
                        .endMetadata()
                        .build());
        event();
        awaitSecret(original);
    }

    @Test
    void a_secret_that_was_frozen_with_a_wrong_password_comes_back() {
        Secret original = database(APP);

        Edits.edit(
                admin.resource(original),
                s -> new SecretBuilder(s)
                        .addToData("password", "d3Jvbmc=")
                        .withImmutable(true)
                        .build());
        event();
        awaitSecret(original);
    }

    @Test
    void a_deleted_secret_comes_back_with_the_next_event_of_its_tenant() {
        Secret original = database(JOBS);

        admin.resource(original).delete();
        event();
        awaitSecret(original);
    }

    @Test
    void what_the_spec_no_longer_names_goes_and_comes_back_with_it() {
        assertThat(admin.secrets()
                        .inNamespace(JOBS)
                        .withName("bulkhead-database")
                        .get())
                .isNotNull();

        platform.apply(DriftTenant.lessYaml(NAME));

        Awaitility.await("pruned").atMost(Platform.PATIENCE).untilAsserted(() -> {
            Map<String, JsonNode> now = compartment.now();
            assertThat(now.keySet())
                    .doesNotContain(
                            "NetworkPolicy " + APP + "/bulkhead-egress-mail",
                            "NetworkPolicy " + JOBS + "/bulkhead-egress-mail",
                            "NetworkPolicy " + JOBS + "/bulkhead-database",
                            "RoleBinding " + APP + "/bulkhead-tenant-users",
                            "Deployment " + JOBS + "/workflow-writer",
                            "ServiceAccount " + JOBS + "/workflow-writer")
                    .contains(
                            "NetworkPolicy " + APP + "/bulkhead-egress-erp",
                            "Deployment " + JOBS + "/workflow-reader",
                            "NetworkPolicy " + APP + "/bulkhead-default-deny");
            assertThat(Objects.requireNonNull(now.get("RoleBinding " + APP + "/bulkhead-tenant-admins"))
                            .toString())
                    .contains("first@driftwood.example")
                    .doesNotContain("second@driftwood.example");
            assertThat(admin.secrets()
                            .inNamespace(JOBS)
                            .withName("bulkhead-database")
                            .get())
                    .isNull();
        });
        platform.apply(DriftTenant.yaml(NAME));
        platform.awaitReady(NAME);
        compartment.awaitRestored(before);
        assertThat(Delivered.database(platform, JOBS).data()).containsKey("password");
    }

    @Test
    void an_object_that_lost_our_mark_is_named_and_left_alone_until_it_is_gone() {
        NetworkPolicy unmarked = Edits.edit(
                admin.network().v1().networkPolicies().inNamespace(APP).withName("bulkhead-dns"),
                p -> new NetworkPolicyBuilder(p)
                        .editMetadata()
                        .removeFromLabels("bulkhead.dev/owned")
                        .endMetadata()
                        .build());

        Condition ready = Objects.requireNonNull(
                Platform.condition(platform.await(NAME, "Ready", Condition.Status.False), "Ready"));
        assertThat(ready.reason()).isEqualTo("Conflict");
        assertThat(ready.message()).contains("NetworkPolicy " + APP + "/bulkhead-dns");
        assertThat(admin.resource(unmarked).get()).isEqualTo(unmarked);

        admin.resource(unmarked).delete();
        platform.awaitReady(NAME);
        compartment.awaitRestored(before);
    }

    @Test
    void a_namespace_that_is_not_ours_is_named_and_left_alone() {
        Namespace foreign = admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("driftclash--app")
                        .addToLabels("somebody", "else")
                        .endMetadata()
                        .build())
                .create();

        platform.apply(DriftTenant.smallYaml("driftclash"));

        Tenant tenant = platform.await("driftclash", "Ready", Condition.Status.False);
        Awaitility.await("Conflict")
                .atMost(Platform.PATIENCE)
                .until(() -> platform.tenant("driftclash").getStatus().phase() == TenantPhase.Conflict);
        Condition ready = Objects.requireNonNull(Platform.condition(platform.tenant("driftclash"), "Ready"));
        assertThat(ready.message()).contains("Namespace driftclash--app");
        assertThat(admin.namespaces()
                        .withName("driftclash--app")
                        .require()
                        .getMetadata()
                        .getLabels())
                .isEqualTo(foreign.getMetadata().getLabels());
        for (Class<? extends HasMetadata> kind :
                List.of(RoleBinding.class, NetworkPolicy.class, Deployment.class, PodDisruptionBudget.class)) {
            assertThat(admin.resources(kind)
                            .inNamespace("driftclash--app")
                            .list()
                            .getItems())
                    .isEmpty();
        }
        assertThat(tenant.getMetadata().getName()).isEqualTo("driftclash");
        platform.remove("driftclash");
        assertThat(admin.resource(foreign).get()).isNotNull();
    }

    @Test
    void a_forged_sealing_key_does_not_last() {
        ConfigMap card =
                admin.configMaps().inNamespace(APP).withName("bulkhead-tenant").require();
        String key = card.getData().get("seal-public-key");

        Edits.edit(admin.configMaps().inNamespace(APP).withName("bulkhead-tenant"), c -> {
            c.getData().put("seal-public-key", "Zm9yZ2VkZm9yZ2VkZm9yZ2VkZm9yZ2VkZm9yZ2VkZm9yZ2U=");
            return c;
        });

        Awaitility.await("the tenant's own key")
                .atMost(Platform.PATIENCE)
                .until(() -> Objects.equals(
                        key,
                        admin.configMaps()
                                .inNamespace(APP)
                                .withName("bulkhead-tenant")
                                .require()
                                .getData()
                                .get("seal-public-key")));
        compartment.awaitRestored(before);
    }

    /** What is there once the status, and with it the card in each namespace, has stopped moving. */
    private Map<String, JsonNode> settled() {
        List<Map<String, JsonNode>> last = new ArrayList<>(List.of(Map.of()));
        Awaitility.await("nothing moves any more")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    Map<String, JsonNode> now = compartment.now();
                    return now.equals(last.set(0, now));
                });
        return last.getFirst();
    }

    private Secret database(String namespace) {
        return admin.secrets()
                .inNamespace(namespace)
                .withName("bulkhead-database")
                .require();
    }

    /** Something happens to the tenant: here, its display name changes. */
    private void event() {
        admin.resources(Tenant.class)
                .withName(NAME)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"displayName\":\"Driftwood " + System.nanoTime() + "\"}}");
    }

    private void awaitSecret(Secret original) {
        JsonNode wanted = CompartmentObjects.form(original);
        Awaitility.await(CompartmentObjects.name(original) + " as it was")
                .atMost(Platform.PATIENCE)
                .until(() -> {
                    Secret now = admin.resource(original).get();
                    return now != null && CompartmentObjects.form(now).equals(wanted);
                });
    }
}
