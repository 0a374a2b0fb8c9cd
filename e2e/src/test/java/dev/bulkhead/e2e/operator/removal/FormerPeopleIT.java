package dev.bulkhead.e2e.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.e2e.operator.Edits;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who is taken from spec.people keeps nothing that the tenant's admins gave, while nothing else works. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormerPeopleIT {
    private static final String NAME = "former-people";
    private static final String NAMESPACE = NAME + "--app";

    @TempDir
    private static Path directory;

    private Platform platform;
    private KubernetesClient admin;
    private Platform.RunningOperator operator;
    private Island island;
    private String tenant;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) {
        admin = client;
        platform = Platform.install(client, stack, directory);
        island = Island.rise(platform, NAME);
        tenant = LeavingTenant.on(NAME, NAME);
        operator = platform.operator(new Faults(), Duration.ofSeconds(2));
    }

    @AfterAll
    void stop() {
        island.reachable();
        platform.remove(NAME);
        operator.close();
        island.close();
        admin.namespaces().withName(NAMESPACE).delete();
    }

    @Test
    void they_lose_what_admins_gave_them_first_of_all_and_nobody_else_does() throws IOException {
        platform.apply(people("admin", "second", "third"));
        platform.awaitReady(NAME);
        admin.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withNamespace(NAMESPACE)
                        .withName("own")
                        .endMetadata()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("pods")
                        .withVerbs("create")
                        .endRule()
                        .build())
                .create();
        // Whoever has broken the glass: of what was there before the guards, and of the platform's own.
        bind("alone", "Role", "own", "User second");
        bind("among-others", "Role", "own", "User second", "User user", "ServiceAccount default");
        bind("as-admin", "ClusterRole", "bulkhead-tenant-admin", "User second");
        bind("a-group", "ClusterRole", "bulkhead-tenant-user", "Group second", "User admin");
        bind("lesser", "ClusterRole", "bulkhead-tenant-admin", "User third", "User admin");
        bind("of-the-platform", "ClusterRole", "view", "User second");
        bind("of-the-cluster", "Role", "own", "Group system:nodes");
        admin.resource(new RoleBindingBuilder(binding("held", "Role", "own", "User second"))
                        .editMetadata()
                        .addToFinalizers("example.org/held")
                        .endMetadata()
                        .build())
                .create();
        assertThat(mayMakePods("second")).isTrue();
        island.cutOff();

        platform.apply(people("admin", "third"));

        awaitBindings(Map.of(
                "among-others", List.of("User user", "ServiceAccount default"),
                "a-group", List.of("User admin"),
                "lesser", List.of("User third", "User admin"),
                "of-the-platform", List.of("User second"),
                "of-the-cluster", List.of("Group system:nodes"),
                "held", List.of()));
        assertThat(mayMakePods("second")).isFalse();

        platform.apply(people("admin")
                .replace("users: [{ user: user@leaving.example }]", "users: [{ user: third@leaving.example }]"));

        awaitBindings(Map.of(
                "among-others", List.of("ServiceAccount default"),
                "a-group", List.of("User admin"),
                "lesser", List.of("User admin"),
                "of-the-platform", List.of("User second"),
                "of-the-cluster", List.of("Group system:nodes"),
                "held", List.of()));

        platform.apply(
                people("admin").replace("admin@leaving.example }", "admin@leaving.example, until: \"2026-01-31\" }"));

        awaitBindings(Map.of(
                "among-others", List.of("ServiceAccount default"),
                "of-the-platform", List.of("User second"),
                "of-the-cluster", List.of("Group system:nodes"),
                "held", List.of()));
        assertThat(Platform.condition(platform.tenant(NAME), "Ready"))
                .as("the servers are gone all the time")
                .returns(Status.False, c -> Objects.requireNonNull(c).status());
        Edits.edit(
                admin.rbac().roleBindings().inNamespace(NAMESPACE).withName("held"),
                b -> new RoleBindingBuilder(b)
                        .editMetadata()
                        .withFinalizers()
                        .endMetadata()
                        .build());
    }

    private String people(String... admins) {
        String listed = String.join(
                ", ",
                List.of(admins).stream()
                        .map(a -> "{ user: " + a + "@leaving.example }")
                        .toList());
        return tenant.replace("admins: [{ user: admin@leaving.example }]", "admins: [" + listed + "]");
    }

    private void bind(String name, String kind, String role, String... subjects) {
        admin.resource(binding(name, kind, role, subjects)).create();
    }

    private static RoleBinding binding(String name, String kind, String role, String... subjects) {
        RoleBindingBuilder binding = new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", kind, role);
        for (String subject : subjects) {
            String[] who = subject.split(" ", -1);
            switch (who[0]) {
                case "ServiceAccount" -> binding.addNewSubject("", who[0], who[1], NAMESPACE);
                case "Group" -> binding.addNewSubject("rbac.authorization.k8s.io", who[0], who[1], null);
                default ->
                    binding.addNewSubject("rbac.authorization.k8s.io", who[0], who[1] + "@leaving.example", null);
            }
        }
        return binding.build();
    }

    private void awaitBindings(Map<String, List<String>> expected) {
        Awaitility.await("who is bound by others than the operator")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(bindings()).isEqualTo(new TreeMap<>(expected)));
    }

    private Map<String, List<String>> bindings() {
        Map<String, List<String>> bindings = new TreeMap<>();
        admin.rbac()
                .roleBindings()
                .inNamespace(NAMESPACE)
                .withoutLabel("bulkhead.dev/owned", "true")
                .list()
                .getItems()
                .forEach(b -> bindings.put(
                        b.getMetadata().getName(),
                        b.getSubjects().stream()
                                .map(s -> s.getKind() + " " + s.getName().replace("@leaving.example", ""))
                                .toList()));
        return bindings;
    }

    private boolean mayMakePods(String person) {
        return admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(new SubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withUser(person + "@leaving.example")
                        .withNewResourceAttributes()
                        .withNamespace(NAMESPACE)
                        .withVerb("create")
                        .withResource("pods")
                        .endResourceAttributes()
                        .endSpec()
                        .build())
                .getStatus()
                .getAllowed();
    }
}
