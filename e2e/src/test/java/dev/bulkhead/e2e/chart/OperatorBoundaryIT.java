package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.assertj.core.api.AbstractObjectAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The operator's leash, pulled at by somebody who holds a token of its ServiceAccount: what RBAC and guard 0 refuse, and
 * what they let through because the operator could not work otherwise.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorBoundaryIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private KubernetesClient admin;
    private KubernetesClient operator;

    @BeforeAll
    void install(KubernetesClient admin, StackEndpoints endpoints) {
        this.admin = admin;
        InstalledChart.on(admin);
        operator = InstalledChart.operator(admin, endpoints);
        InstalledChart.createNamespace(admin, "foreign");
        InstalledChart.createNamespace(admin, "foreign--app");
    }

    @AfterAll
    void cleanUp() {
        operator.close();
        InstalledChart.removeTenants(admin, "boundary-");
        admin.genericKubernetesResources("bulkhead.dev/v1beta1", "Tombstone").list().getItems().stream()
                .filter(t -> t.getMetadata().getName().startsWith("boundary-"))
                .forEach(t -> admin.resource(t).delete());
        admin.namespaces().withLabel("bulkhead.dev/identity", Samples.IDENTITY).delete();
        admin.namespaces().withName("foreign").delete();
        admin.namespaces().withName("foreign--app").delete();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kube-system", "default", "foreign", "foreign--app", RenderedChart.NAMESPACE, RenderedChart.KEYS
            })
    void it_cannot_bind_itself_outside_the_namespaces_of_tenants(String namespace) {
        assertRefused(() -> create(Samples.binding(namespace, "bulkhead-tenant-operator", Samples.operator())))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("may not write RoleBindings in namespace " + namespace);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"kube-system", "default", "foreign", "foreign--app", RenderedChart.NAMESPACE, RenderedChart.KEYS
            })
    void it_cannot_make_a_foreign_namespace_its_own_by_labelling_it(String namespace) {
        String labels = """
                {"metadata":{"labels":{"bulkhead.dev/owned":"true","bulkhead.dev/tenant":"foreign",
                "bulkhead.dev/identity":"%s"}}}""".formatted(Samples.IDENTITY);

        assertRefused(() -> operator.namespaces().withName(namespace).patch(MERGE, labels))
                .returns(true, ApiRefusal::byGuard);
        assertRefused(() -> operator.resource(Samples.namespace(namespace, Samples.marks("foreign")))
                        .forceConflicts()
                        .serverSideApply())
                .returns(true, ApiRefusal::byGuard);
        assertThat(admin.namespaces().withName(namespace).get().getMetadata().getLabels())
                .doesNotContainKey("bulkhead.dev/owned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "finalize"})
    void subresources_of_namespaces_are_no_way_around(String subresource) {
        assertRefused(() -> operator.raw(
                        "/api/v1/namespaces/foreign/" + subresource,
                        "PUT",
                        Samples.namespace("foreign", Samples.marks("foreign"))))
                .returns(true, ApiRefusal::byRbac);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # name                | owned | tenant  | identity
            foo                   | true  | foo     | 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary--app         | -     | -       | -
            boundary--app         | -     | boundary| 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary--app         | false | boundary| 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary--app         | true  | -       | 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary--app         | true  | other   | 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary--app         | true  | boundary| -
            boundary--app         | true  | boundary| nobody
            boundary--app--more   | true  | boundary| 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            boundary---app        | true  | boundary| 0b8f2f2e-6f0a-4c0e-9a55-1c1f1f9a7d01
            """)
    void it_cannot_create_a_namespace_that_is_not_plainly_a_tenant_s(
            String name, String owned, String tenant, String identity) {
        Map<String, String> labels = new HashMap<>();
        labels.put("bulkhead.dev/owned", owned);
        labels.put("bulkhead.dev/tenant", tenant);
        labels.put("bulkhead.dev/identity", identity);
        labels.values().removeIf(Objects::isNull);
        Namespace namespace = Samples.namespace(name, labels);

        assertRefused(() -> create(namespace))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("may not create namespace " + name);
        assertRefused(() -> operator.resource(namespace).serverSideApply()).returns(true, ApiRefusal::byGuard);
    }

    @ParameterizedTest
    @CsvSource({
        "bulkhead.dev/identity, 11111111-2222-3333-4444-555555555555",
        "bulkhead.dev/tenant, other",
        "bulkhead.dev/owned, false"
    })
    void it_cannot_give_a_tenant_s_namespace_to_another_tenant(String label, String value) {
        String namespace = tenantNamespace();

        assertRefused(() -> operator.namespaces()
                        .withName(namespace)
                        .patch(MERGE, "{\"metadata\":{\"labels\":{\"%s\":\"%s\"}}}".formatted(label, value)))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("to another tenant");
        assertRefused(() -> operator.namespaces()
                        .withName(namespace)
                        .patch(MERGE, "{\"metadata\":{\"labels\":{\"%s\":null}}}".formatted(label)))
                .returns(true, ApiRefusal::byGuard);
    }

    @Test
    void it_cannot_open_a_namespace_to_pods_that_reach_the_node() {
        String namespace = tenantNamespace();
        for (String value : List.of("\"privileged\"", "\"baseline\"", "null")) {
            assertRefused(() -> operator.namespaces()
                            .withName(namespace)
                            .patch(
                                    MERGE,
                                    "{\"metadata\":{\"labels\":{\"pod-security.kubernetes.io/enforce\":%s}}}"
                                            .formatted(value)))
                    .returns(true, ApiRefusal::byGuard)
                    .extracting(ApiRefusal::message)
                    .asString()
                    .contains("without pod-security.kubernetes.io/enforce=restricted");
        }
        Map<String, String> labels = new HashMap<>(Samples.marks("boundary"));
        labels.remove("pod-security.kubernetes.io/enforce");
        assertRefused(() -> create(Samples.namespace("boundary--open", labels))).returns(true, ApiRefusal::byGuard);
    }

    /** Whoever next rolls the release back would apply what stands there. */
    @Test
    void it_cannot_rewrite_the_releases_that_helm_keeps() {
        Secret release = Samples.secret(boundNamespace(), "sh.helm.release.v1.product.v2");
        assertNotHelms(() -> create(release));
        admin.resource(release).create();
        assertNotHelms(() -> operator.resource(release).patch(MERGE, "{\"stringData\":{\"release\":\"another\"}}"));
        assertNotHelms(() -> operator.resource(release).delete());
    }

    private void assertNotHelms(ThrowingCallable attempt) {
        assertRefused(attempt)
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("that Helm keeps its releases in");
    }

    /** The key is mounted into the operator's pods; whoever has its token alone does not get it. */
    @ParameterizedTest
    @ValueSource(strings = {"bulkhead-master-key", "sh.helm.release.v1.bulkhead.v1"})
    void it_has_no_right_on_what_lies_beside_the_master_key(String name) {
        Secret another = Samples.secret(RenderedChart.NAMESPACE, name);
        var there = operator.secrets().inNamespace(RenderedChart.NAMESPACE);
        for (ThrowingCallable attempt : List.<ThrowingCallable>of(
                () -> there.withName(name).get(),
                there::list,
                () -> there.resource(another).dryRun().create(),
                () -> there.resource(another).dryRun().patch(MERGE, "{\"data\":{\"mk-1\":\"QUFBQQ==\"}}"),
                () -> there.resource(another).dryRun().update(),
                () -> there.resource(another).dryRun().delete())) {
            assertRefused(attempt).returns(true, ApiRefusal::byRbac);
        }
    }

    @Test
    void it_reads_admin_logins_and_changes_none() {
        Secret login = Samples.secret(RenderedChart.KEYS, "databaseserver-boundary");
        admin.resource(login).create();

        Secret read = operator.resource(login).get();
        assertThat(read.getData()).containsKey("key");
        read.getData().put("key", "QUFBQQ==");
        assertRefused(() -> operator.resource(read).update())
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("there it writes only key rings");
        assertRefused(() -> operator.resource(login).patch(MERGE, "{\"data\":{\"key\":\"QUFBQQ==\"}}"))
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.resource(login).delete()).returns(true, ApiRefusal::byRbac);
        assertThat(admin.resource(login).get().getData()).containsEntry("key", "dmFsdWU=");
        admin.resource(login).delete();
    }

    @Test
    void it_neither_deletes_a_key_ring_nor_lists_them_nor_takes_the_mark_of_one_away() {
        Secret ring = keyRing("boundary");
        Secret unmarked = new SecretBuilder(operator.resource(ring).create())
                .editMetadata()
                .withLabels(Map.of())
                .endMetadata()
                .build();

        assertRefused(() -> operator.resource(unmarked).update()).returns(true, ApiRefusal::byGuard);
        assertRefused(() -> operator.resource(ring).patch(MERGE, "{\"metadata\":{\"labels\":null}}"))
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.resource(ring).delete()).returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.secrets().inNamespace(RenderedChart.KEYS).list())
                .returns(true, ApiRefusal::byRbac);
        assertThat(admin.resource(ring).get().getMetadata().getLabels())
                .containsAllEntriesOf(Samples.marks("boundary"));
        admin.resource(ring).delete();
    }

    /** Who runs a pod there mounts what lies there. */
    @Test
    void nobody_runs_a_pod_among_keys() {
        Pod pod = pod(RenderedChart.KEYS);

        await().atMost(InstalledChart.PATIENCE)
                .untilAsserted(
                        () -> assertRefused(() -> admin.resource(pod).dryRun().create())
                                .extracting(ApiRefusal::message)
                                .asString()
                                .contains("exceeded quota: bulkhead-no-pods"));
    }

    @Test
    void it_puts_right_what_somebody_else_changed_on_a_tenant_s_namespace() {
        String namespace = tenantNamespace();
        String tenant = namespace.split("--", 2)[0];
        admin.namespaces().withName(namespace).patch(MERGE, """
                        {"metadata":{"labels":{"bulkhead.dev/tenant":"other","pod-security.kubernetes.io/enforce":"privileged"}}}""");

        operator.namespaces().withName(namespace).patch(MERGE, """
                        {"metadata":{"labels":{"bulkhead.dev/tenant":"%s","pod-security.kubernetes.io/enforce":"restricted"}}}""".formatted(tenant));

        assertThat(admin.namespaces().withName(namespace).get().getMetadata().getLabels())
                .containsEntry("bulkhead.dev/tenant", tenant)
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
    }

    @Test
    void it_cannot_delete_a_namespace_not_even_a_tenant_s() {
        String namespace = tenantNamespace();

        assertRefused(() -> operator.namespaces().withName(namespace).delete()).returns(true, ApiRefusal::byRbac);
    }

    @Test
    void it_cannot_bind_any_other_role_even_in_a_tenant_s_namespace() {
        String namespace = tenantNamespace();

        for (String role : List.of("cluster-admin", "admin", "view", "bulkhead-operator", "bulkhead-platform-admin")) {
            assertRefused(() -> create(Samples.binding(namespace, role, Samples.operator())));
        }
    }

    @Test
    void of_what_a_tenant_bound_it_takes_people_out_and_nothing_else() {
        String namespace = boundNamespace();
        Subject program = Samples.serviceAccount(namespace, "program");
        RoleBinding made = new RoleBindingBuilder(
                        Samples.binding(namespace, "made-by-a-tenant", Samples.user("gone@example.com")))
                .editRoleRef()
                .withKind("Role")
                .endRoleRef()
                .addToSubjects(Samples.user("stays@example.com"), program)
                .build();
        assertRefused(() -> create(made)).returns(true, ApiRefusal::byGuard);
        RoleBinding there = admin.resource(made).create();

        for (RoleBinding other : List.of(
                new RoleBindingBuilder(there)
                        .addToSubjects(Samples.user("eve@example.com"))
                        .build(),
                subjects(there, Samples.user("gone@example.com"), Samples.user("stays@example.com")),
                subjects(there, Samples.operator(), Samples.user("stays@example.com"), program),
                new RoleBindingBuilder(there)
                        .editMetadata()
                        .addToLabels(Samples.marks(namespace.split("--", 2)[0]))
                        .endMetadata()
                        .build(),
                new RoleBindingBuilder(there)
                        .editMetadata()
                        .addToFinalizers("example.org/held")
                        .endMetadata()
                        .build())) {
            assertRefused(() -> operator.resource(other).update()).returns(true, ApiRefusal::byGuard);
        }
        assertRefused(() -> operator.resource(there).delete())
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("take people out of others");

        operator.resource(subjects(there, Samples.user("stays@example.com"), program))
                .update();
        assertThat(admin.resource(made).get().getSubjects())
                .extracting(Subject::getName)
                .containsExactly("stays@example.com", "program");

        RoleBinding people = subjects(admin.resource(made).get(), Samples.user("stays@example.com"));
        admin.resource(people).update();
        operator.resource(made).delete();
        assertThat(admin.resource(made).get()).isNull();
    }

    private static RoleBinding subjects(RoleBinding binding, Subject... subjects) {
        return new RoleBindingBuilder(binding).withSubjects(subjects).build();
    }

    @Test
    void it_cannot_give_its_own_rights_to_anybody_else() {
        String namespace = tenantNamespace();

        assertRefused(() -> create(Samples.binding(namespace, "bulkhead-tenant-operator", Samples.user("eve"))))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("to itself only");
        assertRefused(() -> create(Samples.binding(
                        namespace, "bulkhead-tenant-operator", Samples.serviceAccount(namespace, "bulkhead-operator"))))
                .returns(true, ApiRefusal::byGuard);
    }

    @Test
    void it_lets_nobody_but_a_shipped_canary_s_account_try_guards_and_only_at_home() {
        String elsewhere = tenantNamespace();
        String role = "bulkhead-canary-attacker";
        String canary = "canary-one--" + unique();
        create(Samples.namespace(canary, Samples.marks("canary-one")));

        for (RoleBinding refused : List.of(
                Samples.binding(elsewhere, role, Samples.serviceAccount(elsewhere, "bulkhead-canary")),
                Samples.binding(elsewhere, role, Samples.serviceAccount(canary, "bulkhead-canary")),
                Samples.binding(canary, role, Samples.serviceAccount(elsewhere, "bulkhead-canary")),
                Samples.binding(canary, role, Samples.serviceAccount(canary, "default")),
                Samples.binding(canary, role, Samples.operator()),
                Samples.binding(canary, role, Samples.user("bulkhead-canary")))) {
            assertRefused(() -> create(refused))
                    .returns(true, ApiRefusal::byGuard)
                    .extracting(ApiRefusal::message)
                    .asString()
                    .contains("may bind bulkhead-canary-attacker to the ServiceAccount bulkhead-canary of the same");
        }

        create(Samples.binding(canary, role, Samples.serviceAccount(canary, "bulkhead-canary")));
    }

    /** With an administrator's rights and a broken glass, so that none of the other guards stands in the way. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "system:serviceaccount:canary-one--cage:bulkhead-canary",
                "system:serviceaccount:canary-two--any:bulkhead-canary"
            })
    void a_canary_s_account_changes_nothing_for_real_whatever_it_may_do(String account) {
        Config config = new ConfigBuilder(admin.getConfiguration())
                .withImpersonateUsername(account)
                .withImpersonateGroups("bulkhead:break-glass", "system:masters")
                .build();
        try (KubernetesClient canary =
                new KubernetesClientBuilder().withConfig(config).build()) {
            for (HasMetadata object : List.of(
                    Samples.configMap("foreign", "planted"),
                    Samples.namespace(unique(), Map.of()),
                    Samples.binding("foreign", "cluster-admin", Samples.user("mallory")))) {
                canary.resource(object).dryRun().create();
                assertOnlyTriesOut(() -> canary.resource(object).create());
            }
            assertOnlyTriesOut(() -> canary.namespaces().withName("foreign").delete());
            assertOnlyTriesOut(() -> exec(canary, "any"));
            assertThat(ApiRefusal.of(() -> exec(canary, "guard-absent")))
                    .hasValueSatisfying(refusal -> assertThat(refusal.code()).isEqualTo(404));
        }
    }

    private void assertOnlyTriesOut(ThrowingCallable attempt) {
        assertRefused(attempt)
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("only tries guards out");
    }

    private static void exec(KubernetesClient client, String pod) {
        client.raw("/api/v1/namespaces/kube-system/pods/" + pod + "/exec?command=id&stdout=true", "POST", Map.of());
    }

    @Test
    void it_cannot_read_a_foreign_secret_nor_list_or_watch_any() {
        admin.resource(Samples.secret("foreign", "treasure")).serverSideApply();

        assertRefused(() -> operator.secrets()
                        .inNamespace("foreign")
                        .withName("treasure")
                        .get())
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.secrets().inAnyNamespace().list()).returns(true, ApiRefusal::byRbac);
        assertRefused(() ->
                        operator.secrets().inNamespace(RenderedChart.NAMESPACE).list())
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.raw("/api/v1/secrets?watch=true")).returns(true, ApiRefusal::byRbac);
    }

    @Test
    void it_cannot_write_cluster_role_bindings_or_cluster_roles() {
        assertRefused(() -> create(clusterAdminBinding("boundary-escape"))).returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.rbac()
                        .clusterRoleBindings()
                        .withName("bulkhead-operator")
                        .patch(MERGE, "{\"subjects\":[]}"))
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> operator.rbac()
                        .clusterRoles()
                        .withName("bulkhead-tenant-operator")
                        .patch(MERGE, "{\"rules\":[]}"))
                .returns(true, ApiRefusal::byRbac);
    }

    /** A guard that it could write holds nobody who has its token, nor anybody else: see GuardKeeperBoundaryIT. */
    @ParameterizedTest
    @MethodSource("guards")
    void it_can_neither_read_nor_touch_a_guard(String guard) {
        var policies = operator.admissionRegistration().v1().validatingAdmissionPolicies();
        var bindings = operator.admissionRegistration().v1().validatingAdmissionPolicyBindings();

        GuardWrites.tried(operator, guard).forEach(write -> assertRefused(write).returns(true, ApiRefusal::byRbac));
        assertRefused(() -> policies.withName(guard).get()).returns(true, ApiRefusal::byRbac);
        assertRefused(() -> bindings.withName(guard).get()).returns(true, ApiRefusal::byRbac);
    }

    static List<String> guards() {
        return GuardWrites.guards();
    }

    @Test
    void it_cannot_act_as_another_identity() {
        assertRefused(() -> operator.serviceAccounts()
                        .inNamespace("kube-system")
                        .withName("default")
                        .tokenRequest())
                .returns(true, ApiRefusal::byRbac);
        String namespace = boundNamespace();
        assertRefused(() -> create(Samples.tokenSecret(namespace, "default")))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("kubernetes.io/service-account-token");
        assertRefused(() -> create(Samples.tokenSecret(RenderedChart.NAMESPACE, "bulkhead-operator")))
                .returns(true, ApiRefusal::byRbac);
        assertRefused(() -> create(Samples.tokenSecret(RenderedChart.KEYS, "default")))
                .returns(true, ApiRefusal::byGuard);
    }

    @Test
    void it_cannot_change_what_a_tenant_s_owner_wrote() {
        String name = unique();
        admin.resource(Samples.tenant(name)).create();

        assertRefused(() -> operator.genericKubernetesResources("bulkhead.dev/v1beta1", "Tenant")
                        .withName(name)
                        .patch(MERGE, "{\"spec\":{\"suspend\":true}}"))
                .returns(true, ApiRefusal::byGuard)
                .extracting(ApiRefusal::message)
                .asString()
                .contains("may not change the spec of tenants " + name);
    }

    @Test
    void it_cannot_approve_the_deletion_of_data() {
        Map<String, ?> approval =
                Map.of("approval", Map.of("by", "me", "reference", "none", "at", "2026-01-01T00:00:00Z"));
        assertRefused(() -> create(Samples.tombstone(unique(), approval))).returns(true, ApiRefusal::byGuard);

        String name = unique();
        create(Samples.tombstone(name, Map.of()));
        assertRefused(() -> operator.genericKubernetesResources("bulkhead.dev/v1beta1", "Tombstone")
                        .withName(name)
                        .patch(MERGE, """
                                {"spec":{"approval":{"by":"me","reference":"none","at":"2026-01-01T00:00:00Z"}}}"""))
                .returns(true, ApiRefusal::byGuard);
    }

    @Test
    void it_asks_for_rotations_in_its_own_name_only_and_never_changes_one() {
        assertRefused(() -> create(Samples.rotation(unique(), "Person"))).returns(true, ApiRefusal::byGuard);

        String name = unique();
        create(Samples.rotation(name, "Schedule"));
        var rotation = operator.genericKubernetesResources("bulkhead.dev/v1beta1", "Rotation")
                .withName(name);
        assertRefused(() -> rotation.patch(MERGE, "{\"spec\":{\"atOnce\":true}}"));
        rotation.delete();
    }

    @Test
    void it_makes_a_namespace_binds_itself_there_and_then_writes_what_a_tenant_needs() {
        String namespace = boundNamespace();

        List<HasMetadata> objects = List.of(
                Samples.networkPolicy(namespace),
                Samples.quota(namespace),
                Samples.limits(namespace),
                Samples.account(namespace),
                Samples.configMap(namespace, "bulkhead-tenant"),
                Samples.secret(namespace, "bulkhead-database"),
                Samples.deployment(namespace),
                Samples.disruptionBudget(namespace),
                Samples.binding(namespace, "bulkhead-tenant-admin", Samples.user("leitung@example.com")),
                Samples.binding(namespace, "bulkhead-tenant-user", Samples.user("empfang@example.com")),
                Samples.binding(namespace, "bulkhead-auditor", Samples.user("revision@example.com")));
        for (HasMetadata object : objects) {
            HasMetadata created = create(object);
            created.getMetadata().setLabels(Samples.marks(namespace.split("--", 2)[0]));
            created.getMetadata().setResourceVersion(null); // controllers write some of them at the same time
            Awaitility.await()
                    .ignoreExceptionsMatching(e -> e instanceof KubernetesClientException k && k.getCode() == 409)
                    .until(() -> operator.resource(created).update() != null);
            operator.resource(object).forceConflicts().serverSideApply();
            assertThat(operator.resource(object).get()).isNotNull();
            operator.resource(object).delete();
        }
    }

    @Test
    void it_sees_what_it_made_everywhere_without_seeing_secrets() {
        assertThat(operator.namespaces().list().getItems()).isNotEmpty();
        operator.rbac().roleBindings().inAnyNamespace().list();
        operator.network().v1().networkPolicies().inAnyNamespace().list();
        operator.resourceQuotas().inAnyNamespace().list();
        operator.limitRanges().inAnyNamespace().list();
        operator.serviceAccounts().inAnyNamespace().list();
        operator.configMaps().inAnyNamespace().list();
        operator.apps().deployments().inAnyNamespace().list();
        operator.policy().v1().podDisruptionBudget().inAnyNamespace().list();
        for (String kind : List.of(
                "Tenant", "TenantProfile", "DatabaseServer", "ObjectStore", "TenantSecret", "Rotation", "Tombstone")) {
            operator.genericKubernetesResources("bulkhead.dev/v1beta1", kind)
                    .inAnyNamespace()
                    .list();
        }
    }

    @Test
    void it_finalizes_tenants_and_writes_their_status() {
        String name = unique();
        admin.resource(Samples.tenant(name)).create();
        var tenant = operator.genericKubernetesResources("bulkhead.dev/v1beta1", "Tenant")
                .withName(name);

        tenant.patch(MERGE, "{\"metadata\":{\"finalizers\":[\"bulkhead.dev/tenant\"]}}");
        tenant.subresource("status").patch(MERGE, "{\"status\":{\"phase\":\"Provisioning\"}}");
        GenericKubernetesResource seen = tenant.get();

        assertThat(seen.getMetadata().getFinalizers()).containsExactly("bulkhead.dev/tenant");
        assertThat(seen.<String>get("status", "phase")).isEqualTo("Provisioning");
        tenant.patch(MERGE, "{\"metadata\":{\"finalizers\":null}}");
        assertThat(tenant.get().getMetadata().getFinalizers()).isEmpty();
    }

    @Test
    void it_keeps_its_key_rings_its_lease_and_its_events() {
        Secret ring = keyRing("boundary");
        Secret made = operator.resource(ring).create();
        made.getMetadata().getAnnotations().put("bulkhead.dev/state", "{}");
        assertThat(operator.resource(made).update().getMetadata().getAnnotations())
                .containsKey("bulkhead.dev/state");
        admin.resource(ring).delete();

        var leases = operator.leases().inNamespace(RenderedChart.NAMESPACE);
        leases.resource(new LeaseBuilder()
                        .withNewMetadata()
                        .withName("bulkhead-operator")
                        .endMetadata()
                        .withNewSpec()
                        .withHolderIdentity("first")
                        .endSpec()
                        .build())
                .create();
        leases.withName("bulkhead-operator").patch(MERGE, "{\"spec\":{\"holderIdentity\":\"second\"}}");
        admin.leases()
                .inNamespace(RenderedChart.NAMESPACE)
                .withName("bulkhead-operator")
                .delete();

        create(new EventBuilder()
                .withNewMetadata()
                .withGenerateName("tenant-")
                .withNamespace("default")
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("bulkhead.dev/v1beta1")
                .withKind("Tenant")
                .withName("klinik-nord")
                .endInvolvedObject()
                .withType("Normal")
                .withReason("Ready")
                .withMessage("The tenant is ready")
                .build());
    }

    /** Somebody in a hurry binds the operator to cluster-admin: guard 0 alone still holds its writes. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class BoundToClusterAdmin {
        private static final String BINDING = "boundary-mistake";

        @BeforeAll
        void bind() {
            admin.resource(clusterAdminBinding(BINDING)).create();
            await().atMost(InstalledChart.PATIENCE)
                    .until(() -> ApiRefusal.of(
                                    () -> operator.secrets().inAnyNamespace().list())
                            .isEmpty());
        }

        @AfterAll
        void unbind() {
            admin.rbac().clusterRoleBindings().withName(BINDING).delete();
            await().atMost(InstalledChart.PATIENCE)
                    .until(() -> ApiRefusal.of(
                                    () -> operator.secrets().inAnyNamespace().list())
                            .isPresent());
        }

        @Test
        void it_writes_nothing_in_foreign_namespaces() {
            for (String namespace : List.of("kube-system", "default", "foreign", "foreign--app", RenderedChart.KEYS)) {
                List<HasMetadata> objects = List.of(
                        Samples.secret(namespace, "planted"),
                        Samples.configMap(namespace, "planted"),
                        Samples.networkPolicy(namespace),
                        Samples.deployment(namespace),
                        Samples.binding(namespace, "cluster-admin", Samples.operator()));
                for (HasMetadata object : objects) {
                    assertRefused(() -> create(object)).returns(true, ApiRefusal::byGuard);
                }
            }
            assertRefused(() -> operator.serviceAccounts()
                            .inNamespace("kube-system")
                            .withName("default")
                            .tokenRequest())
                    .returns(true, ApiRefusal::byGuard);
        }

        @Test
        void it_changes_no_foreign_namespace_and_none_of_its_subresources() {
            Namespace labelled = Samples.namespace("foreign", Samples.marks("foreign"));
            assertRefused(() -> operator.raw("/api/v1/namespaces/foreign/status", "PUT", labelled))
                    .returns(true, ApiRefusal::byGuard);
            assertRefused(() -> operator.raw("/api/v1/namespaces/foreign/finalize", "PUT", labelled))
                    .returns(true, ApiRefusal::byGuard);
            assertRefused(() -> operator.namespaces().withName("foreign").delete())
                    .returns(true, ApiRefusal::byGuard);
        }

        @Test
        void it_writes_nothing_cluster_wide_but_its_own_kinds() {
            assertRefused(() -> create(clusterAdminBinding("boundary-escape"))).returns(true, ApiRefusal::byGuard);
            assertRefused(() -> operator.apiextensions()
                            .v1()
                            .customResourceDefinitions()
                            .withName("tenants.bulkhead.dev")
                            .delete())
                    .returns(true, ApiRefusal::byGuard);
            assertRefused(() -> create(Samples.tenant(unique()))).returns(true, ApiRefusal::byGuard);
        }

        /** A pod could mount the master key. */
        @Test
        void it_writes_nothing_at_home_but_its_lease_and_events() {
            Secret key = Samples.secret(RenderedChart.NAMESPACE, "boundary-master-key");
            for (HasMetadata object : List.of(
                    key,
                    new SecretBuilder(keyRing("boundary"))
                            .editMetadata()
                            .withNamespace(RenderedChart.NAMESPACE)
                            .endMetadata()
                            .build(),
                    Samples.secret(RenderedChart.NAMESPACE, "sh.helm.release.v1.bulkhead.v3"),
                    Samples.configMap(RenderedChart.NAMESPACE, "planted"),
                    Samples.deployment(RenderedChart.NAMESPACE),
                    pod(RenderedChart.NAMESPACE))) {
                assertHomeIsShut(() -> create(object));
            }
            admin.resource(key).create();
            assertHomeIsShut(() -> operator.resource(key).patch(MERGE, "{\"data\":{\"key\":\"QUFBQQ==\"}}"));
            assertHomeIsShut(() -> operator.resource(key).delete());
            admin.resource(key).delete();
        }

        private void assertHomeIsShut(ThrowingCallable attempt) {
            assertRefused(attempt)
                    .returns(true, ApiRefusal::byGuard)
                    .extracting(ApiRefusal::message)
                    .asString()
                    .contains("in namespace " + RenderedChart.NAMESPACE);
        }

        /** The admin logins of servers lie beside the key rings. */
        @Test
        void it_writes_no_secret_among_keys_but_key_rings_and_deletes_none() {
            for (String name : List.of("databaseserver-boundary", "bulkhead-tenant-short")) {
                Secret foreign = Samples.secret(RenderedChart.KEYS, name);
                admin.resource(foreign).create();
                assertNotARing(() -> create(Samples.secret(RenderedChart.KEYS, name + "-more")));
                assertNotARing(() -> operator.resource(foreign).patch(MERGE, "{\"data\":{\"key\":\"QUFBQQ==\"}}"));
                assertNotARing(() -> operator.resource(foreign)
                        .patch(
                                MERGE,
                                "{\"metadata\":{\"labels\":{\"bulkhead.dev/owned\":\"true\",\"bulkhead.dev/identity\":\""
                                        + Samples.IDENTITY + "\"}}}"));
                assertNotARing(() -> operator.resource(foreign).delete());
                admin.resource(foreign).delete();
            }
            Secret ring = keyRing("boundary");
            assertNotARing(() -> create(new SecretBuilder(ring)
                    .editMetadata()
                    .withLabels(Map.of("bulkhead.dev/owned", "true"))
                    .endMetadata()
                    .build()));
            create(ring);
            assertNotARing(
                    () -> operator.resource(ring)
                            .patch(
                                    MERGE,
                                    "{\"metadata\":{\"labels\":{\"bulkhead.dev/identity\":\"11111111-2222-3333-4444-555555555555\"}}}"));
            assertNotARing(() -> operator.resource(ring).delete());
            assertNotARing(() -> operator.secrets()
                    .inNamespace(RenderedChart.KEYS)
                    .withLabel("bulkhead.dev/owned", "true")
                    .delete());
            admin.resource(ring).delete();
        }

        private void assertNotARing(ThrowingCallable attempt) {
            assertRefused(attempt)
                    .returns(true, ApiRefusal::byGuard)
                    .extracting(ApiRefusal::message)
                    .asString()
                    .contains("there it writes only key rings");
        }

        @Test
        void it_binds_no_other_role_in_a_tenant_s_namespace() {
            String namespace = tenantNamespace();

            assertRefused(() -> create(Samples.binding(namespace, "admin", Samples.operator())))
                    .returns(true, ApiRefusal::byGuard);
        }

        @Test
        void it_enters_no_pod() {
            assertRefused(() -> operator.raw(
                            "/api/v1/namespaces/kube-system/pods/any/exec?command=id&stdout=true", "POST", Map.of()))
                    .returns(true, ApiRefusal::byGuard)
                    .extracting(ApiRefusal::message)
                    .asString()
                    .contains("no exec");
        }
    }

    /** One that Pod Security lets through. */
    private static Pod pod(String namespace) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("reader")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("reader")
                .withImage("registry.example/reader:1")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    private static Secret keyRing(String tenant) {
        return new SecretBuilder(Samples.secret(RenderedChart.KEYS, "bulkhead-tenant-abcdefghijklm234"))
                .editMetadata()
                .withLabels(Samples.marks(tenant))
                .addToAnnotations("example.org/note", "of a test")
                .endMetadata()
                .build();
    }

    private AbstractObjectAssert<?, ApiRefusal> assertRefused(ThrowingCallable attempt) {
        return assertThat(ApiRefusal.of(attempt).orElse(new ApiRefusal(200, "it succeeded")))
                .returns(403, ApiRefusal::code);
    }

    private HasMetadata create(HasMetadata object) {
        return operator.resource(object).create();
    }

    /** A new tenant namespace, made by the operator. */
    private String tenantNamespace() {
        String tenant = unique();
        create(Samples.namespace(tenant + "--app", Samples.marks(tenant)));
        return tenant + "--app";
    }

    /** A new tenant namespace in which the operator's rights have arrived. */
    private String boundNamespace() {
        String namespace = tenantNamespace();
        create(Samples.binding(namespace, "bulkhead-tenant-operator", Samples.operator()));
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> ApiRefusal.of(() -> operator.secrets()
                                .inNamespace(namespace)
                                .withName("none")
                                .get())
                        .isEmpty());
        return namespace;
    }

    private static String unique() {
        return "boundary-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static ClusterRoleBinding clusterAdminBinding(String name) {
        return new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewRoleRef()
                .withApiGroup("rbac.authorization.k8s.io")
                .withKind("ClusterRole")
                .withName("cluster-admin")
                .endRoleRef()
                .withSubjects(Samples.operator())
                .build();
    }
}
