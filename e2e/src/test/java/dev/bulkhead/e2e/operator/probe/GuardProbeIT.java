package dev.bulkhead.e2e.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.ShippedCanaries;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.guard.GuardContents;
import dev.bulkhead.operator.guard.GuardDryRun;
import dev.bulkhead.operator.guard.GuardKeeper;
import dev.bulkhead.operator.guard.GuardManifest.Expectation;
import dev.bulkhead.operator.guard.GuardManifests;
import dev.bulkhead.operator.kube.BorrowedAccount;
import dev.bulkhead.operator.probe.CanaryExchange;
import dev.bulkhead.operator.probe.GuardContentTrials;
import dev.bulkhead.operator.probe.GuardRound;
import dev.bulkhead.operator.probe.NamespaceProbe;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guards tried out as in every round: by the shipped canaries, with the prober's token and the rights of the chart. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardProbeIT {
    /** Longer than any test: only the start of an operator puts namespaces right. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String CAGE = ShippedCanaries.namespace("canary-one");

    @TempDir
    private static Path directory;

    private KubernetesClient admin;
    private Platform platform;
    private Platform.RunningOperator operator;
    private ShippedCanaries canaries;
    private ProbeSite site;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        platform = Platform.install(client, endpoints, directory);
        operator = platform.operator(new Faults(), NEVER);
        canaries = ShippedCanaries.on(platform);
        site = ProbeSite.on(platform);
        awaitBlocked();
    }

    @AfterAll
    void stop() {
        canaries.close();
        operator.close();
        site.close();
    }

    @Test
    void every_request_of_both_canaries_is_refused_by_its_own_guard() throws InterruptedException {
        List<Trial> trials = guards();

        assertThat(trials)
                .hasSize((int) (2
                        * GuardManifests.ofRounds().stream()
                                .filter(manifest -> manifest.expectation() == Expectation.REFUSE)
                                .count()))
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                        .isEqualTo(TrialResult.Blocked));
        assertThat(trials)
                .extracting(Trial::proves)
                .contains(Control.TI_NS, Control.TI_NET, Control.TI_POD, Control.TI_RBAC, Control.TI_SEC);
    }

    @Test
    void namespaces_of_every_tenant_are_marked_and_restricted() throws InterruptedException {
        assertThat(namespaces("canary-one"))
                .hasSize(3)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                        .isEqualTo(TrialResult.Blocked));
    }

    @Test
    void nothing_is_left_behind() throws InterruptedException {
        Set<String> before = objects();

        guards();

        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_guard_that_somebody_unbound_is_named_until_it_is_back() throws Exception {
        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("bulkhead-images")
                .delete();

        healed(() -> Awaitility.await("the guard is missed")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(through(guards())).hasSize(16).allSatisfy(trial -> {
                    assertThat(trial.proves()).isEqualTo(Control.TI_POD);
                    assertThat(trial.explanation()).contains("(guard 11)", "bulkhead-images let it through");
                    assertThat(trial.breach()).isFalse();
                })));
    }

    @Test
    void a_guard_of_the_evidence_that_somebody_unbound_is_named_until_it_is_back() throws Exception {
        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("bulkhead-evidence")
                .delete();

        healed(() -> Awaitility.await("the guard is missed")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(through(guards())).hasSize(6).allSatisfy(trial -> {
                    assertThat(trial.proves()).isEqualTo(Control.TI_RBAC);
                    assertThat(trial.explanation()).contains("(guard 9)", "bulkhead-evidence let it through");
                    assertThat(trial.breach()).isFalse();
                })));
    }

    @Test
    void a_guard_that_somebody_made_warn_instead_is_named_too() throws Exception {
        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName("bulkhead-services")
                .patch(MERGE, "{\"spec\":{\"validationActions\":[\"Warn\"]}}");

        healed(() -> Awaitility.await("the guard is missed")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(through(guards()))
                        .isNotEmpty()
                        .allSatisfy(
                                trial -> assertThat(trial.explanation()).contains("bulkhead-services only warned"))));
    }

    /** Requests do not tell: every one of them is refused as before, or, of the counts, there is none. */
    @ParameterizedTest
    @CsvSource({"bulkhead-priority, TI_POD", "bulkhead-counts, TI_NET", "bulkhead-acknowledgements, TI_RBAC"})
    void a_guard_that_somebody_changed_a_little_is_named_by_its_text(String guard, Control control) throws Exception {
        GuardContentTrials contents =
                new GuardContentTrials(new GuardContents(site.prober(), Bootstrap.NAMESPACE)::compare);
        assertThat(contents.trials()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName(guard)
                .patch(MERGE, """
                        {"spec":{"matchConditions":[{"name":"not-mine","expression":"request.userInfo.username != 'me'"}]}}""");

        healed(() -> {
            assertThat(through(contents.trials()))
                    .as("an upgrade may be on its way")
                    .isEmpty();
            assertThat(through(contents.trials())).singleElement().satisfies(trial -> {
                assertThat(trial.proves()).isEqualTo(control);
                assertThat(trial.explanation()).contains("ValidatingAdmissionPolicy " + guard, "its spec was changed");
                assertThat(trial.breach()).isFalse();
            });
        });

        assertThat(contents.trials()).extracting(Trial::result).containsOnly(TrialResult.Blocked);
    }

    @Test
    void a_namespace_that_is_no_longer_restricted_is_named_until_it_is_again() throws Exception {
        operator.close();
        admin.namespaces().withName(CAGE).patch(MERGE, """
                        {"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}""");

        healed(() -> {
            assertThat(through(namespaces("canary-one"))).singleElement().satisfies(trial -> {
                assertThat(trial.proves()).isEqualTo(Control.TI_POD);
                assertThat(trial.explanation())
                        .contains("namespace " + CAGE, "pod-security.kubernetes.io/enforce is missing");
            });
            assertThat(through(namespaces("canary-two"))).isEmpty();
            assertThat(through(guards()))
                    .extracting(Trial::explanation)
                    .allSatisfy(said -> assertThat(said).contains(CAGE))
                    .anySatisfy(said -> assertThat(said).contains("the nodes network (Pod Security)"));
        });

        assertThat(through(namespaces("canary-one"))).isEmpty();
    }

    @Test
    void a_namespace_that_passes_for_the_tenant_s_is_named() throws InterruptedException {
        Subject one = site.subject("canary-one");
        admin.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("guard-impostor")
                        .addToLabels("bulkhead.dev/identity", one.identity().value())
                        .endMetadata()
                        .build())
                .create();
        try {
            assertThat(through(namespaces("canary-one"))).singleElement().satisfies(trial -> {
                assertThat(trial.proves()).isEqualTo(Control.TI_NS);
                assertThat(trial.breach()).isTrue();
                assertThat(trial.explanation()).contains("namespace guard-impostor");
            });
        } finally {
            admin.namespaces().withName("guard-impostor").delete();
            Awaitility.await("the impostor is gone")
                    .atMost(Platform.PATIENCE)
                    .until(() -> admin.namespaces().withName("guard-impostor").get() == null);
        }
    }

    @Test
    void without_canaries_nothing_is_proven() throws InterruptedException {
        assertThat(guards(List::of)).hasSize(5).allSatisfy(trial -> {
            assertThat(trial.result()).isEqualTo(TrialResult.Unclear);
            assertThat(trial.explanation()).contains("canary-one and canary-two");
        });
    }

    @Test
    void the_prober_acts_as_no_other_account_of_a_canary() {
        assertThatThrownBy(() -> site.prober()
                        .serviceAccounts()
                        .inNamespace(CAGE)
                        .withName("default")
                        .tokenRequest())
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("cannot create resource \"serviceaccounts/token\"");
    }

    private interface Look {
        void look() throws Exception;
    }

    /** Looks at what was broken by hand; an operator that starts, and the keeper of the guards, put it right, and every trial is blocked again. */
    private void healed(Look broken) throws Exception {
        try {
            broken.look();
        } finally {
            operator.close();
            operator = platform.operator(new Faults(), NEVER);
            guardsBack();
            awaitBlocked();
        }
    }

    private void guardsBack() {
        try (KubernetesClient keeper = platform.guardKeeper(new Faults())) {
            new GuardKeeper(keeper, Bootstrap.NAMESPACE, Clock.systemUTC(), "test").round();
        }
    }

    private void awaitBlocked() {
        Awaitility.await("every guard in force")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(guards())
                        .allSatisfy(trial -> assertThat(trial.result())
                                .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                                .isEqualTo(TrialResult.Blocked)));
    }

    private List<Trial> guards() throws InterruptedException {
        return guards(() -> CanaryExchange.canaries(site.prober()));
    }

    private List<Trial> guards(Supplier<List<Subject>> tenants) throws InterruptedException {
        return new GuardRound(
                        tenants,
                        namespace -> BorrowedAccount.borrow(
                                site.prober(), namespace, AccessPlanner.CANARY, ExternalCalls.unobserved()),
                        new GuardDryRun(GuardManifests.ofRounds(), ProbeSite.SETTINGS.clusterDomain()))
                .trials();
    }

    private List<Trial> namespaces(String tenant) throws InterruptedException {
        return new NamespaceProbe(
                        () -> site.prober().namespaces().list().getItems(), ProbeSite.SETTINGS.podSecurityVersion())
                .run(site.subject(tenant), List.of());
    }

    private static List<Trial> through(List<Trial> trials) {
        return trials.stream()
                .filter(trial -> trial.result() == TrialResult.Through)
                .toList();
    }

    /** What a request that was no dry run would have made, changed or taken away. */
    private Set<String> objects() {
        return Stream.<List<? extends HasMetadata>>of(
                        admin.namespaces().list().getItems(),
                        admin.resources(dev.bulkhead.api.v1beta1.Tenant.class).list().getItems().stream()
                                .peek(tenant -> tenant.getMetadata().setResourceVersion(null))
                                .toList(),
                        admin.configMaps().inNamespace(CAGE).list().getItems(),
                        admin.services().inNamespace(CAGE).list().getItems(),
                        admin.endpoints().inNamespace(CAGE).list().getItems(),
                        admin.discovery()
                                .v1()
                                .endpointSlices()
                                .inNamespace(CAGE)
                                .list()
                                .getItems(),
                        admin.serviceAccounts().inNamespace(CAGE).list().getItems(),
                        admin.limitRanges().inNamespace(CAGE).list().getItems(),
                        admin.resourceQuotas().inNamespace(CAGE).list().getItems(),
                        admin.persistentVolumeClaims().inNamespace(CAGE).list().getItems(),
                        admin.pods().inNamespace(CAGE).list().getItems(),
                        admin.apps().deployments().inNamespace(CAGE).list().getItems(),
                        admin.batch().v1().cronjobs().inNamespace(CAGE).list().getItems(),
                        admin.network()
                                .v1()
                                .networkPolicies()
                                .inNamespace(CAGE)
                                .list()
                                .getItems(),
                        admin.network()
                                .v1()
                                .ingresses()
                                .inNamespace(CAGE)
                                .list()
                                .getItems(),
                        admin.rbac().roleBindings().inNamespace(CAGE).list().getItems())
                .flatMap(List::stream)
                .map(o -> o.getKind() + " " + o.getMetadata().getName() + " "
                        + o.getMetadata().getUid() + " " + o.getMetadata().getResourceVersion())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
