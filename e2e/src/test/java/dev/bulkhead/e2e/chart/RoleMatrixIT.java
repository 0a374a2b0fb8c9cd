package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Who may do what, asked of the API server and written down in {@code roles.txt}. After a change of a role run
 * {@code mvn -pl e2e -am verify -Dit.test=RoleMatrixIT -Dbulkhead.regenerate=true} and review the difference.
 */
@ExtendWith(StackExtension.class)
class RoleMatrixIT {
    private static final Path GOLDEN = Path.of("src/test/resources/dev/bulkhead/e2e/chart/roles.txt");
    private static final String OWN = "matrix--app";
    private static final String OTHER = "matrix-other--app";
    private static final String CAGE = "canary-one--matrix";
    private static final String CANARY = "system:serviceaccount:canary-one--cage:bulkhead-canary";

    /** Verbs and the letters that stand for them. */
    private static final Map<Integer, String> VERBS = Map.of(
            (int) 'g', "get",
            (int) 'l', "list",
            (int) 'w', "watch",
            (int) 'c', "create",
            (int) 'p', "patch",
            (int) 'u', "update",
            (int) 'd', "delete",
            (int) 'D', "deletecollection",
            (int) 'b', "bind",
            (int) 'e', "escalate");

    private static final String LETTERS = "glwcpudDbe";

    /** Resource, with subresource, group and, where rights go by it, name. */
    private static final List<String> RESOURCES = List.of(
            "namespaces",
            "namespaces/status",
            "namespaces/finalize",
            "nodes",
            "persistentvolumes",
            "secrets",
            "configmaps",
            "configmaps:bulkhead-tenant",
            "serviceaccounts",
            "serviceaccounts/token",
            "pods",
            "pods/log",
            "pods/exec",
            "pods/exec:guard-absent",
            "pods/attach",
            "pods/portforward",
            "pods/proxy",
            "pods/ephemeralcontainers",
            "pods/eviction",
            "services",
            "services/proxy",
            "endpoints",
            "endpointslices.discovery.k8s.io",
            "persistentvolumeclaims",
            "resourcequotas",
            "limitranges",
            "events",
            "events.events.k8s.io",
            "deployments.apps",
            "deployments/scale.apps",
            "statefulsets.apps",
            "replicasets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
            "horizontalpodautoscalers.autoscaling",
            "poddisruptionbudgets.policy",
            "networkpolicies.networking.k8s.io",
            "networkpolicies.networking.k8s.io:bulkhead-default-deny",
            "ingresses.networking.k8s.io",
            "httproutes.gateway.networking.k8s.io",
            "roles.rbac.authorization.k8s.io",
            "rolebindings.rbac.authorization.k8s.io",
            "clusterroles.rbac.authorization.k8s.io",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-tenant-operator",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-tenant-admin",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-tenant-user",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-auditor",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-canary-attacker",
            "clusterroles.rbac.authorization.k8s.io:bulkhead-platform-admin",
            "clusterroles.rbac.authorization.k8s.io:edit",
            "clusterroles.rbac.authorization.k8s.io:cluster-admin",
            "clusterrolebindings.rbac.authorization.k8s.io",
            "leases.coordination.k8s.io",
            "leases.coordination.k8s.io:bulkhead-operator",
            "customresourcedefinitions.apiextensions.k8s.io",
            "validatingadmissionpolicies.admissionregistration.k8s.io",
            "validatingadmissionpolicies.admissionregistration.k8s.io:bulkhead-operator-boundary",
            "validatingadmissionpolicybindings.admissionregistration.k8s.io:bulkhead-operator-boundary",
            "validatingadmissionpolicies.admissionregistration.k8s.io:bulkhead-owned-objects",
            "validatingadmissionpolicybindings.admissionregistration.k8s.io:bulkhead-owned-objects",
            "tenants.bulkhead.dev",
            "tenants.bulkhead.dev:canary-one",
            "tenants/status.bulkhead.dev",
            "tenantprofiles.bulkhead.dev",
            "databaseservers.bulkhead.dev",
            "databaseservers/status.bulkhead.dev",
            "objectstores.bulkhead.dev",
            "objectstores/status.bulkhead.dev",
            "rotations.bulkhead.dev",
            "rotations/status.bulkhead.dev",
            "tombstones.bulkhead.dev",
            "tombstones/status.bulkhead.dev",
            "tenantsecrets.bulkhead.dev",
            "tenantsecrets/status.bulkhead.dev",
            "reports.openreports.io");

    /** A column: who, and where. */
    private record Column(String title, String user, String namespace) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("tenant-admin", "matrix-bulkhead-tenant-admin", OWN),
            new Column("tenant-user", "matrix-bulkhead-tenant-user", OWN),
            new Column("auditor", "matrix-bulkhead-auditor", OWN),
            new Column("operator, tenant", InstalledChart.OPERATOR, OWN),
            new Column("operator, home", InstalledChart.OPERATOR, RenderedChart.NAMESPACE),
            new Column("operator, keys", InstalledChart.OPERATOR, RenderedChart.KEYS),
            new Column("operator, else", InstalledChart.OPERATOR, ""),
            new Column("canary, tenant", CANARY, CAGE),
            new Column("canary, else", CANARY, ""),
            new Column("platform-admin", "matrix-bulkhead-platform-admin", ""),
            new Column("platform-auditor", "matrix-bulkhead-platform-auditor", ""));

    @BeforeAll
    static void bind(KubernetesClient admin) {
        InstalledChart.on(admin);
        List.of(OWN, OTHER, CAGE)
                .forEach(n -> admin.resource(Samples.namespace(n, Samples.marks(n.split("--", 2)[0])))
                        .serverSideApply());
        for (String role : List.of("bulkhead-tenant-admin", "bulkhead-tenant-user", "bulkhead-auditor")) {
            admin.resource(Samples.binding(OWN, role, Samples.user("matrix-" + role)))
                    .serverSideApply();
        }
        admin.resource(Samples.binding(OWN, "bulkhead-tenant-operator", Samples.operator()))
                .serverSideApply();
        admin.resource(Samples.binding(
                        CAGE,
                        "bulkhead-canary-attacker",
                        Samples.serviceAccount("canary-one--cage", "bulkhead-canary")))
                .serverSideApply();
        for (String role : List.of("bulkhead-platform-admin", "bulkhead-platform-auditor")) {
            admin.resource(new ClusterRoleBindingBuilder()
                            .withNewMetadata()
                            .withName(role + "s")
                            .endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                            .withSubjects(Samples.user("matrix-" + role))
                            .build())
                    .serverSideApply();
        }
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> COLUMNS.stream()
                        .filter(column -> !column.user().equals(CANARY))
                        .allMatch(column -> List.of("configmaps:bulkhead-tenant", "tenants.bulkhead.dev").stream()
                                .anyMatch(r -> allowed(admin, column.user(), column.namespace(), r, "get"))));
        await().atMost(InstalledChart.PATIENCE)
                .until(() -> allowed(admin, InstalledChart.OPERATOR, OWN, "secrets", "get")
                        && allowed(admin, CANARY, CAGE, "pods", "create"));
    }

    @AfterAll
    static void cleanUp(KubernetesClient admin) {
        List.of("bulkhead-platform-admins", "bulkhead-platform-auditors")
                .forEach(name ->
                        admin.rbac().clusterRoleBindings().withName(name).delete());
        List.of(OWN, OTHER, CAGE)
                .forEach(name -> admin.namespaces().withName(name).delete());
    }

    @Test
    void everyone_may_do_what_is_written_down_and_nothing_else(KubernetesClient admin) throws IOException {
        String table = table(admin);

        if (Boolean.getBoolean("bulkhead.regenerate")) {
            Files.writeString(GOLDEN, table);
        }
        assertThat(table).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void people_of_a_tenant_may_do_nothing_in_another_tenant_s_namespace_or_in_the_cluster(KubernetesClient admin) {
        List<String> rights = new ArrayList<>();
        for (Column column : COLUMNS) {
            if (column.namespace().equals(OWN) && !column.user().equals(InstalledChart.OPERATOR)) {
                for (String elsewhere :
                        List.of(OTHER, "kube-system", "default", RenderedChart.NAMESPACE, RenderedChart.KEYS, "")) {
                    rows(admin, new Column(column.title(), column.user(), elsewhere))
                            .forEach((resource, verbs) -> {
                                if (!verbs.equals("-")) {
                                    rights.add(column.title() + " in '" + elsewhere + "': " + resource + " " + verbs);
                                }
                            });
                }
            }
        }
        assertThat(rights).isEmpty();
    }

    private static String table(KubernetesClient admin) {
        List<Map<String, String>> columns =
                COLUMNS.stream().map(column -> rows(admin, column)).toList();
        StringBuilder table = new StringBuilder("""
                # Who may do what, as the API server says (SubjectAccessReview); guards refuse more.
                # tenant-admin, tenant-user, auditor: in a namespace of their tenant. operator, tenant: in the same, where it
                # has bound itself; home: in its own namespace; keys: where its keys lie; else: in any other and in the cluster. canary: what tries the guards
                # out, for dry runs only, in its own namespace; else: in the cluster.
                # g get, l list, w watch, c create, p patch, u update, d delete, D deletecollection, b bind, e escalate.
                # A resource with :name is that one object; without it, objects of any name.
                """);
        table.append(line("", COLUMNS.stream().map(Column::title).toList()));
        for (String resource : RESOURCES) {
            table.append(line(
                    resource,
                    columns.stream().map(column -> column.get(resource)).toList()));
        }
        return table.toString();
    }

    private static String line(String resource, List<String> cells) {
        return ("%-92s".formatted(resource)
                                + cells.stream().map("%-17s"::formatted).collect(Collectors.joining()))
                        .stripTrailing()
                + "\n";
    }

    /** Verbs by resource. */
    private static Map<String, String> rows(KubernetesClient admin, Column column) {
        Map<String, Future<String>> cells = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            RESOURCES.forEach(resource -> cells.put(resource, threads.submit(() -> cell(admin, column, resource))));
        }
        Map<String, String> rows = new LinkedHashMap<>();
        cells.forEach((resource, cell) -> rows.put(resource, cell.resultNow()));
        return rows;
    }

    private static String cell(KubernetesClient admin, Column column, String resource) {
        String verbs = LETTERS.chars()
                .filter(letter ->
                        allowed(admin, column.user(), column.namespace(), resource, VERBS.getOrDefault(letter, "")))
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        return verbs.isEmpty() ? "-" : verbs;
    }

    private static boolean allowed(
            KubernetesClient admin, String user, String namespace, String resource, String verb) {
        String[] named = resource.split(":", 2);
        String[] grouped = named[0].split("\\.", 2);
        String[] parts = grouped[0].split("/", 2);
        SubjectAccessReview review = new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(user)
                .withGroups(InstalledChart.groups(user))
                .withNewResourceAttributes()
                .withNamespace(namespace)
                .withVerb(verb)
                .withResource(parts[0])
                .withSubresource(parts.length > 1 ? parts[1] : "")
                .withGroup(grouped.length > 1 ? grouped[1] : "")
                .withName(named.length > 1 ? named[1] : "")
                .endResourceAttributes()
                .endSpec()
                .build();
        return admin.authorization()
                .v1()
                .subjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }
}
