package dev.bulkhead.e2e.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.api.v1beta1.TenantStatus.Enforcement;
import dev.bulkhead.e2e.operator.Edits;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A policy of the platform changes what the operator writes: that is told, not fought over, and mended when it ends. */
@ExtendWith(StackExtension.class)
class ChangedByAdmissionIT {
    private static final String NAME = "driftpolicy";
    private static final String APP = NAME + "--app";
    private static final String MUTATION = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicy
            metadata: { name: more-pods-for-everybody }
            spec:
              failurePolicy: Fail
              reinvocationPolicy: Never
              matchConstraints:
                resourceRules:
                  - { apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [resourcequotas] }
              mutations:
                - patchType: JSONPatch
                  jsonPatch:
                    expression: '[JSONPatch{op: "replace", path: "/spec/hard/pods", value: "1000"}]'
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicyBinding
            metadata: { name: more-pods-for-everybody }
            spec:
              policyName: more-pods-for-everybody
              matchResources:
                namespaceSelector:
                  matchLabels: { bulkhead.dev/tenant: driftpolicy }
            """;

    @TempDir
    private static Path directory;

    @Test
    void a_quota_that_a_policy_changes_is_degraded_with_its_field_and_mended_after_the_policy(
            KubernetesClient admin, StackEndpoints endpoints) {
        Platform platform = Platform.install(admin, endpoints, directory);
        try (Platform.RunningOperator _ = platform.operator(new Faults(), Duration.ofSeconds(2))) {
            platform.apply(DriftTenant.smallYaml(NAME));
            platform.awaitReady(NAME);
            List<HasMetadata> mutation = admin.load(new ByteArrayInputStream(MUTATION.getBytes(StandardCharsets.UTF_8)))
                    .items();
            try {
                mutation.forEach(part -> admin.resource(part).create());
                Awaitility.await("the policy is in force and a drift came back changed")
                        .atMost(Platform.PATIENCE)
                        .until(() -> {
                            drift(admin);
                            return pods(admin).equals(Quantity.parse("1k"));
                        });
                Awaitility.await("TI-NS and TI-POD say so")
                        .atMost(Platform.PATIENCE)
                        .untilAsserted(() -> {
                            for (String id : List.of("TI-NS", "TI-POD")) {
                                ControlStatus control = control(platform, id);
                                assertThat(control.enforcement()).as(id).isEqualTo(Enforcement.Degraded);
                                assertThat(control.reason()).isEqualTo("ChangedByAdmission");
                                assertThat(control.message())
                                        .contains("ResourceQuota " + APP + "/bulkhead-quota")
                                        .contains("spec.hard.pods is 1k instead of 20");
                            }
                        });
            } finally {
                mutation.reversed().forEach(part -> admin.resource(part).delete());
            }
            Awaitility.await("mended").atMost(Platform.PATIENCE).untilAsserted(() -> {
                assertThat(pods(admin)).isEqualTo(Quantity.parse("20"));
                assertThat(control(platform, "TI-NS").enforcement()).isEqualTo(Enforcement.Enforced);
                assertThat(control(platform, "TI-POD").enforcement()).isEqualTo(Enforcement.Enforced);
            });
            platform.remove(NAME);
        }
    }

    /** An administrator who opened the guards changes the quota; the policy makes of it what it will. */
    private static void drift(KubernetesClient admin) {
        Edits.edit(
                admin.resourceQuotas().inNamespace(APP).withName("bulkhead-quota"),
                quota -> new ResourceQuotaBuilder(quota)
                        .editSpec()
                        .addToHard("pods", new Quantity("3"))
                        .endSpec()
                        .build());
    }

    private static Quantity pods(KubernetesClient admin) {
        ResourceQuota quota = admin.resourceQuotas()
                .inNamespace(APP)
                .withName("bulkhead-quota")
                .require();
        return Objects.requireNonNull(quota.getSpec().getHard().get("pods"));
    }

    private static ControlStatus control(Platform platform, String id) {
        return platform.tenant(NAME).getStatus().controls().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
