package dev.bulkhead.e2e.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialKind;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.probe.AccessReviews;
import dev.bulkhead.operator.probe.ApiProbe;
import dev.bulkhead.operator.probe.NetworkSnapshot;
import dev.bulkhead.operator.probe.PlatformInventory;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.SecretsProbe;
import dev.bulkhead.operator.probe.StaticNetworkProbe;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The examples, as they are and with one thing broken at a time by somebody who may. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiProbeIT {
    private static final List<String> NAMES = List.of("klinik-nord", "ankerwerk", "waschhaus");
    private static final String APP = "klinik-nord--app";

    @TempDir
    private static Path directory;

    private Platform platform;
    private ProbeSite site;
    private Probe api;
    private Probe network;
    private Probe secrets;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) throws IOException {
        platform = Platform.install(admin, endpoints, directory);
        try (Platform.RunningOperator _ = platform.operator(new Faults(), Duration.ofSeconds(5))) {
            for (String example : List.of("digitaltwin-ankerwerk", "portal-waschhaus", "voice-agent-klinik-nord")) {
                platform.apply(Files.readString(Path.of("..", "examples", example + ".yaml")));
            }
            NAMES.forEach(platform::awaitReady);
        }
        site = ProbeSite.on(platform);
        KubernetesClient prober = site.prober();
        AccessReviews reviews = new AccessReviews(prober);
        api = new ApiProbe(reviews, () -> inventory(prober), ProbeSite.ACCOUNTS, Clock.systemUTC(), new Random(7));
        network = new StaticNetworkProbe(() -> NetworkSnapshot.read(prober, ProbeSite.SETTINGS), ProbeSite.SETTINGS);
        secrets = new SecretsProbe(reviews, List::of, ProbeSite.ACCOUNTS, Clock.systemUTC(), new Random(7));
        Awaitility.await("the prober's rights")
                .atMost(Platform.PATIENCE)
                .until(() -> run(api, "klinik-nord").stream().noneMatch(t -> t.result() == TrialResult.Unclear));
    }

    @AfterAll
    void end() {
        site.close();
    }

    @Test
    void the_examples_are_closed() throws InterruptedException {
        for (String name : NAMES) {
            List<Trial> trials = new ArrayList<>(run(api, name));
            trials.addAll(run(network, name));
            trials.addAll(run(secrets, name));
            assertThat(trials)
                    .allSatisfy(trial -> assertThat(trial.result())
                            .as("%s: %s: %s, %s", name, trial.name(), trial.attack(), trial.check())
                            .isEqualTo(TrialResult.Blocked));
            assertThat(trials)
                    .extracting(Trial::proves)
                    .contains(Control.TI_RBAC, Control.TI_ADM, Control.TI_NET, Control.TI_EGR, Control.TI_SEC);
        }
    }

    @Test
    void a_stranger_s_role_binding_is_named() throws InterruptedException {
        while_there_is(roleBinding("view", "User", "mallory@elsewhere.example"), () -> {
            Trial trial = through(run(api, "klinik-nord"), Control.TI_RBAC);
            assertThat(trial.breach()).isTrue();
            assertThat(trial.attack().toString())
                    .contains("User mallory@elsewhere.example", "RoleBinding " + APP + "/sabotage", "ClusterRole view");
            assertThat(ProbeSite.of(run(api, "waschhaus"), Control.TI_RBAC))
                    .as("another tenant is not concerned")
                    .extracting(Trial::result)
                    .containsOnly(TrialResult.Blocked);
        });
    }

    @Test
    void somebody_of_another_tenant_who_is_let_in_is_found_by_binding_and_by_asking() throws InterruptedException {
        while_there_is(roleBinding("edit", "Group", "system:serviceaccounts"), () -> {
            assertThat(through(run(api, "klinik-nord"), Control.TI_RBAC)
                            .attack()
                            .toString())
                    .contains("Group system:serviceaccounts", APP + "/sabotage");
            Awaitility.await("the API server's word")
                    .atMost(Platform.PATIENCE)
                    .until(() -> run(secrets, "klinik-nord").stream().anyMatch(Trial::breach));
        });
    }

    @Test
    void a_cluster_role_binding_to_everybody_concerns_every_tenant() throws InterruptedException {
        while_there_is(ProbeSite.clusterBinding("sabotage", "view", "Group", "system:authenticated"), () -> {
            for (String name : NAMES) {
                assertThat(through(run(api, name), Control.TI_RBAC).attack().toString())
                        .contains("system:authenticated", "ClusterRoleBinding sabotage");
            }
            Awaitility.await("the API server's word, which is of the same way and no further one")
                    .atMost(Platform.PATIENCE)
                    .untilAsserted(() -> assertThat(run(api, "klinik-nord"))
                            .noneMatch(trial -> trial.kind() == TrialKind.BreakOut && trial.breach())
                            .anyMatch(trial -> trial.name().startsWith("rights of ")
                                    && trial.kind() == TrialKind.Weakness
                                    && trial.result() == TrialResult.Through));
        });
    }

    /** Ordinary components of a cluster are nobody's way out of a tenant, and nobody is told that they were one. */
    @Test
    void an_account_of_the_platform_that_came_later_is_a_finding_and_no_breach() throws InterruptedException {
        while_there_is(ProbeSite.clusterBinding("sabotage", "view", "ServiceAccount", "prometheus"), () -> {
            for (String name : NAMES) {
                List<Trial> trials = run(api, name);
                assertThat(trials).noneMatch(Trial::breach);
                assertThat(trials)
                        .filteredOn(trial -> trial.result() == TrialResult.Through)
                        .singleElement()
                        .extracting(trial -> trial.attack().detail(), InstanceOfAssertFactories.STRING)
                        .contains("came later", "ServiceAccount bulkhead-system/prometheus", "'bulkhead trusted'");
            }
            assertThat(api.access().orElseThrow().later())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("ClusterRoleBinding sabotage");
        });
    }

    @Test
    void somebody_of_a_tenant_who_reaches_everywhere_is_every_other_tenants_breach() throws InterruptedException {
        while_there_is(ProbeSite.clusterBinding("sabotage", "view", "Group", "system:serviceaccounts:" + APP), () -> {
            for (String name : NAMES) {
                assertThat(through(run(api, name), Control.TI_RBAC).breach())
                        .as(name)
                        .isTrue();
            }
        });
    }

    /** Whoever gets into monitoring's pods has monitoring's token; whoever looks at them does not. */
    @Test
    void who_of_a_tenant_may_act_as_an_account_that_reaches_in_is_every_tenants_breach() throws InterruptedException {
        platform.admin().resource(namespace("monitoring")).serverSideApply();
        while_there_is(
                ProbeSite.clusterBinding("sabotage", "view", "Group", "system:serviceaccounts:monitoring"), () -> {
                    while_there_is(roleBinding("monitoring", "view", "Group", "system:serviceaccounts:" + APP), () -> {
                        for (String name : NAMES) {
                            assertThat(run(api, name)).as(name).noneMatch(Trial::breach);
                        }
                    });
                    while_there_is(roleBinding("monitoring", "edit", "Group", "system:serviceaccounts:" + APP), () -> {
                        for (String name : NAMES) {
                            assertThat(through(run(api, name), Control.TI_RBAC)
                                            .attack()
                                            .toString())
                                    .contains("RoleBinding monitoring/sabotage", "system:serviceaccounts:monitoring");
                        }
                    });
                });
    }

    /** What lies among the keys opens all tenants. */
    @Test
    void an_account_of_the_platform_that_reads_the_keys_is_a_finding() throws InterruptedException {
        String keys = ProbeSite.ACCOUNTS.keysNamespace();
        while_there_is(roleBinding(keys, "admin", "Group", "system:serviceaccounts:argocd"), () -> {
            List<Trial> trials = run(api, "waschhaus");
            assertThat(trials).noneMatch(Trial::breach);
            assertThat(api.access().orElseThrow().later())
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("RoleBinding " + keys + "/sabotage");
        });
    }

    @Test
    void a_policy_that_lets_everything_through_is_named() throws InterruptedException {
        while_there_is(allowAll(APP), () -> {
            List<Trial> trials = run(network, "klinik-nord");
            assertThat(through(trials, Control.TI_NET).attack().detail()).contains(APP + "/sabotage");
            assertThat(through(trials, Control.TI_EGR).attack().detail()).contains(APP + "/sabotage");
            assertThat(trials)
                    .filteredOn(t -> t.name().endsWith("of another tenant") && t.result() == TrialResult.Through)
                    .as("the other tenant's own end is still closed")
                    .isNotEmpty()
                    .noneMatch(Trial::breach);
            while_there_is(
                    allowAll("waschhaus--"
                            + site.subject("waschhaus").namespaces().getFirst().name()),
                    () -> assertThat(run(network, "klinik-nord"))
                            .filteredOn(t -> t.name().endsWith("of another tenant"))
                            .anyMatch(Trial::breach));
        });
    }

    @Test
    void without_a_positive_control_nothing_is_proven() throws InterruptedException {
        Subject self = site.subject("klinik-nord");
        Subject unbound = ProbeSite.administeredBy(self, "nobody@klinik-nord.example");

        assertThat(api.run(unbound, List.of()))
                .filteredOn(t -> t.name().startsWith("rights of a tenant-admin"))
                .isNotEmpty()
                .extracting(Trial::result)
                .containsOnly(TrialResult.Unclear);
    }

    @Test
    void a_prober_without_rights_proves_nothing() throws InterruptedException {
        KubernetesClient stranger = platform.client(new Faults());
        Probe blind = new ApiProbe(
                new AccessReviews(stranger),
                () -> inventory(stranger),
                ProbeSite.ACCOUNTS,
                Clock.systemUTC(),
                new Random(7));
        try (stranger) {
            assertThat(run(blind, "klinik-nord"))
                    .isNotEmpty()
                    .extracting(Trial::result)
                    .containsOnly(TrialResult.Unclear);
        }
    }

    private static PlatformInventory inventory(KubernetesClient client) {
        return PlatformInventory.of(
                ApiProbe.picture(client, ProbeSite.ACCOUNTS), ProbeSite.ACCOUNTS, LocalDate.now(ZoneOffset.UTC));
    }

    private interface Body {
        void run() throws InterruptedException;
    }

    private void while_there_is(HasMetadata object, Body body) throws InterruptedException {
        platform.admin().resource(object).create();
        try {
            body.run();
        } finally {
            platform.admin().resource(object).delete();
        }
    }

    private List<Trial> run(Probe probe, String tenant) throws InterruptedException {
        List<Subject> others =
                NAMES.stream().filter(n -> !n.equals(tenant)).map(site::subject).toList();
        return probe.run(site.subject(tenant), others);
    }

    private static Trial through(List<Trial> trials, Control control) {
        return ProbeSite.of(trials, control).stream()
                .filter(t -> t.result() == TrialResult.Through && t.kind() == TrialKind.OpenWay)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing got through: " + trials));
    }

    private static HasMetadata namespace(String name) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static HasMetadata roleBinding(String role, String kind, String subject) {
        return roleBinding(APP, role, kind, subject);
    }

    private static HasMetadata roleBinding(String namespace, String role, String kind, String subject) {
        return new RoleBindingBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("sabotage")
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("rbac.authorization.k8s.io", kind, subject, null)
                .build();
    }

    private static HasMetadata allowAll(String namespace) {
        return new NetworkPolicyBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("sabotage")
                .endMetadata()
                .withNewSpec()
                .withNewPodSelector()
                .endPodSelector()
                .withPolicyTypes("Ingress", "Egress")
                .addNewIngress()
                .endIngress()
                .addNewEgress()
                .endEgress()
                .endSpec()
                .build();
    }
}
