package dev.bulkhead.e2e.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.guard.GuardKeeper;
import dev.bulkhead.operator.guard.GuardReport;
import dev.bulkhead.operator.guard.GuardReport.GuardStanding;
import dev.bulkhead.operator.guard.GuardRounds;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

/** Guards that somebody takes away, changes or unbinds are back with the next round; guard 0 is only reported. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardKeeperIT {
    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);
    private static final String LEASH = "bulkhead-operator-boundary";

    @TempDir
    private static Path directory;

    private KubernetesClient admin;
    private final Faults calls = new Faults();
    private KubernetesClient account;
    private GuardKeeper keeper;
    private GuardRounds rounds;
    private Map<String, Object> before;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        Platform platform = Platform.install(client, endpoints, directory);
        before = specs();
        account = platform.guardKeeper(calls);
        keeper = new GuardKeeper(account, Bootstrap.NAMESPACE, Clock.systemUTC(), "test");
        rounds = new GuardRounds(keeper, Duration.ofMillis(200));
        rounds.start();
        awaitIntact();
    }

    @AfterAll
    void stop() {
        rounds.close();
        account.close();
    }

    @Test
    void policies_that_were_deleted_come_back() {
        policies().forEach(p -> admin.resource(p).delete());

        awaitRestored();
    }

    @Test
    void bindings_that_were_deleted_come_back() {
        bindings().forEach(b -> admin.resource(b).delete());

        awaitRestored();
    }

    @Test
    void a_policy_that_never_matches_any_more_matches_again() {
        policies()
                .forEach(p -> admin.resource(p).patch(PatchContext.of(PatchType.SERVER_SIDE_APPLY), """
                        {"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy",
                         "metadata":{"name":"%s"},
                         "spec":{"matchConditions":[{"name":"never","expression":"false"}]}}""".formatted(
                                p.getMetadata().getName())));
        assertThat(specs()).isNotEqualTo(before);

        awaitRestored();
    }

    @Test
    void a_policy_that_fails_open_fails_closed_again() {
        policies().forEach(p -> admin.resource(p).patch(MERGE, "{\"spec\":{\"failurePolicy\":\"Ignore\"}}"));
        assertThat(specs()).isNotEqualTo(before);

        awaitRestored();
    }

    @Test
    void bindings_that_only_audit_or_leave_namespaces_out_are_as_they_were() {
        bindings().forEach(b -> admin.resource(b).patch(MERGE, """
                        {"spec":{"validationActions":["Audit"],
                         "matchResources":{"namespaceSelector":{"matchLabels":{"no":"such"}}}}}"""));
        assertThat(specs()).isNotEqualTo(before);

        awaitRestored();
    }

    @Test
    void a_guard_that_lost_its_number_gets_it_back() {
        policies()
                .forEach(p ->
                        admin.resource(p).patch(MERGE, "{\"metadata\":{\"labels\":{\"bulkhead.dev/guard\":\"99\"}}}"));

        Awaitility.await("numbers")
                .atMost(Platform.PATIENCE)
                .until(() -> admin.admissionRegistration()
                        .v1()
                        .validatingAdmissionPolicies()
                        .withLabel("bulkhead.dev/guard", "99")
                        .list()
                        .getItems()
                        .isEmpty());
        awaitIntact();
    }

    @Test
    void guard_0_is_reported_and_left_alone() {
        ValidatingAdmissionPolicyBinding bound = admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withName(LEASH)
                .require();
        admin.resource(bound).delete();
        try {
            Awaitility.await("missing")
                    .atMost(Platform.PATIENCE)
                    .until(() -> leash().standing() == GuardStanding.MISSING);
            assertThat(leash().detail()).contains("ValidatingAdmissionPolicyBinding " + LEASH, "was deleted");
            GuardReport.GuardLine first = leash();
            GuardReport seen = keeper.state();
            assertThat(seen.intact()).isFalse();
            Awaitility.await("another round")
                    .atMost(Platform.PATIENCE)
                    .until(() -> !Objects.equals(keeper.state().observedAt(), seen.observedAt()));
            assertThat(leash()).isEqualTo(first);
            assertThat(admin.resource(bound).get()).isNull();
            assertThat(admin.v1().events().inNamespace("default").list().getItems())
                    .filteredOn(e -> "GuardTampered".equals(e.getReason()))
                    .anySatisfy(e -> assertThat(e.getMessage()).contains(LEASH));
        } finally {
            bound.getMetadata().setResourceVersion(null);
            bound.getMetadata().setUid(null);
            admin.resource(bound).create();
        }
        awaitIntact();

        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName(LEASH)
                .patch(MERGE, "{\"spec\":{\"failurePolicy\":\"Ignore\"}}");
        Awaitility.await("tampered")
                .atMost(Platform.PATIENCE)
                .until(() -> leash().standing() == GuardStanding.TAMPERED);
        admin.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName(LEASH)
                .patch(MERGE, "{\"spec\":{\"failurePolicy\":\"Fail\"}}");
        awaitIntact();
    }

    @Test
    void while_nothing_changes_nothing_is_written() {
        awaitIntact();
        calls.forget();
        GuardReport seen = keeper.state();

        Awaitility.await("another round")
                .atMost(Platform.PATIENCE)
                .until(() -> !Objects.equals(keeper.state().observedAt(), seen.observedAt()));

        assertThat(calls.writes())
                .filteredOn(c -> c.what().contains("admission"))
                .isEmpty();
    }

    private GuardReport.GuardLine leash() {
        return Objects.requireNonNull(keeper.state().guard("0"));
    }

    private void awaitIntact() {
        Awaitility.await("all guards intact")
                .atMost(Platform.PATIENCE)
                .until(() -> keeper.state().intact());
    }

    private void awaitRestored() {
        Awaitility.await("every guard as it was")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(specs()).isEqualTo(before));
        // What the keeper says of it comes with the end of its round, and the one before says intact as well.
        Instant restored = Instant.now();
        Awaitility.await("a look after that").atMost(Platform.PATIENCE).until(() -> {
            Instant looked = keeper.state().observedAt();
            return looked != null && looked.isAfter(restored);
        });
        awaitIntact();
        assertThat(keeper.state().guards())
                .filteredOn(line -> !line.guard().equals("0"))
                .hasSizeGreaterThan(11)
                .allSatisfy(line -> assertThat(line.lastRestored()).isNotNull());
    }

    private List<ValidatingAdmissionPolicy> policies() {
        return admin
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withLabel("bulkhead.dev/guard")
                .list()
                .getItems()
                .stream()
                .filter(GuardKeeperIT::kept)
                .toList();
    }

    private List<ValidatingAdmissionPolicyBinding> bindings() {
        return admin
                .admissionRegistration()
                .v1()
                .validatingAdmissionPolicyBindings()
                .withLabel("bulkhead.dev/guard")
                .list()
                .getItems()
                .stream()
                .filter(GuardKeeperIT::kept)
                .toList();
    }

    private static boolean kept(HasMetadata guard) {
        return !"0".equals(guard.getMetadata().getLabels().get("bulkhead.dev/guard"));
    }

    private Map<String, Object> specs() {
        Map<String, Object> specs = new TreeMap<>();
        policies().forEach(p -> specs.put("policy " + p.getMetadata().getName(), p.getSpec()));
        bindings().forEach(b -> specs.put("binding " + b.getMetadata().getName(), b.getSpec()));
        return specs;
    }
}
