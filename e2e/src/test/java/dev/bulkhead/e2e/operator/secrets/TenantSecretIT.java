package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A value that was sealed for a tenant becomes a Secret there, and nowhere else, and is seen nowhere else. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantSecretIT {
    private static final String TENANT = "sealer";
    private static final String APP = "sealer--app";
    private static final String JOBS = "sealer--jobs";

    /** In every plaintext, so that a leak is found wherever it is. */
    private static final String MARKER = "plaintext-that-nobody-may-see";

    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir
    private static Path directory;

    private final Faults calls = new Faults();
    private final List<String> plaintexts = new ArrayList<>();
    private CapturedLog log;
    private Platform platform;
    private KubernetesClient admin;
    private Platform.RunningOperator operator;
    private Sealer sealer;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        log = CapturedLog.begin();
        platform = Platform.install(client, endpoints, directory);
        operator = platform.operator(calls, Duration.ofSeconds(5));
        platform.apply(SecretTenant.plain(TENANT));
        platform.apply(SecretTenant.plain("neighbour"));
        platform.awaitReady(TENANT);
        platform.awaitReady("neighbour");
        sealer = new Sealer(client);
    }

    /** Last of all, over everything the tests above have led to. */
    @AfterAll
    void no_plaintext_is_in_any_status_event_or_log() {
        plaintexts.add(Delivered.database(platform, APP).get("password"));
        plaintexts.add(Delivered.objectStore(platform, APP).get("secret-access-key"));
        platform.remove(TENANT);
        platform.remove("neighbour");
        operator.close();
        log.stop();
        List<String> seen = new ArrayList<>(log.lines());
        admin.resources(Tenant.class).list().getItems().forEach(t -> seen.add(yaml(t)));
        admin.resources(TenantSecret.class).inAnyNamespace().list().getItems().forEach(s -> seen.add(yaml(s)));
        admin.configMaps().inAnyNamespace().list().getItems().forEach(c -> seen.add(yaml(c)));
        admin.v1().events().inAnyNamespace().list().getItems().forEach(e -> seen.add(yaml(e)));
        admin.apps().deployments().inAnyNamespace().list().getItems().forEach(d -> seen.add(yaml(d)));
        String all = String.join("\n", seen);
        assertThat(plaintexts).hasSizeGreaterThan(3);
        assertThat(all.contains("SealBroken") && all.contains("created"))
                .as("statuses and logs are among what is searched")
                .isTrue();
        for (String plaintext : plaintexts) {
            assertThat(all.contains(plaintext)).as("a plaintext is seen").isFalse();
            assertThat(all.contains(base64(plaintext)))
                    .as("a plaintext is seen in base64")
                    .isFalse();
        }
        assertThat(all.contains(MARKER)).isFalse();
    }

    @Test
    void sealed_values_become_a_secret_of_that_name_with_all_its_keys() {
        TenantSecret sealed = sealer.seal(
                NOW, APP, "many", "Opaque", Map.of("user", plain("user"), "line", plain("first\nsecond\n")));
        admin.resource(sealed).create();

        awaitReason(APP, "many", "Opened");
        Secret secret = secret(APP, "many");
        assertThat(secret.getType()).isEqualTo("Opaque");
        assertThat(secret.getData())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("user", base64(plain("user")), "line", base64(plain("first\nsecond\n"))));
        assertThat(secret.getMetadata().getOwnerReferences()).isEmpty();
    }

    @Test
    void a_pull_secret_has_the_type_that_pulls() {
        String config = "{\"auths\":{\"registry.example\":{\"auth\":\"" + plain("pull") + "\"}}}";
        plaintexts.add(config);

        admin.resource(sealer.seal(NOW, APP, "pull", "dockerconfigjson", Map.of(".dockerconfigjson", config)))
                .create();

        awaitReason(APP, "pull", "Opened");
        assertThat(secret(APP, "pull").getType()).isEqualTo("kubernetes.io/dockerconfigjson");
        assertThat(secret(APP, "pull").getData()).containsEntry(".dockerconfigjson", base64(config));
    }

    @Test
    void a_login_has_its_own_type_too() {
        admin.resource(sealer.seal(
                        NOW, APP, "login", "basic-auth", Map.of("username", plain("u"), "password", plain("p"))))
                .create();

        awaitReason(APP, "login", "Opened");
        assertThat(secret(APP, "login").getType()).isEqualTo("kubernetes.io/basic-auth");
    }

    @Test
    void a_value_of_another_tenant_namespace_name_or_key_is_refused() {
        Map<String, String> mine = Map.of("key", plain("mine"));
        String forNeighbour = value(sealer.seal(NOW, "neighbour--app", "stolen", "Opaque", mine));
        String forOtherNamespace = value(sealer.seal(NOW, JOBS, "stolen", "Opaque", mine));
        String forOtherName = value(sealer.seal(NOW, APP, "other", "Opaque", mine));
        TenantSecret right = sealer.seal(NOW, APP, "stolen", "Opaque", Map.of("another", plain("mine")));
        String forOtherKey = Objects.requireNonNull(right.getSpec().data().get("another"));

        List<String> values = List.of(forNeighbour, forOtherNamespace, forOtherName, forOtherKey);
        for (int i = 0; i < values.size(); i++) {
            String name = i == 2 ? "stolen-2" : "stolen";
            admin.resource(sealer.wrap(APP, name, Map.of("key", values.get(i)))).create();
            awaitReason(APP, name, "SealedForAnother");
            assertThat(admin.secrets().inNamespace(APP).withName(name).get()).isNull();
            admin.resources(TenantSecret.class).inNamespace(APP).withName(name).delete();
            awaitNoTenantSecret(name);
        }
    }

    @Test
    void one_outside_a_tenants_namespace_is_told_once_and_left_alone() {
        String value = value(sealer.seal(NOW, APP, "stranger", "Opaque", Map.of("key", plain("stranger"))));
        long before = held();

        admin.resource(sealer.wrap("default", "stranger", Map.of("key", value))).create();

        Awaitility.await("told").atMost(Platform.PATIENCE).until(() -> told() > 0);
        admin.resources(TenantSecret.class)
                .inNamespace("default")
                .withName("stranger")
                .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"allowOlder\":true}}");
        admin.resource(sealer.seal(NOW, APP, "after", "Opaque", Map.of("key", plain("after"))))
                .create();
        awaitReason(APP, "after", "Opened"); // by then the operator has looked at the other one again
        TenantSecret stranger = admin.resources(TenantSecret.class)
                .inNamespace("default")
                .withName("stranger")
                .require();
        assertThat(stranger.getMetadata().getFinalizers()).isEmpty();
        assertThat(stranger.getStatus()).isNull();
        assertThat(told()).isEqualTo(1);
        assertThat(held()).as("only the one that is a tenant's is held").isEqualTo(before + 1);
        admin.resource(stranger).delete();
        assertThat(admin.resources(TenantSecret.class)
                        .inNamespace("default")
                        .withName("stranger")
                        .get())
                .isNull();
    }

    /** How often the operator has said something about a TenantSecret in namespace default. */
    private long told() {
        return log.lines().stream()
                .filter(line -> line.contains("default/stranger"))
                .count();
    }

    /** How often it has tried to hold a TenantSecret back from being deleted, or to let go of it. */
    private long held() {
        return calls.writes().stream()
                .filter(call -> call.what().equals("PATCH tenantsecrets"))
                .count();
    }

    @Test
    void one_bad_value_holds_back_all_of_them() {
        TenantSecret sealed = sealer.seal(NOW, APP, "half", "Opaque", Map.of("good", plain("good")));
        String good = Objects.requireNonNull(sealed.getSpec().data().get("good"));

        admin.resource(sealer.wrap(APP, "half", Map.of("good", good, "bad", "TSH1.nothing")))
                .create();

        Condition ready = awaitReason(APP, "half", "SealBroken");
        assertThat(ready.message()).contains("spec.data[bad]");
        assertThat(admin.secrets().inNamespace(APP).withName("half").get()).isNull();
    }

    @Test
    void an_unsealed_value_is_refused_by_the_api_server() {
        TenantSecret open = sealer.wrap(APP, "open", Map.of("key", "hunter2-hunter2"));

        assertThatThrownBy(() -> admin.resource(open).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("every value must be sealed");
    }

    @Test
    void an_older_value_is_taken_only_when_it_is_allowed() {
        TenantSecret newer = sealer.seal(NOW, APP, "dated", "Opaque", Map.of("key", plain("newer")));
        TenantSecret older = sealer.seal(NOW.minusSeconds(3600), APP, "dated", "Opaque", Map.of("key", plain("older")));
        admin.resource(newer).create();
        awaitReason(APP, "dated", "Opened");

        apply(older, null);

        awaitReason(APP, "dated", "RolledBack");
        assertThat(secret(APP, "dated").getData()).containsEntry("key", base64(plain("newer")));

        apply(older, true);

        awaitReason(APP, "dated", "Opened");
        assertThat(secret(APP, "dated").getData()).containsEntry("key", base64(plain("older")));
    }

    /** Accepted, it would keep out every value that is sealed before that day. */
    @Test
    void a_value_from_the_future_is_refused_and_the_next_one_is_taken() {
        Instant later = Instant.now().plus(Duration.ofDays(365));
        admin.resource(sealer.seal(later, APP, "early", "Opaque", Map.of("key", plain("early"))))
                .create();
        awaitReason(APP, "early", "SealedInFuture");
        assertThat(admin.secrets().inNamespace(APP).withName("early").get()).isNull();

        apply(sealer.seal(Instant.now(), APP, "early", "Opaque", Map.of("key", plain("now"))), null);

        awaitReason(APP, "early", "Opened");
        assertThat(secret(APP, "early").getData()).containsEntry("key", base64(plain("now")));
    }

    @Test
    void an_older_value_stays_refused_though_the_key_and_the_tenant_secret_were_gone_in_between() {
        TenantSecret both =
                sealer.seal(NOW, APP, "returning", "Opaque", Map.of("key", plain("newer"), "other", plain("other")));
        TenantSecret without = sealer.seal(NOW, APP, "returning", "Opaque", Map.of("other", plain("other")));
        TenantSecret older =
                sealer.seal(NOW.minusSeconds(3600), APP, "returning", "Opaque", Map.of("key", plain("older")));
        admin.resource(both).create();
        awaitReason(APP, "returning", "Opened");
        admin.resource(without).update();
        Awaitility.await("the key is gone")
                .atMost(Platform.PATIENCE)
                .until(() -> !secret(APP, "returning").getData().containsKey("key"));

        admin.resource(older).update();
        awaitReason(APP, "returning", "RolledBack");

        admin.resources(TenantSecret.class)
                .inNamespace(APP)
                .withName("returning")
                .delete();
        awaitNoTenantSecret("returning");
        admin.resource(older).create();
        awaitReason(APP, "returning", "RolledBack");
        assertThat(admin.secrets().inNamespace(APP).withName("returning").get()).isNull();
    }

    @Test
    void the_secret_goes_with_the_tenant_secret() {
        admin.resource(sealer.seal(NOW, APP, "passing", "Opaque", Map.of("key", plain("passing"))))
                .create();
        awaitReason(APP, "passing", "Opened");
        assertThat(secret(APP, "passing")).isNotNull();

        admin.resources(TenantSecret.class).inNamespace(APP).withName("passing").delete();

        awaitNoTenantSecret("passing");
        assertThat(admin.secrets().inNamespace(APP).withName("passing").get()).isNull();
    }

    @Test
    void a_secret_somebody_else_made_is_left_alone() {
        Secret foreign = admin.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("taken")
                        .withNamespace(APP)
                        .endMetadata()
                        .addToData("key", "Zm9yZWlnbg==")
                        .build())
                .create();

        admin.resource(sealer.seal(NOW, APP, "taken", "Opaque", Map.of("key", plain("taken"))))
                .create();

        Condition ready = awaitReason(APP, "taken", "Conflict");
        assertThat(ready.message()).contains("Secret " + APP + "/taken");
        admin.resources(TenantSecret.class).inNamespace(APP).withName("taken").delete();
        awaitNoTenantSecret("taken");
        assertThat(admin.resource(foreign).get()).isEqualTo(foreign);
    }

    @Test
    void the_names_of_what_the_operator_delivers_are_its_own() {
        Secret delivered = secret(APP, "bulkhead-database");
        TenantSecret sealed = sealer.seal(NOW, APP, "bulkhead-database", "Opaque", Map.of("password", plain("mine")));

        assertThatThrownBy(() -> admin.resource(sealed).create())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("belong to the operator");
        assertThat(secret(APP, "bulkhead-database")).isEqualTo(delivered);
    }

    @Test
    void a_workflow_waits_for_its_secret_and_rolls_when_the_secret_changes() {
        platform.apply(SecretTenant.using(TENANT, "llm-api-key"));

        Awaitility.await("SecretMissing").atMost(Platform.PATIENCE).until(() -> {
            Condition available = Platform.condition(platform.tenant(TENANT), "WorkloadsAvailable");
            return available != null && available.reason().equals("SecretMissing");
        });
        Condition available =
                Objects.requireNonNull(Platform.condition(platform.awaitReady(TENANT), "WorkloadsAvailable"));
        assertThat(available.message()).contains("Secret " + JOBS + "/llm-api-key");
        assertThat(caller()).isNull();

        admin.resource(sealer.seal(NOW, JOBS, "llm-api-key", "Opaque", Map.of("key", plain("one"))))
                .create();

        Awaitility.await("the workflow").atMost(Platform.PATIENCE).until(() -> caller() != null);
        String first = given(Objects.requireNonNull(caller()));
        assertThat(first).isNotEmpty();

        apply(sealer.seal(NOW.plusSeconds(60), JOBS, "llm-api-key", "Opaque", Map.of("key", plain("two"))), null);

        Awaitility.await("the workflow is rolled out anew")
                .atMost(Platform.PATIENCE)
                .until(() -> !given(Objects.requireNonNull(caller())).equals(first));
        assertThat(secret(JOBS, "llm-api-key").getData()).containsEntry("key", base64(plain("two")));
        platform.apply(SecretTenant.plain(TENANT));
        Awaitility.await("the workflow is gone").atMost(Platform.PATIENCE).until(() -> caller() == null);
    }

    private @Nullable Deployment caller() {
        return admin.apps()
                .deployments()
                .inNamespace(JOBS)
                .withName("workflow-caller")
                .get();
    }

    /** The operator's right to write into the namespace goes with its bindings, before what they are for. */
    @Test
    void the_namespace_of_a_removed_tenant_goes_with_what_was_sealed_for_it() {
        platform.apply(SecretTenant.plain("goer"));
        platform.awaitReady("goer");
        admin.resource(sealer.seal(NOW, "goer--app", "kept", "Opaque", Map.of("key", plain("goes"))))
                .create();
        awaitReason("goer--app", "kept", "Opened");
        platform.remove("goer");

        admin.namespaces().withName("goer--app").delete();

        Awaitility.await("namespace goer--app gone")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> admin.namespaces().withName("goer--app").get() == null);
    }

    private static String given(Deployment deployment) {
        Map<String, String> annotations =
                deployment.getSpec().getTemplate().getMetadata().getAnnotations();
        return Objects.requireNonNull(annotations.get("bulkhead.dev/given"));
    }

    /** A plaintext that is looked for at the end. */
    private String plain(String text) {
        String plaintext = MARKER + "-" + text;
        if (!plaintexts.contains(plaintext)) {
            plaintexts.add(plaintext);
        }
        return plaintext;
    }

    private void apply(TenantSecret sealed, @Nullable Boolean allowOlder) {
        TenantSecret wanted = sealer.wrap(
                sealed.getMetadata().getNamespace(),
                sealed.getMetadata().getName(),
                sealed.getSpec().data(),
                allowOlder);
        admin.resource(wanted).fieldManager("test").forceConflicts().serverSideApply();
    }

    /** The Ready condition of the newest generation, once it gives this reason. */
    private Condition awaitReason(String namespace, String name, String reason) {
        Condition[] found = new Condition[1];
        Awaitility.await(namespace + "/" + name + " " + reason)
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    TenantSecret now = admin.resources(TenantSecret.class)
                            .inNamespace(namespace)
                            .withName(name)
                            .require();
                    found[0] = now.getStatus() == null
                            ? null
                            : now.getStatus().conditions().stream()
                                    .filter(c -> c.type().equals("Ready"))
                                    .findFirst()
                                    .orElse(null);
                    return found[0] != null
                            && Objects.equals(
                                    now.getStatus().observedGeneration(),
                                    now.getMetadata().getGeneration())
                            && found[0].reason().equals(reason);
                });
        return Objects.requireNonNull(found[0]);
    }

    private void awaitNoTenantSecret(String name) {
        Awaitility.await(name + " gone")
                .atMost(Platform.PATIENCE)
                .until(() -> admin.resources(TenantSecret.class)
                                .inNamespace(APP)
                                .withName(name)
                                .get()
                        == null);
    }

    private Secret secret(String namespace, String name) {
        return admin.secrets().inNamespace(namespace).withName(name).require();
    }

    private static String value(TenantSecret sealed) {
        return sealed.getSpec().data().values().iterator().next();
    }

    /** Without what the API server notes about who wrote which field. */
    private String yaml(Object object) {
        if (object instanceof HasMetadata resource) {
            ObjectMeta metadata = resource.getMetadata();
            metadata.setManagedFields(List.of());
        }
        return admin.getKubernetesSerialization().asYaml(object);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
