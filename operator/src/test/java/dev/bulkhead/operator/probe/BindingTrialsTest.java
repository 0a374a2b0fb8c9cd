package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.access.BindingExpansion;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.access.Tenantry;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cluster's bindings say about klinik-nord, whose people are zoe, adam, the group empfang, mia and revision. */
class BindingTrialsTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Instant INSTALLED = Instant.parse("2026-05-01T00:00:00Z");
    private static final LocalDate TODAY = LocalDate.of(2026, 6, 1);
    private static final Subject CLINIC = StaticNetworkProbeTest.subject(Tenants.full());
    private static final PlatformAccounts PLATFORM = new PlatformAccounts(
            Principal.account("bulkhead-system", "bulkhead-operator"),
            Principal.account("bulkhead-system", "bulkhead-prober"),
            "bulkhead-keys",
            List.of(new PlatformAccounts.Trust(
                    Principal.account("calico-system", "calico-node"), "network plugin", "platform team", TODAY)));
    private static final Tenant ANKERWERK = tenant("ankerwerk", "rolf@ankerwerk.example");

    private final Map<String, String> overfull = new HashMap<>();
    private final List<Role> roles = new ArrayList<>();
    private final List<ClusterRole> clusterRoles = new ArrayList<>();
    private final List<RoleBinding> bindings = new ArrayList<>();
    private final List<ClusterRoleBinding> clusterBindings = new ArrayList<>();

    BindingTrialsTest() {
        clusterRole("cluster-admin", "{apiGroups: ['*'], resources: ['*'], verbs: ['*']}");
        clusterRole("view", "{apiGroups: ['', apps], resources: [pods, configmaps, deployments], verbs: [get, list]}");
        clusterRole("secrets", "{apiGroups: [''], resources: [secrets], verbs: [get, create]}");
        clusterRole("exec", "{apiGroups: [''], resources: [pods/exec], verbs: [create]}");
        clusterRole("nodes", "{apiGroups: [''], resources: [nodes, namespaces], verbs: [get, list, watch]}");
        clusterRole("relabel", "{apiGroups: [''], resources: [namespaces], verbs: [patch]}");
        clusterRole("nodes-proxy", "{apiGroups: [''], resources: [nodes/proxy], verbs: [get]}");
        clusterRole("nodes-log", "{apiGroups: [''], resources: [nodes/log], verbs: [get]}");
        clusterRole("nodes-metrics", "{apiGroups: [''], resources: [nodes/metrics], verbs: [get]}");
        clusterRole("urls", "{nonResourceURLs: ['*'], verbs: ['*']}");
        clusterRole(
                "ask", "{apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews], verbs: [create]}");
        clusterRole("unknown", "{apiGroups: [example.com], resources: [things], verbs: [get]}");
        clusterRole("bulkhead-canary-attacker", "{apiGroups: [''], resources: [pods/exec], verbs: [create]}");
        clusterRole("bulkhead-canary-cluster", "{apiGroups: [''], resources: [namespaces], verbs: [create]}");
        clusterRole(
                "bulkhead-guard-keeper",
                "{apiGroups: [admissionregistration.k8s.io], resources: [validatingadmissionpolicies], verbs: [get, patch]}");
        clusterRole("impersonate", "{apiGroups: [''], resources: [users], verbs: [impersonate]}");
        clusterRole(
                "bulkhead-platform-admin", "{apiGroups: [bulkhead.dev], resources: [tenants], verbs: [get, patch]}");
        clusterRole(
                "bulkhead-platform-auditor",
                "{apiGroups: [bulkhead.dev], resources: [tenantsecrets], verbs: [get, list]}");
        bindCluster("cluster-admin", "cluster-admin", "{kind: Group, name: 'system:masters'}");
        for (String namespace : List.of("klinik-nord--app", "klinik-nord--workflows")) {
            bind(namespace, "bulkhead-operator", "ClusterRole", "secrets", operator());
            bind(namespace, "bulkhead-tenant-admins", "ClusterRole", "view", "{kind: User, name: zoe@klinik.example}");
        }
    }

    @Test
    void the_tenant_s_own_and_the_platform_s_own_are_no_strangers() {
        assertThat(strangers())
                .singleElement()
                .satisfies(t -> assertThat(t.result()).isEqualTo(TrialResult.Blocked));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: User, name: mallory}                                            | view    | User mallory",
                "{kind: User, name: MIA@klinik.example}                                 | view    | User MIA@klinik.example",
                "{kind: Group, name: helpers}                                           | view    | Group helpers",
                "{kind: Group, name: 'system:authenticated'}                            | view    | Group system:authenticated",
                "{kind: Group, name: 'system:unauthenticated'}                          | view    | Group system:unauthenticated",
                "{kind: Group, name: 'system:serviceaccounts'}                          | view    | Group system:serviceaccounts",
                "{kind: Group, name: 'system:serviceaccounts:ankerwerk--app'}           | view    | Group system:serviceaccounts:ankerwerk--app",
                "{kind: ServiceAccount, namespace: ankerwerk--app, name: default}       | view    | ServiceAccount ankerwerk--app/default",
                "{kind: User, name: 'system:serviceaccount:ankerwerk--app:default'}     | view    | ServiceAccount ankerwerk--app/default",
                "{kind: ServiceAccount, namespace: bulkhead-system, name: default}      | secrets | ServiceAccount bulkhead-system/default",
                "{kind: User, name: mallory}                                            | unknown | get things.example.com",
                "{kind: User, name: mia@klinik.example}                                 | secrets | get/create secrets",
                "{kind: ServiceAccount, namespace: klinik-nord--app, name: default}     | exec    | create pods/exec",
            })
    void a_stranger_in_a_namespace_is_named_with_the_binding_and_what_it_allows(
            String subject, String role, String named) {
        bind("klinik-nord--app", "extra", "ClusterRole", role, subject);

        assertThat(strangers()).singleElement().satisfies(trial -> {
            assertThat(trial.breach()).isTrue();
            assertThat(trial.attack().detail())
                    .contains("RoleBinding klinik-nord--app/extra", named, "ClusterRole " + role);
        });
    }

    /** An Incident of one covers no other. */
    @Test
    void two_bindings_of_one_stranger_are_two_ways() {
        bind("klinik-nord--app", "one", "ClusterRole", "view", "{kind: User, name: mallory}");
        bind("klinik-nord--app", "two", "ClusterRole", "secrets", "{kind: User, name: mallory}");

        assertThat(strangers()).extracting(Trial::way).hasSize(2).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: User, name: adam@klinik.example}                              | view",
                "{kind: Group, name: empfang}                                         | view",
                "{kind: ServiceAccount, namespace: klinik-nord--workflows, name: job} | view",
                "{kind: ServiceAccount, name: job}                                    | view",
                "{kind: Group, name: 'system:serviceaccounts:klinik-nord--app'}       | view",
                "{kind: ServiceAccount, namespace: kube-system, name: coredns}        | secrets",
                "{kind: ServiceAccount, namespace: calico-system, name: calico-node}  | view",
                "{kind: User, name: 'system:node:one'}                                | view",
                "{kind: User, name: mallory}                                          | nodes",
                "{kind: User, name: mallory}                                          | nobody-made-this-role",
            })
    void one_s_own_may_be_bound(String subject, String role) {
        bind("klinik-nord--app", "extra", "ClusterRole", role, subject);

        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: Group, name: 'system:authenticated'}                     | view        | Through",
                "{kind: Group, name: 'system:authenticated'}                     | cluster-admin | Through",
                "{kind: Group, name: 'system:authenticated'}                     | ask         | Blocked",
                "{kind: Group, name: 'system:authenticated'}                     | urls        | Blocked",
                "{kind: Group, name: 'system:authenticated'}                     | bulkhead-platform-auditor | Through",
                "{kind: User, name: 'system:anonymous'}                          | view        | Through",
                "{kind: User, name: 'system:anonymous'}                          | cluster-admin | Through",
                "{kind: User, name: 'system:anonymous'}                          | bulkhead-platform-auditor | Through",
                "{kind: ServiceAccount, namespace: klinik-nord--app, name: job}  | view        | Through",
                "{kind: ServiceAccount, namespace: ankerwerk--app, name: job}    | view        | Through",
                "{kind: Group, name: 'system:serviceaccounts:ankerwerk--app'}    | view        | Through",
                "{kind: User, name: rolf@ankerwerk.example}                      | view        | Through",
                "{kind: User, name: zoe@klinik.example}                          | view        | Through",
                "{kind: User, name: rolf@ankerwerk.example}                      | cluster-admin | Through",
                "{kind: User, name: rolf@ankerwerk.example}                      | bulkhead-platform-admin | Through",
                "{kind: User, name: rolf@ankerwerk.example}                      | bulkhead-platform-auditor | Through",
                "{kind: Group, name: ankerwerk-staff}                            | cluster-admin | Through",
                "{kind: Group, name: 'system:serviceaccounts:ankerwerk--app'}    | cluster-admin | Through",
                "{kind: ServiceAccount, namespace: ankerwerk--app, name: job}    | cluster-admin | Through",
                "{kind: ServiceAccount, namespace: former--app, name: job}       | cluster-admin | Through",
                "{kind: Group, name: 'system:serviceaccounts:former--app'}       | view        | Through",
                "{kind: ServiceAccount, namespace: shared--tools, name: job}     | nodes       | Blocked",
                "{kind: User, name: zoe@klinik.example}                          | cluster-admin | Through",
                "{kind: User, name: boss}                                        | cluster-admin | Blocked",
                "{kind: User, name: boss}                                        | bulkhead-platform-admin | Blocked",
                "{kind: User, name: revisor}                                     | bulkhead-platform-auditor | Blocked",
            })
    void a_binding_for_the_whole_cluster_is_a_breach_where_it_lets_somebody_of_a_tenant_in(
            String subject, String role, TrialResult result) {
        bindCluster("extra", role, subject);

        assertThat(strangers().getFirst().result()).isEqualTo(result);
        assertThat(strangers().getFirst().breach()).isEqualTo(result == TrialResult.Through);
        assertThat(platform().result()).as("%s", platform()).isEqualTo(TrialResult.Blocked);
        if (result == TrialResult.Through) {
            assertThat(strangers().getFirst().attack().detail()).contains("ClusterRoleBinding extra");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: User, name: mallory}                                     | view        | true",
                "{kind: User, name: mallory}                                     | nodes       | false",
                "{kind: User, name: mallory}                                     | relabel     | true",
                "{kind: Group, name: platform-on-call}                           | view        | true",
                "{kind: User, name: 'eks:nodewatcher'}                           | view        | true",
                "{kind: ServiceAccount, namespace: argocd, name: server}         | cluster-admin | true",
                "{kind: ServiceAccount, namespace: argocd, name: server}         | impersonate | true",
                "{kind: ServiceAccount, namespace: argocd, name: server}         | nodes-proxy | true",
                "{kind: ServiceAccount, namespace: logging, name: fluent-bit}    | nodes-log   | true",
                "{kind: ServiceAccount, namespace: monitoring, name: prometheus} | nodes-metrics | false",
                "{kind: ServiceAccount, namespace: calico-system, name: calico-node} | secrets | false",
            })
    void one_that_lets_an_account_of_the_platform_in_is_a_finding_and_no_breach(
            String subject, String role, boolean found) {
        bindCluster("extra", role, subject);

        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
        assertThat(platform().result()).isEqualTo(found ? TrialResult.Unclear : TrialResult.Blocked);
        assertThat(platform().breach()).isFalse();
        if (found) {
            assertThat(platform().attack().detail())
                    .startsWith("not yet accepted: ClusterRoleBinding extra lets ")
                    .endsWith("'bulkhead trusted' lists them and writes the values that accept them");
        }
    }

    @Test
    void who_was_there_before_waits_to_be_accepted_and_who_came_later_is_found() {
        bindCluster("before", "view", "{kind: User, name: mallory}");
        made("before", INSTALLED.minusSeconds(60));
        assertThat(platform().result()).isEqualTo(TrialResult.Unclear);

        bindCluster("along", "view", "{kind: User, name: mallory}");
        made("along", INSTALLED);
        assertThat(platform().result()).as("what comes along with the chart").isEqualTo(TrialResult.Unclear);

        bindCluster("later", "view", "{kind: User, name: mallory}", "{kind: User, name: eve}");
        made("later", INSTALLED.plusSeconds(1));
        assertThat(platform().result()).isEqualTo(TrialResult.Through);
        assertThat(platform().breach()).isFalse();
        assertThat(platform().attack().detail())
                .contains("User eve", "User mallory", "since 2026-05-01T00:00:01Z")
                .doesNotContain("ClusterRoleBinding before");
    }

    @ParameterizedTest
    @CsvSource({
        "ServiceAccount, flux-*, *-controller, true",
        "ServiceAccount, *, kustomize-controller, true",
        "ServiceAccount, flux-system, kustomize, false",
        "ServiceAccount, f*x*s*m, kustomize-*-controller, false",
        "ServiceAccount, f*x*s*m, k**con*er, true",
        "ServiceAccount, *flux-system*, kustomize-controller*controller, false",
        "ServiceAccount, flux.system, kustomize-controller, false",
        "ServiceAccount, flux, *, false",
        "User, '', *, false",
        "User, '', kustomize-controller, false",
    })
    void an_exception_may_leave_characters_open(String kind, String namespace, String name, boolean means) {
        bindCluster(
                "gitops",
                "cluster-admin",
                "{kind: ServiceAccount, namespace: flux-system, name: kustomize-controller}");
        Principal whom = new Principal(Principal.PrincipalKind.valueOf(kind), namespace, name);

        assertThat(platform(trusting(whom)).result()).isEqualTo(means ? TrialResult.Blocked : TrialResult.Unclear);
    }

    @Test
    void nobody_of_a_tenant_is_accepted_whatever_the_platform_says() {
        PlatformAccounts everybody = trusting(Principal.account("*", "j*"));
        bindCluster("extra", "view", "{kind: ServiceAccount, namespace: ankerwerk--app, name: job}");
        bind(
                "klinik-nord--app",
                "more",
                "ClusterRole",
                "view",
                "{kind: ServiceAccount, namespace: ankerwerk--app, name: job}");
        bind("klinik-nord--app", "fine", "ClusterRole", "view", "{kind: ServiceAccount, namespace: jobs, name: job}");

        assertThat(BindingTrials.strangers(inventory(everybody, TODAY), CLINIC, everybody, TODAY))
                .extracting(trial -> trial.attack().detail().split(" lets ", 2)[0])
                .containsExactlyInAnyOrder("RoleBinding klinik-nord--app/more", "ClusterRoleBinding extra");
    }

    @Test
    void who_administers_the_platform_is_counted_whomever_he_belongs_to() {
        bindCluster("extra", "cluster-admin", "{kind: User, name: rolf@ankerwerk.example}");

        assertThat(administrators().attack().detail()).contains("rolf@ankerwerk.example (ClusterRoleBinding extra)");
    }

    @Test
    void what_a_removed_tenant_left_is_not_the_platform_s_to_accept() {
        PlatformAccounts everybody = trusting(Principal.account("*", "*"));
        bind(
                "klinik-nord--app",
                "extra",
                "ClusterRole",
                "view",
                "{kind: ServiceAccount, namespace: former--app, name: job}");

        assertThat(BindingTrials.strangers(inventory(everybody, TODAY), CLINIC, everybody, TODAY))
                .extracting(Trial::breach)
                .containsExactly(true);
    }

    @Test
    void what_tries_the_guards_out_is_the_platform_s_own_by_the_chart_s_role_alone() {
        String canary = "{kind: ServiceAccount, namespace: canary-one--cage, name: bulkhead-canary}";
        bindCluster("bulkhead-canary-cluster", "bulkhead-canary-cluster", canary);
        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);

        bindCluster("extra", "view", canary);
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.attack().detail())
                        .contains("ClusterRoleBinding extra", "canary-one--cage/bulkhead-canary"));
    }

    @Test
    void what_puts_guards_back_is_the_platform_s_own_by_the_chart_s_role_alone() {
        String keeper = "{kind: ServiceAccount, namespace: bulkhead-system, name: bulkhead-guard-keeper}";
        bindCluster("bulkhead-guard-keeper", "bulkhead-guard-keeper", keeper);
        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
        assertThat(platform().result()).isEqualTo(TrialResult.Blocked);

        bindCluster("extra", "view", keeper);
        assertThat(platform().result()).isEqualTo(TrialResult.Unclear);
        assertThat(platform().attack().detail())
                .contains("ClusterRoleBinding extra", "bulkhead-system/bulkhead-guard-keeper");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{kind: ServiceAccount, namespace: kube-tools, name: bulkhead-guard-keeper}",
                "{kind: User, name: bulkhead-guard-keeper}"
            })
    void nobody_else_is_given_the_right_to_write_guards(String subject) {
        bindCluster("bulkhead-guard-keeper", "bulkhead-guard-keeper", subject);

        assertThat(platform().result()).isEqualTo(TrialResult.Unclear);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: ServiceAccount, namespace: bulkhead-system, name: bulkhead-canary} | false",
                "{kind: ServiceAccount, namespace: canary-one--cage, name: default}        | true",
                "{kind: ServiceAccount, namespace: canary-three--cage, name: bulkhead-canary} | false",
                "{kind: User, name: bulkhead-canary}                                       | false",
                "{kind: Group, name: 'system:serviceaccounts:canary-one--cage'}            | true",
            })
    void nobody_else_is_given_the_rights_to_try_guards(String subject, boolean ofTenant) {
        bindCluster("bulkhead-canary-cluster", "bulkhead-canary-cluster", subject);

        assertThat(strangers())
                .extracting(Trial::result)
                .containsOnly(ofTenant ? TrialResult.Through : TrialResult.Blocked);
        assertThat(platform().result()).isEqualTo(ofTenant ? TrialResult.Blocked : TrialResult.Unclear);
    }

    @Test
    void a_canary_is_let_into_no_other_tenant() {
        bind(
                "klinik-nord--app",
                "bulkhead-canary",
                "ClusterRole",
                "bulkhead-canary-attacker",
                "{kind: ServiceAccount, namespace: canary-one--cage, name: bulkhead-canary}");

        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Through);
    }

    @Test
    void a_canary_s_account_that_enters_pods_at_home_is_no_stranger_there() {
        Subject canary =
                StaticNetworkProbeTest.subject(Tenants.of("canary-one", "5a6b7c8d-1122-4333-8444-555666777888", """
                profile: bulkhead-canary
                displayName: Canary of the tests
                namespaces: [{ name: cage }]
                quota: { cpu: 500m, memory: 512Mi, pods: 4 }
                """));
        bind("canary-one--cage", "bulkhead-operator", "ClusterRole", "secrets", operator());
        String own = "{kind: ServiceAccount, namespace: canary-one--cage, name: bulkhead-canary}";
        bind("canary-one--cage", "bulkhead-canary", "ClusterRole", "bulkhead-canary-attacker", own);
        assertThat(BindingTrials.strangers(inventory(PLATFORM, TODAY), canary, PLATFORM, TODAY))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Blocked);

        bind("canary-one--cage", "extra", "ClusterRole", "bulkhead-canary-attacker", own);
        assertThat(BindingTrials.strangers(inventory(PLATFORM, TODAY), canary, PLATFORM, TODAY))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Through);
    }

    @Test
    void a_role_of_the_namespace_is_resolved_there_and_nowhere_else() {
        roles.add(read("""
                metadata: { namespace: klinik-nord--app, name: local }
                rules: [{ apiGroups: [''], resources: [pods], verbs: [list] }]
                """, Role.class));
        bind("klinik-nord--workflows", "extra", "Role", "local", "{kind: User, name: mallory}");
        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);

        bind("klinik-nord--app", "extra", "Role", "local", "{kind: User, name: mallory}");
        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Through);
    }

    @Test
    void somebody_whose_access_has_ended_is_a_stranger() {
        bind("klinik-nord--app", "auditors", "ClusterRole", "view", "{kind: User, name: revision@pruefstelle.example}");

        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
        assertThat(BindingTrials.strangers(inventory(PLATFORM, TODAY), CLINIC, PLATFORM, LocalDate.of(2027, 1, 1)))
                .extracting(Trial::result)
                .containsOnly(TrialResult.Through);
    }

    @Test
    void an_exception_is_said_with_its_reason_and_is_none_any_more_the_day_after_it_ends() {
        bindCluster("plugin", "secrets", "{kind: ServiceAccount, namespace: calico-system, name: calico-node}");

        assertThat(platform().attack())
                .isEqualTo(Attempt.refused(
                        "accounts of the platform",
                        "namespaces of klinik-nord",
                        "1 account of the platform reaches into every tenant, none of them not accepted: ServiceAccount"
                                + " calico-system/calico-node (network plugin, platform team, until 2026-06-01)"));
        assertThat(BindingTrials.platform(inventory(PLATFORM, TODAY.plusDays(1)), expansion(), CLINIC, PLATFORM))
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Unclear))
                .satisfies(trial -> assertThat(trial.attack().detail()).contains(", accepted until 2026-06-01"));
    }

    @Test
    void without_the_operator_s_own_binding_the_search_says_nothing() {
        bindings.removeIf(b -> b.getMetadata().getName().equals("bulkhead-operator")
                && b.getMetadata().getNamespace().equals("klinik-nord--app"));

        assertThat(strangers()).extracting(Trial::result).containsOnly(TrialResult.Unclear);
    }

    @Test
    void three_people_may_administer_the_platform_and_four_may_not() {
        bindCluster("admins", "cluster-admin", "{kind: User, name: one}", "{kind: User, name: two}");
        bindCluster("more", "secrets", "{kind: User, name: two}", "{kind: User, name: three}");
        assertThat(administrators().result()).isEqualTo(TrialResult.Blocked);

        bindCluster("platform", "bulkhead-platform-admin", "{kind: User, name: four}");
        assertThat(administrators().result()).isEqualTo(TrialResult.Through);
        assertThat(administrators().breach()).isFalse();
        assertThat(administrators().attack().detail())
                .startsWith("4 people")
                .contains("one (ClusterRoleBinding admins)", "four (ClusterRoleBinding platform)");
    }

    @Test
    void a_group_of_administrators_has_an_unknown_size() {
        bindCluster("admins", "cluster-admin", "{kind: Group, name: platform-team}");

        assertThat(administrators().result()).isEqualTo(TrialResult.Unclear);
        assertThat(administrators().explanation()).contains("platform-team (ClusterRoleBinding admins)");
    }

    @Test
    void administrators_are_not_counted_where_the_api_server_s_own_binding_was_not_read() {
        clusterBindings.clear();

        assertThat(administrators().result()).isEqualTo(TrialResult.Unclear);
    }

    @Test
    void an_administrator_who_is_named_in_a_tenant_is_a_breach_of_that_one() {
        bindCluster("extra", "cluster-admin", "{kind: User, name: zoe@klinik.example}");

        assertThat(strangers()).singleElement().satisfies(trial -> {
            assertThat(trial.breach()).isTrue();
            assertThat(trial.explanation()).contains("more than an admin has", "zoe@klinik.example");
        });
    }

    @Test
    void what_the_api_server_answers_by_a_binding_that_is_told_of_is_no_further_way() {
        bindCluster("extra", "view", "{kind: Group, name: 'system:authenticated'}");
        String role = " of ClusterRole \"view\" to Group \"system:authenticated\"";

        Predicate<String> told = BindingTrials.told(CLINIC, strangers());

        assertThat(told).accepts("RBAC: allowed by ClusterRoleBinding \"extra\"" + role);
        assertThat(told)
                .rejects(
                        "RBAC: allowed by ClusterRoleBinding \"another\"" + role,
                        "RBAC: allowed by RoleBinding \"extra/klinik-nord--app\"" + role,
                        "RBAC: allowed by RoleBinding \"x; RBAC: allowed by ClusterRoleBinding \\\"extra\\\" of \""
                                + role,
                        "webhook",
                        "");
    }

    /** Guard 7 lets a tenant's admins bind both: what spec.namespaces no longer names, and what is not there. */
    @ParameterizedTest
    @ValueSource(strings = {"klinik-nord--old", "klinik-nord--mistyped"})
    void what_runs_in_a_namespace_that_the_tenant_left_is_its_own(String namespace) {
        bindAccountOf(namespace, "extra", "view");

        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        bindAccountOf(namespace, "more", "secrets");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.breach()).isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"klinik-nord--former", "klinik-nord--nobodys"})
    void a_namespace_of_a_like_name_that_is_somebody_else_s_is_a_stranger_s(String namespace) {
        bindAccountOf(namespace, "extra", "view");

        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.breach()).isTrue());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bulkhead-keys   | secrets | {kind: User, name: 'rolf@ankerwerk.example'}",
                "bulkhead-keys   | secrets | {kind: User, name: 'zoe@klinik.example'}",
                "bulkhead-system | exec    | {kind: ServiceAccount, namespace: former--app, name: default}",
                "bulkhead-system | secrets | {kind: Group, name: 'system:authenticated'}",
                "kube-system     | exec    | {kind: User, name: 'rolf@ankerwerk.example'}",
            })
    void somebody_of_any_tenant_in_the_platform_s_own_namespaces_is_every_tenant_s_breach(
            String namespace, String role, String subject) {
        bind(namespace, "extra", "ClusterRole", role, subject);

        assertThat(strangers()).singleElement().satisfies(trial -> {
            assertThat(trial.breach()).isTrue();
            assertThat(trial.attack().target())
                    .isEqualTo("namespaces of klinik-nord by RoleBinding " + namespace + "/extra");
        });
    }

    @Test
    void who_only_looks_in_the_platform_s_own_namespaces_or_is_the_platform_s_is_none() {
        bind("bulkhead-system", "look", "ClusterRole", "view", "{kind: User, name: 'rolf@ankerwerk.example'}");
        bind("bulkhead-keys", "own", "ClusterRole", "secrets", operator());
        bind(
                "bulkhead-keys",
                "backup",
                "ClusterRole",
                "secrets",
                "{kind: ServiceAccount, namespace: backup, name: velero}");

        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        overfull.put("bulkhead-keys", "namespace bulkhead-keys holds more than 2 objects of kind RoleBinding");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Unclear));
    }

    /** Each of the rules by itself; zoe is somebody of the tenant that is looked at, rolf of another one. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'', pods, create                                        | Through",
                "'', pods, patch                                         | Through",
                "'', pods/ephemeralcontainers, patch                     | Through",
                "'', '*/exec', create                                    | Through",
                "'', pods/exec, get                                      | Through",
                "'', pods/attach, create                                 | Through",
                "'', replicationcontrollers, update                      | Through",
                "apps, deployments, patch                                | Through",
                "apps, statefulsets, '*'                                 | Through",
                "batch, cronjobs, create                                 | Through",
                "'', serviceaccounts/token, create                       | Through",
                "'', serviceaccounts, impersonate                        | Through",
                "'', secrets, get                                        | Through",
                "'', secrets, patch                                      | Through",
                "'', secrets, deletecollection                           | Through",
                "rbac.authorization.k8s.io, roles, escalate              | Through",
                "rbac.authorization.k8s.io, clusterroles, bind           | Through",
                "'*', '*', get                                           | Through",
                "'', pods, list                                          | Blocked",
                "'', pods, delete                                        | Blocked",
                "'', pods/log, get                                       | Blocked",
                "'', pods/portforward, create                            | Blocked",
                "'', services/proxy, get                                 | Blocked",
                "'', secrets, create                                     | Blocked",
                "'', configmaps, create                                  | Blocked",
                "apps, deployments/scale, patch                          | Blocked",
                "apps, pods, create                                      | Blocked",
                "rbac.authorization.k8s.io, rolebindings, create         | Blocked",
                "monitoring.coreos.com, servicemonitors, '*'             | Blocked",
                "argoproj.io, applications, create                       | Blocked",
            })
    void who_of_a_tenant_may_act_as_an_account_that_reaches_in_is_every_tenant_s_breach(
            String rule, TrialResult result) {
        String[] parts = rule.split(", ", -1);
        clusterRole(
                "here", "{apiGroups: [" + parts[0] + "], resources: [" + parts[1] + "], verbs: [" + parts[2] + "]}");
        bindCluster("gitops", "view", "{kind: ServiceAccount, namespace: argocd, name: server}");
        bind("argocd", "extra", "ClusterRole", "here", "{kind: User, name: rolf@ankerwerk.example}");

        for (PlatformAccounts accounts : List.of(PLATFORM, trusting(Principal.account("argocd", "*")))) {
            assertThat(BindingTrials.strangers(inventory(accounts, TODAY), CLINIC, accounts, TODAY))
                    .singleElement()
                    .satisfies(trial -> {
                        assertThat(trial.result()).isEqualTo(result);
                        if (result == TrialResult.Through) {
                            assertThat(trial.breach()).isTrue();
                            assertThat(trial.attack().target())
                                    .isEqualTo("namespaces of klinik-nord by RoleBinding argocd/extra");
                            assertThat(trial.attack().detail())
                                    .endsWith(
                                            ", and so act as ServiceAccount argocd/server, which reaches into every tenant");
                        }
                    });
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kind: User, name: 'zoe@klinik.example'}                            | Through",
                "{kind: ServiceAccount, namespace: ankerwerk--app, name: job}        | Through",
                "{kind: Group, name: 'system:authenticated'}                         | Through",
                "{kind: User, name: mallory}                                         | Blocked",
                "{kind: ServiceAccount, namespace: argocd, name: application-controller} | Blocked",
            })
    void only_somebody_of_a_tenant_comes_out_of_one_by_an_account_of_the_platform(String subject, TrialResult result) {
        bindCluster("gitops", "view", "{kind: Group, name: 'system:serviceaccounts:argocd'}");
        bind("argocd", "extra", "ClusterRole", "exec", subject);

        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(result));
    }

    @Test
    void an_account_that_reaches_into_no_tenant_is_nobody_s_way_and_one_that_reaches_the_keys_is() {
        bindCluster("nodes", "nodes", "{kind: ServiceAccount, namespace: velero, name: velero}");
        bind("velero", "extra", "ClusterRole", "exec", "{kind: User, name: rolf@ankerwerk.example}");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        bind(
                "bulkhead-keys",
                "backup",
                "ClusterRole",
                "secrets",
                "{kind: ServiceAccount, namespace: velero, name: velero}");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.breach()).isTrue());
    }

    @Test
    void where_an_account_that_reaches_in_is_at_home_too_much_cannot_be_looked_at() {
        overfull.put("argocd", "namespace argocd holds more than 2 objects of kind RoleBinding");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        bindCluster("gitops", "view", "{kind: ServiceAccount, namespace: argocd, name: server}");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Unclear));
    }

    /** What lies there opens all tenants, as a binding for the whole cluster does. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bulkhead-keys   | secrets | {kind: ServiceAccount, namespace: argocd, name: server}              | true",
                "bulkhead-system | exec    | {kind: ServiceAccount, namespace: argocd, name: server}              | true",
                "bulkhead-keys   | secrets | {kind: User, name: mallory}                                          | true",
                "bulkhead-keys   | secrets | {kind: ServiceAccount, namespace: bulkhead-system, name: default}    | true",
                "bulkhead-system | view    | {kind: ServiceAccount, namespace: monitoring, name: prometheus}      | false",
                "bulkhead-keys   | secrets | {kind: ServiceAccount, namespace: bulkhead-system, name: bulkhead-operator} | false",
                "bulkhead-keys   | secrets | {kind: ServiceAccount, namespace: calico-system, name: calico-node}  | false",
                "bulkhead-keys   | secrets | {kind: ServiceAccount, namespace: kube-system, name: job-controller} | false",
                "bulkhead-keys   | secrets | {kind: User, name: rolf@ankerwerk.example}                           | false",
                "monitoring      | secrets | {kind: ServiceAccount, namespace: argocd, name: server}              | false",
            })
    void an_account_of_the_platform_that_reaches_the_operator_or_the_keys_waits_to_be_accepted(
            String namespace, String role, String subject, boolean found) {
        bind(namespace, "extra", "ClusterRole", role, subject);

        assertThat(platform().result()).isEqualTo(found ? TrialResult.Unclear : TrialResult.Blocked);
        assertThat(platform().breach()).isFalse();
        if (found) {
            assertThat(platform().attack().detail())
                    .startsWith("not yet accepted: RoleBinding " + namespace + "/extra lets ");
            bindings.getLast()
                    .getMetadata()
                    .setCreationTimestamp(INSTALLED.plusSeconds(1).toString());
            assertThat(platform().result()).isEqualTo(TrialResult.Through);
            assertThat(platform().breach()).isFalse();
        }
    }

    @Test
    void what_the_chart_s_roles_give_there_is_the_platform_s_own() {
        for (String role : List.of("bulkhead-verify", "bulkhead-guard-keeper")) {
            roles.add(read(
                    "{metadata: {namespace: bulkhead-system, name: " + role
                            + "}, rules: [{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}]}",
                    Role.class));
        }
        bind("bulkhead-system", "verifiers", "Role", "bulkhead-verify", "{kind: User, name: ops@example.com}");
        bind(
                "bulkhead-system",
                "bulkhead-guard-keeper",
                "Role",
                "bulkhead-guard-keeper",
                "{kind: ServiceAccount, namespace: bulkhead-system, name: bulkhead-guard-keeper}");
        assertThat(platform().result()).isEqualTo(TrialResult.Blocked);

        bind(
                "bulkhead-system",
                "robots",
                "Role",
                "bulkhead-verify",
                "{kind: ServiceAccount, namespace: ci, name: nightly}");
        assertThat(platform().attack().detail()).contains("ServiceAccount ci/nightly");
    }

    @Test
    void of_a_namespace_that_holds_too_much_nothing_is_said_and_of_another_tenant_s_as_ever() {
        overfull.put("elsewhere--app", "namespace elsewhere--app holds more than 2 objects of kind Role");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.result()).isEqualTo(TrialResult.Blocked));

        overfull.put("klinik-nord--app", "namespace klinik-nord--app holds more than 2 objects of kind RoleBinding");

        assertThat(strangers()).singleElement().satisfies(trial -> {
            assertThat(trial.result()).isEqualTo(TrialResult.Unclear);
            assertThat(trial.explanation())
                    .contains("namespace klinik-nord--app holds more than 2 objects of kind RoleBinding");
        });

        bindCluster("extra", "view", "{kind: Group, name: 'system:authenticated'}");
        assertThat(strangers())
                .singleElement()
                .satisfies(trial -> assertThat(trial.breach())
                        .as("what is found nevertheless")
                        .isTrue());
    }

    private void bindAccountOf(String namespace, String binding, String role) {
        String account = "{kind: ServiceAccount, namespace: " + namespace + ", name: default}";
        bind("klinik-nord--app", binding, "ClusterRole", role, account);
    }

    private List<Trial> strangers() {
        return BindingTrials.strangers(inventory(PLATFORM, TODAY), CLINIC, PLATFORM, TODAY);
    }

    private Trial administrators() {
        return BindingTrials.administrators(expansion(), inventory(PLATFORM, TODAY));
    }

    private Trial platform() {
        return platform(PLATFORM);
    }

    private Trial platform(PlatformAccounts accounts) {
        return BindingTrials.platform(inventory(accounts, TODAY), expansion(), CLINIC, accounts);
    }

    private PlatformInventory inventory(PlatformAccounts accounts, LocalDate today) {
        return PlatformInventory.of(picture(), accounts, today);
    }

    private static PlatformAccounts trusting(Principal whom) {
        return new PlatformAccounts(
                PLATFORM.operator(),
                PLATFORM.prober(),
                PLATFORM.keysNamespace(),
                List.of(new PlatformAccounts.Trust(whom, "reason", "owner", TODAY)));
    }

    private AccessPicture picture() {
        return new AccessPicture(
                expansion(),
                Tenantry.of(
                        List.of(Tenants.fullTenant(), ANKERWERK, tenant("canary-one", "nobody@canary.example")),
                        List.of(
                                namespace(
                                        "former--app", Map.of(Marks.IDENTITY, "5a6b7c8d-1122-4333-8444-555666777888")),
                                namespace(
                                        "klinik-nord--old",
                                        Map.of(Marks.IDENTITY, CLINIC.identity().value())),
                                namespace(
                                        "klinik-nord--former",
                                        Map.of(Marks.IDENTITY, "5a6b7c8d-1122-4333-8444-555666777888")),
                                namespace("klinik-nord--nobodys", Map.of()),
                                namespace("shared--tools", Map.of()))),
                INSTALLED,
                overfull);
    }

    private static Tenant tenant(String name, String admin) {
        String spec = """
                profile: portal
                displayName: Other
                namespaces: [{ name: %s }]
                quota: { cpu: 500m, memory: 512Mi, pods: 4 }
                people: { admins: [{ user: %s }], users: [{ group: %s-staff }] }
                """.formatted(name.startsWith("canary") ? "cage" : "app", admin, name);
        Tenant tenant = new Tenant();
        tenant.setMetadata(new ObjectMetaBuilder().withName(name).build());
        tenant.setSpec(read(spec, TenantSpec.class));
        return tenant;
    }

    private static Namespace namespace(String name, Map<String, String> labels) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .build();
    }

    private void made(String binding, Instant at) {
        clusterBindings.stream()
                .filter(b -> b.getMetadata().getName().equals(binding))
                .forEach(b -> b.getMetadata().setCreationTimestamp(at.toString()));
    }

    private BindingExpansion expansion() {
        return BindingExpansion.of(roles, clusterRoles, bindings, clusterBindings);
    }

    private static String operator() {
        return "{kind: ServiceAccount, namespace: bulkhead-system, name: bulkhead-operator}";
    }

    private void clusterRole(String name, String rule) {
        clusterRoles.add(read("{metadata: {name: " + name + "}, rules: [" + rule + "]}", ClusterRole.class));
    }

    private void bind(String namespace, String name, String kind, String role, String... subjects) {
        bindings.add(read(
                "{metadata: {namespace: " + namespace + ", name: " + name + "}, roleRef: {kind: " + kind + ", name: "
                        + role + "}, subjects: [" + String.join(", ", subjects) + "]}",
                RoleBinding.class));
    }

    private void bindCluster(String name, String role, String... subjects) {
        clusterBindings.add(read(
                "{metadata: {name: " + name + "}, roleRef: {kind: ClusterRole, name: " + role + "}, subjects: ["
                        + String.join(", ", subjects) + "]}",
                ClusterRoleBinding.class));
    }

    private static <T> T read(String yaml, Class<T> type) {
        try {
            return YAML.readValue(yaml, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
