package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the rendered roles must never say, whatever else changes in them. */
class OperatorRightsTest {
    private static final List<String> BINDABLE = List.of(
            "bulkhead-auditor",
            "bulkhead-canary-attacker",
            "bulkhead-canary-prober",
            "bulkhead-tenant-admin",
            "bulkhead-tenant-operator",
            "bulkhead-tenant-prober",
            "bulkhead-tenant-user");

    private static final List<GenericKubernetesResource> OBJECTS = RenderedChart.objects(RenderedChart.minimalValues());

    /** One right of a rule. */
    private record Right(String role, String resource, String verb, Set<String> names) {}

    @Test
    void no_role_has_a_wildcard() {
        assertThat(rights())
                .noneMatch(
                        right -> right.resource().contains("*") || right.verb().equals("*"));
    }

    @Test
    void the_cluster_role_of_the_operator_has_no_right_on_secrets_or_cluster_role_bindings() {
        assertThat(rightsOf("ClusterRole/bulkhead-operator"))
                .isNotEmpty()
                .noneMatch(right -> right.resource().startsWith("secrets"))
                .noneMatch(right -> right.resource().startsWith("clusterrolebindings"));
    }

    @Test
    void beside_its_lease_at_home_the_operator_keeps_secrets_among_keys() {
        assertThat(rightsOf("Role/bulkhead-operator"))
                .isNotEmpty()
                .extracting(Right::resource)
                .containsOnly("leases.coordination.k8s.io", "events", "events.events.k8s.io");
        assertThat(rightsOf("Role/bulkhead-operator-keys"))
                .extracting(right -> right.verb() + " " + right.resource())
                .containsExactlyInAnyOrder("get secrets", "create secrets", "update secrets");
    }

    @Test
    void the_operator_binds_seven_cluster_roles_by_name_and_roles_of_tenants_where_it_is_bound() {
        assertThat(rights())
                .filteredOn(right -> right.verb().equals("bind"))
                .filteredOn(right -> !right.role().equals("ClusterRole/bulkhead-canary-attacker"))
                .containsExactlyInAnyOrder(
                        new Right(
                                "ClusterRole/bulkhead-operator",
                                "clusterroles.rbac.authorization.k8s.io",
                                "bind",
                                new TreeSet<>(BINDABLE)),
                        // Guard 0 leaves of it that people are taken out: see OperatorBoundaryIT.
                        new Right(
                                "ClusterRole/bulkhead-tenant-operator",
                                "roles.rbac.authorization.k8s.io",
                                "bind",
                                Set.of()));
    }

    @Test
    void nobody_escalates_or_impersonates_and_tokens_are_asked_for_by_name_of_two_accounts_only() {
        assertThat(rights())
                .noneMatch(right ->
                        Set.of("escalate", "impersonate", "approve", "sign").contains(right.verb()))
                .filteredOn(right -> right.resource().equals("serviceaccounts/token"))
                .containsExactlyInAnyOrder(
                        new Right(
                                "ClusterRole/bulkhead-canary-prober",
                                "serviceaccounts/token",
                                "create",
                                Set.of("bulkhead-canary")),
                        // Bound to nobody here: whoever runs `bulkhead verify` acts as the prober.
                        new Right(
                                "Role/bulkhead-verify", "serviceaccounts/token", "create", Set.of("bulkhead-prober")));
        assertThat(OBJECTS)
                .filteredOn(o -> o.getKind().equals("RoleBinding"))
                .extracting(binding -> binding.<String>get("roleRef", "name"))
                .doesNotContain("bulkhead-verify");
    }

    @Test
    void secrets_are_never_listed_or_watched() {
        assertThat(rights())
                .filteredOn(right -> right.resource().equals("secrets"))
                .isNotEmpty()
                .extracting(Right::verb)
                .doesNotContain("list", "watch", "deletecollection");
    }

    @Test
    void the_operator_does_not_delete_namespaces() {
        assertThat(rightsOf("ClusterRole/bulkhead-operator"))
                .noneMatch(right ->
                        right.resource().equals("namespaces") && right.verb().startsWith("delete"));
    }

    @Test
    void the_keeper_alone_restores_guards_by_name_and_reads_guard_0() {
        Set<String> names = new TreeSet<>();
        OBJECTS.stream()
                .filter(o -> o.getKind().equals("ValidatingAdmissionPolicy"))
                .forEach(o -> names.add(o.getMetadata().getName()));
        Set<String> leashes = Set.of(
                "bulkhead-canary-boundary",
                "bulkhead-operator-boundary",
                "bulkhead-prober-boundary",
                "bulkhead-prober-pods");
        assertThat(names).containsAll(leashes).hasSizeGreaterThan(12);
        assertThat(OBJECTS.stream()
                        .filter(o -> o.getKind().equals("ValidatingAdmissionPolicyBinding"))
                        .map(o -> o.getMetadata().getName()))
                .containsExactlyInAnyOrderElementsOf(names);

        assertThat(rights())
                .filteredOn(right -> right.resource().endsWith("admissionregistration.k8s.io"))
                .filteredOn(right -> !Set.of("get", "list", "watch").contains(right.verb()))
                .extracting(Right::role)
                .containsOnly("ClusterRole/bulkhead-guard-keeper");
        List<Right> rights = rightsOf("ClusterRole/bulkhead-guard-keeper").stream()
                .filter(right -> right.resource().endsWith("admissionregistration.k8s.io"))
                .toList();

        assertThat(rights)
                .filteredOn(right -> right.names().contains("bulkhead-operator-boundary"))
                .isNotEmpty()
                .allMatch(right -> right.verb().equals("get") && right.names().equals(leashes));
        names.removeAll(leashes);
        assertThat(rights)
                .filteredOn(right -> !right.names().contains("bulkhead-operator-boundary"))
                .isNotEmpty()
                .allMatch(right -> Set.of("get", "create", "patch").contains(right.verb())
                        && right.names().equals(names));
    }

    @Test
    void the_roles_for_people_never_touch_secrets_or_enter_pods() {
        for (String role : List.of("bulkhead-tenant-admin", "bulkhead-tenant-user", "bulkhead-auditor")) {
            assertThat(rightsOf("ClusterRole/" + role))
                    .isNotEmpty()
                    .extracting(Right::resource)
                    .doesNotContain(
                            "secrets",
                            "pods/exec",
                            "pods/attach",
                            "pods/portforward",
                            "pods/proxy",
                            "pods/ephemeralcontainers",
                            "services/proxy",
                            "endpoints",
                            "endpointslices.discovery.k8s.io",
                            "tenants.bulkhead.dev");
        }
    }

    /** To a policy a subresource is an object of its own: what no guard names, people must not be able to write. */
    @Test
    void people_write_no_subresource_but_the_scale_of_workloads_and_guard_1_is_asked_of_all_they_make() {
        Set<String> written = new TreeSet<>();
        for (String role : List.of("bulkhead-tenant-admin", "bulkhead-tenant-user", "bulkhead-auditor")) {
            rightsOf("ClusterRole/" + role).stream()
                    .filter(right -> !Set.of("get", "list", "watch").contains(right.verb()))
                    .forEach(right -> written.add(right.resource()));
        }
        Set<String> asked = new TreeSet<>();
        for (JsonNode rule : RenderedChart.object(OBJECTS, "ValidatingAdmissionPolicy", "bulkhead-metadata")
                .at("/spec/matchConstraints/resourceRules")) {
            String group = rule.at("/apiGroups/0").asText();
            rule.get("resources").forEach(r -> asked.add(r.asText() + (group.isEmpty() ? "" : "." + group)));
        }

        assertThat(written)
                .contains("pods")
                .filteredOn(resource -> resource.contains("/"))
                .containsExactly("deployments/scale.apps", "replicasets/scale.apps", "statefulsets/scale.apps");
        written.removeIf(resource -> resource.contains("/"));
        assertThat(asked).containsAll(written);
    }

    @Test
    void no_role_joins_the_cluster_s_view_edit_or_admin() {
        assertThat(OBJECTS)
                .filteredOn(o -> o.getKind().equals("ClusterRole"))
                .flatExtracting(o -> o.getMetadata().getLabels().keySet())
                .isNotEmpty()
                .noneMatch(label -> label.startsWith("rbac.authorization.k8s.io/aggregate-to-"));
    }

    @Test
    void the_only_cluster_roles_bound_are_those_of_the_platform_s_own_accounts() {
        assertThat(OBJECTS)
                .filteredOn(o -> o.getKind().equals("ClusterRoleBinding"))
                .extracting(binding -> binding.<String>get("roleRef", "name"))
                .containsExactlyInAnyOrder(
                        "bulkhead-operator", "bulkhead-prober", "bulkhead-guard-keeper", "bulkhead-canary-cluster");
    }

    @Test
    void without_canaries_nobody_is_given_their_rights_in_the_cluster() {
        assertThat(RenderedChart.objects(RenderedChart.minimalValues(), Map.of("canaries.install", "false")))
                .extracting(o -> o.getKind() + "/" + o.getMetadata().getName())
                .contains("ClusterRole/bulkhead-canary-attacker")
                .doesNotContain("ClusterRole/bulkhead-canary-cluster", "ClusterRoleBinding/bulkhead-canary-cluster");
    }

    /** What proves must not be able to make what it proves. */
    @Test
    void the_prober_writes_nothing_but_evidence_questions_and_its_own_pods() {
        assertThat(rights())
                .filteredOn(right -> right.role().endsWith("-prober"))
                .filteredOn(right -> !Set.of("get", "list", "watch").contains(right.verb()))
                .extracting(right -> right.verb() + " " + right.resource())
                .containsExactlyInAnyOrder(
                        "create incidents.bulkhead.dev",
                        "create pods",
                        "delete pods",
                        "create pods",
                        "delete pods",
                        "create services",
                        "delete services",
                        "create serviceaccounts/token",
                        "create tenantsecrets.bulkhead.dev",
                        "delete tenantsecrets.bulkhead.dev",
                        "create reports.openreports.io",
                        "patch reports.openreports.io",
                        // Of tenants that are gone.
                        "delete reports.openreports.io",
                        "create clusterreports.openreports.io",
                        "patch clusterreports.openreports.io",
                        "create reports.openreports.io",
                        "patch reports.openreports.io",
                        "create subjectaccessreviews.authorization.k8s.io");
    }

    private static List<Right> rightsOf(String role) {
        return rights().stream().filter(right -> right.role().equals(role)).toList();
    }

    private static List<Right> rights() {
        List<Right> rights = new ArrayList<>();
        for (GenericKubernetesResource object : OBJECTS) {
            if (object.getKind().equals("ClusterRole") || object.getKind().equals("Role")) {
                String name = object.getMetadata().getName();
                JsonNode role = RenderedChart.object(OBJECTS, object.getKind(), name);
                role.get("rules").forEach(rule -> rights.addAll(rights(object.getKind() + "/" + name, rule)));
            }
        }
        return rights;
    }

    private static List<Right> rights(String role, JsonNode rule) {
        List<Right> rights = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        rule.path("resourceNames").forEach(name -> names.add(name.asText()));
        for (JsonNode group : rule.get("apiGroups")) {
            for (JsonNode resource : rule.get("resources")) {
                for (JsonNode verb : rule.get("verbs")) {
                    String suffix = group.asText().isEmpty() ? "" : "." + group.asText();
                    rights.add(new Right(role, resource.asText() + suffix, verb.asText(), names));
                }
            }
        }
        return rights;
    }
}
