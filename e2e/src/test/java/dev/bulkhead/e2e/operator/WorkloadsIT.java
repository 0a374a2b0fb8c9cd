package dev.bulkhead.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code WorkloadsAvailable} says of roll-outs as the real controllers do them. There is no node: what a kubelet would
 * say of a pod is written by hand.
 */
@ExtendWith(StackExtension.class)
class WorkloadsIT {
    private static final String NAME = "rollout";
    private static final String WEB = NAME + "--web";
    private static final String IMAGE =
            "registry.example/api@sha256:1111111111111111111111111111111111111111111111111111111111111111";
    private static final String NO_IMAGE = """
            {"status": {"phase": "Pending",
              "containerStatuses": [{"name": "workflow", "ready": false, "restartCount": 0, "image": "x", "imageID": "",
                                     "state": {"waiting": {"reason": "ImagePullBackOff",
                                                           "message": "Back-off pulling image: not found"}}}]}}
            """;

    @TempDir
    private static Path directory;

    @Test
    void a_new_version_that_does_not_come_up_is_told_with_its_reason(KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        try (Platform.RunningOperator _ = platform.operator(new Faults())) {
            platform.apply(tenant(1, 1));
            platform.awaitReady(NAME);
            status(admin, podOf(admin, 1), running());
            platform.await(NAME, "WorkloadsAvailable", Condition.Status.True);

            platform.apply(tenant(2, 1));

            assertThat(told(platform, "QuotaExceeded"))
                    .contains("workflow api")
                    .contains("exceeded quota")
                    .contains("raise spec.quota");

            platform.apply(tenant(3, 3));
            Pod third = podOf(admin, 3);
            assertThat(told(platform, "RollingOut")).contains("workflow api");
            status(admin, third, NO_IMAGE);

            assertThat(told(platform, "ImagePullFailed"))
                    .contains("workflow api")
                    .contains(IMAGE)
                    .contains("Back-off pulling image: not found");

            status(admin, third, running());
            platform.await(NAME, "WorkloadsAvailable", Condition.Status.True);
            platform.remove(NAME);
        }
    }

    private static String told(Platform platform, String reason) {
        Awaitility.await(reason)
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> available(platform).status() == Condition.Status.False
                        && available(platform).reason().equals(reason));
        return available(platform).message();
    }

    private static Condition available(Platform platform) {
        return Objects.requireNonNull(Platform.condition(platform.tenant(NAME), "WorkloadsAvailable"));
    }

    /** The pod of this release: one of the release before may come up shortly before its controller knows. */
    private static Pod podOf(KubernetesClient admin, int release) {
        return Awaitility.await("a pod of release " + release)
                .atMost(Platform.PATIENCE)
                .until(
                        () ->
                                admin
                                        .pods()
                                        .inNamespace(WEB)
                                        .withLabel("bulkhead.dev/workflow", "api")
                                        .list()
                                        .getItems()
                                        .stream()
                                        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                                        .filter(pod -> pod.getSpec().getContainers().getFirst().getEnv().stream()
                                                .anyMatch(e -> e.getName().equals("RELEASE")
                                                        && e.getValue().equals(String.valueOf(release))))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static void status(KubernetesClient admin, Pod pod, String status) {
        admin.resource(pod).subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), status);
    }

    private static String running() {
        return """
                {"status": {"phase": "Running", "startTime": "%1$s", "podIP": "10.244.0.9", "podIPs": [{"ip": "10.244.0.9"}],
                  "conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": "%1$s"},
                                 {"type": "ContainersReady", "status": "True", "lastTransitionTime": "%1$s"}],
                  "containerStatuses": [{"name": "workflow", "ready": true, "restartCount": 0, "image": "x", "imageID": "x",
                                         "state": {"running": {"startedAt": "%1$s"}}}]}}
                """.formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    private static String tenant(int release, int pods) {
        return """
                apiVersion: bulkhead.dev/v1beta1
                kind: Tenant
                metadata: { name: rollout }
                spec:
                  profile: digitaltwin
                  displayName: Rollout
                  environment: production
                  dataCategories: [contact]
                  contract: { reference: T-1, startsAt: "2026-01-01" }
                  retention: [{ dataClass: prompt-sessions, keep: P24M }]
                  people: { admins: [{ user: admin@rollout.example }] }
                  namespaces: [{ name: web }]
                  database: { deliverTo: [web] }
                  objectStore: { deliverTo: [web], noncurrentVersions: P14D }
                  quota: { cpu: "1", memory: 1Gi, storage: 1Gi, pods: %2$d }
                  workflows:
                    - name: api
                      namespace: web
                      image: "%3$s"
                      env: [{ name: RELEASE, value: "%1$d" }]
                """.formatted(release, pods, IMAGE);
    }
}
