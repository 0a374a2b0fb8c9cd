package dev.bulkhead.e2e.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.ShippedCanaries;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.evidence.Trial.TrialResult;
import dev.bulkhead.operator.probe.CanaryExchange;
import dev.bulkhead.operator.probe.connection.ConnectionProbe;
import dev.bulkhead.operator.probe.connection.ProbeImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the prober's pods come to where nobody runs them: said, and taken away again. What they find where they run is
 * tested on a node.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionProbeIT {
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String LISTENER = "bulkhead-probe-listener";
    private static final String CAGE = "canary-one--cage";

    @TempDir
    private static Path directory;

    private KubernetesClient admin;
    private Platform.RunningOperator operator;
    private ShippedCanaries canaries;
    private ProbeSite site;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints endpoints) {
        admin = client;
        Platform platform = Platform.install(client, endpoints, directory);
        operator = platform.operator(new Faults(), NEVER);
        canaries = ShippedCanaries.on(platform);
        site = ProbeSite.on(platform);
        Awaitility.await("the prober's rights").atMost(Platform.PATIENCE).until(() -> {
            String reason = reason(List.of(ready("nobody")));
            return !reason.contains("is not let in") && !reason.contains("403");
        });
    }

    @AfterAll
    void stop() {
        canaries.close();
        operator.close();
        site.close();
    }

    @Test
    void without_a_node_nothing_is_made_and_that_is_the_reason() throws InterruptedException {
        assertThat(reason(List.of())).contains("no node of the cluster is ready");
        assertThat(reason(List.of(cordoned()))).contains("no node of the cluster is ready");
        assertThat(left()).isEmpty();
    }

    @Test
    void pods_that_no_node_takes_are_said_to_and_taken_away() throws InterruptedException {
        assertThat(reason(List.of(ready("nobody"))))
                .contains("pod canary-two--cage/" + LISTENER + " does not start: no node has taken it");

        assertThat(left()).isEmpty();
    }

    @Test
    void what_a_killed_prober_left_is_replaced() throws InterruptedException {
        Pod left = admin.resource(pod(CAGE, "bulkhead.dev/probe")).create();

        assertThat(reason(List.of(ready("nobody")))).contains("does not start");

        assertThat(admin.resource(left).get()).isNull();
        assertThat(left()).isEmpty();
    }

    @Test
    void a_pod_of_that_name_that_is_somebody_else_s_is_not_touched() throws InterruptedException {
        Pod foreign = admin.resource(pod(CAGE, "example.org/mine")).create();
        try {
            assertThat(reason(List.of(ready("nobody"))))
                    .contains("Pod " + CAGE + "/" + LISTENER + " is not the prober's; delete it");
            assertThat(admin.resource(foreign).get().getMetadata().getUid())
                    .isEqualTo(foreign.getMetadata().getUid());
        } finally {
            admin.resource(foreign).withGracePeriod(0).delete();
        }
    }

    /** Why the network of canary-one could not be tried, with canary-two at the other end. */
    private String reason(List<Node> nodes) throws InterruptedException {
        KubernetesClient prober = site.prober();
        ConnectionProbe probe = new ConnectionProbe(
                prober,
                new ProbeImage("bulkhead-operator:" + version(), "IfNotPresent"),
                () -> nodes,
                () -> CanaryExchange.canaries(prober),
                List::of,
                Duration.ZERO,
                Duration.ofSeconds(3),
                new SecureRandom(),
                Clock.systemUTC());
        List<Trial> trials = probe.run(site.subject("canary-one"), List.of());
        assertThat(trials).hasSize(2).extracting(Trial::result).containsOnly(TrialResult.Unclear);
        return trials.getFirst().explanation();
    }

    /** What the chart says that the prober's pods run. */
    private String version() {
        String config = Objects.requireNonNull(admin.configMaps()
                .inNamespace("bulkhead-system")
                .withName("bulkhead-operator")
                .require()
                .getData()
                .get("config.yaml"));
        String image = config.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("image: "))
                .findFirst()
                .orElseThrow();
        return image.substring(image.lastIndexOf(':') + 1);
    }

    private List<String> left() {
        Awaitility.await("pods are gone")
                .atMost(Platform.PATIENCE)
                .until(() -> admin.pods()
                        .inAnyNamespace()
                        .withLabel("bulkhead.dev/probe")
                        .list()
                        .getItems()
                        .isEmpty());
        return admin.services().inAnyNamespace().withLabel("bulkhead.dev/probe").list().getItems().stream()
                .map(service -> service.getMetadata().getName())
                .toList();
    }

    private static Node ready(String name) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }

    private static Node cordoned() {
        return new NodeBuilder(ready("cordoned"))
                .editSpec()
                .withUnschedulable(true)
                .endSpec()
                .build();
    }

    private static Pod pod(String namespace, String label) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(LISTENER)
                .withNamespace(namespace)
                .addToLabels(label, "listener")
                .endMetadata()
                .withNewSpec()
                .withAutomountServiceAccountToken(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("main")
                .withImage("registry.bulkhead.invalid/left")
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }
}
