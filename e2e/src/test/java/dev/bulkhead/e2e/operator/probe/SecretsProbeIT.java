package dev.bulkhead.e2e.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.secrets.CapturedLog;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.guard.GuardManifests;
import dev.bulkhead.operator.probe.Canary;
import dev.bulkhead.operator.probe.CanaryExchange;
import dev.bulkhead.operator.probe.OperatorLog;
import dev.bulkhead.operator.probe.PodLog;
import dev.bulkhead.operator.secret.SealingPublicKey;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A value goes from one canary tenant to the other and is read nowhere but in its Secret. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsProbeIT {
    private static final List<String> NAMES = List.of("canary-one", "canary-two");

    @TempDir
    private static Path directory;

    private CapturedLog log;
    private Platform platform;
    private Platform.RunningOperator operator;
    private ProbeSite site;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) {
        log = CapturedLog.begin();
        platform = Platform.install(admin, endpoints, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(5));
        admin.resource(GuardManifests.profile()).forceConflicts().serverSideApply();
        NAMES.forEach(name -> platform.apply(tenant(name)));
        NAMES.forEach(platform::awaitReady);
        site = ProbeSite.on(platform);
        NAMES.forEach(name -> site.admitToCanary(name + "--app"));
        Awaitility.await("the prober's rights")
                .atMost(Platform.PATIENCE)
                .until(() -> exchange(lines()).trials().stream().noneMatch(t -> t.result() == TrialResult.Unclear));
    }

    @AfterAll
    void end() {
        site.close();
        NAMES.forEach(platform::remove);
        operator.close();
        log.stop();
    }

    private static String tenant(String name) {
        return """
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: %s }
                spec:
                  profile: bulkhead-canary
                  displayName: Canary
                  namespaces: [{ name: app }]
                  quota: { cpu: "1", memory: 1Gi, storage: 1Gi, pods: 5 }
                """.formatted(name);
    }

    @Test
    void it_opens_for_its_tenant_alone_and_nothing_is_left_behind() throws InterruptedException {
        List<Trial> trials = exchange(lines()).trials();

        assertThat(trials)
                .hasSize(3)
                .allSatisfy(trial -> assertThat(trial.result())
                        .as("%s: %s, %s", trial.name(), trial.attack(), trial.check())
                        .isEqualTo(TrialResult.Blocked));
        assertThat(trials.getFirst().attack().detail()).isIn("SealedForAnother", "UnknownSealKey");
        assertNothingIsLeft();
    }

    /** Then the other has no key of that version, whatever it tries. */
    @Test
    void the_sealing_key_of_one_may_be_exchanged_more_often() throws InterruptedException {
        Rotation rotation = new Rotation();
        rotation.setMetadata(
                new ObjectMetaBuilder().withName("canary-one-sealing-key").build());
        rotation.setSpec(new RotationSpec(
                "canary-one", List.of(RotationSpec.Rotatable.SealingKey), true, RotationSpec.Trigger.Person, null));
        platform.admin().resource(rotation).create();
        Awaitility.await("exchanged")
                .atMost(Platform.PATIENCE)
                .until(() -> sealKeyVersion("canary-one") > sealKeyVersion("canary-two"));

        Trial trial = exchange(lines()).trials().getFirst();

        assertThat(trial.result()).as("%s, %s", trial.attack(), trial.check()).isEqualTo(TrialResult.Blocked);
        assertThat(trial.attack().detail()).isEqualTo("UnknownSealKey");
    }

    private int sealKeyVersion(String tenant) {
        return Integer.parseInt(platform.admin()
                .configMaps()
                .inNamespace(tenant + "--app")
                .withName(SealingPublicKey.CONFIG_MAP)
                .require()
                .getData()
                .get(SealingPublicKey.VERSION_KEY));
    }

    @Test
    void what_a_killed_exchange_left_is_swept_by_the_next() throws InterruptedException {
        TenantSecret left = platform.admin().getKubernetesSerialization().unmarshal("""
                        apiVersion: bulkhead.dev/v1beta1
                        kind: TenantSecret
                        metadata: { name: canary-left, namespace: canary-two--app, labels: { bulkhead.dev/canary: "true" } }
                        spec: { data: { value: TSH1.AAAA } }
                        """, TenantSecret.class);
        platform.admin().resource(left).create();

        exchange(lines()).trials();

        assertNothingIsLeft();
    }

    @Test
    void a_log_that_nobody_can_read_or_that_is_another_s_is_no_proof() throws InterruptedException {
        OperatorLog wrong = _ -> new OperatorLog.LogReading.Text("another program's log");
        assertThat(exchange(wrong).trials().getLast().result()).isEqualTo(TrialResult.Unclear);

        OperatorLog refused = _ -> new OperatorLog.LogReading.Unreadable("HTTP 403");
        assertThat(exchange(refused).trials().getLast().result()).isEqualTo(TrialResult.Unclear);
    }

    /** The operator never does this; the log is made to show what was delivered. */
    @Test
    void a_plaintext_in_the_log_is_found() throws InterruptedException {
        OperatorLog leaking = _ -> new OperatorLog.LogReading.Text(
                platform.admin().secrets().inNamespace("canary-one--app").list().getItems().stream()
                        .filter(secret -> secret.getMetadata().getName().startsWith("canary-"))
                        .map(secret -> "DEBUG opened " + secret.getData())
                        .collect(Collectors.joining("\n")));
        Trial trial = exchange(leaking).trials().getLast();
        assertThat(trial.breach()).as("%s", trial.attack()).isTrue();
        assertThat(trial.name()).isEqualTo("plaintext of a sealed value is seen in the operator's log");
    }

    @Test
    void where_the_operator_runs_in_no_pod_its_log_is_left_out() throws InterruptedException {
        OperatorLog pods = new PodLog(platform.admin(), "bulkhead-system", Map.of("app", "nobody"));
        assertThat(exchange(pods).trials()).hasSize(2).extracting(Trial::result).containsOnly(TrialResult.Blocked);
    }

    /** The operator never does this; somebody who copies what it opened might. */
    @Test
    void a_plaintext_in_an_object_is_found() {
        KubernetesClient admin = platform.admin();
        try (var _ = admin.secrets().inNamespace("canary-one--app").watch(new Copier(admin))) {
            Awaitility.await("an exchange whose value was copied in time")
                    .atMost(Platform.PATIENCE)
                    .until(() -> exchange(lines()).trials().stream()
                            .filter(Trial::breach)
                            .anyMatch(t -> t.name().equals("plaintext of a sealed value is seen in objects")
                                    && t.attack().detail().contains("ConfigMap canary-one--app/copy")));
        } finally {
            admin.configMaps().inNamespace("canary-one--app").withName("copy").delete();
        }
    }

    /** Puts the value of every new canary Secret into a ConfigMap, in base64. */
    private record Copier(KubernetesClient admin) implements Watcher<Secret> {
        @Override
        public void eventReceived(Action action, Secret secret) {
            if (action == Action.ADDED && secret.getMetadata().getName().startsWith("canary-")) {
                admin.resource(new ConfigMapBuilder()
                                .withNewMetadata()
                                .withNamespace(secret.getMetadata().getNamespace())
                                .withName("copy")
                                .endMetadata()
                                .withData(secret.getData())
                                .build())
                        .forceConflicts()
                        .serverSideApply();
            }
        }

        @Override
        public void onClose(@Nullable WatcherException cause) {}
    }

    @Test
    void without_two_canaries_nothing_is_proven() throws InterruptedException {
        CanaryExchange alone = new CanaryExchange(
                site.prober(), List::<Subject>of, lines(), new SecureRandom(), Clock.systemUTC(), Duration.ZERO);
        assertThat(alone.trials()).isNotEmpty().extracting(Trial::result).containsOnly(TrialResult.Unclear);
        assertThat(alone.trials().getFirst().explanation()).contains("there are no two canary tenants");
    }

    private void assertNothingIsLeft() {
        Awaitility.await("TenantSecrets of the canaries are gone")
                .atMost(Platform.PATIENCE)
                .until(() -> platform.admin()
                        .resources(TenantSecret.class)
                        .inAnyNamespace()
                        .withLabel(Canary.MARK)
                        .list()
                        .getItems()
                        .isEmpty());
    }

    /** Other tests have tenants of this profile too. */
    private List<Subject> canaries() {
        return CanaryExchange.canaries(site.prober()).stream()
                .filter(subject -> NAMES.contains(subject.tenant()))
                .toList();
    }

    private OperatorLog lines() {
        return _ -> new OperatorLog.LogReading.Text(String.join("\n", log.lines()));
    }

    private CanaryExchange exchange(OperatorLog readable) {
        return new CanaryExchange(
                site.prober(), this::canaries, readable, new SecureRandom(), Clock.systemUTC(), Duration.ofSeconds(30));
    }
}
