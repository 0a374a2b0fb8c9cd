package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stolen token of the keeper of the guards reaches: the guards but 0, and nobody's data. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardKeeperBoundaryIT {
    private KubernetesClient keeper;

    @BeforeAll
    void install(KubernetesClient admin, StackEndpoints endpoints) {
        InstalledChart.on(admin);
        keeper = InstalledChart.account(admin, endpoints, "bulkhead-guard-keeper");
    }

    @AfterAll
    void close() {
        keeper.close();
    }

    @ParameterizedTest
    @MethodSource("leashes")
    void it_reads_guard_0_and_cannot_touch_it(String guard) {
        assertThat(keeper.admissionRegistration()
                        .v1()
                        .validatingAdmissionPolicies()
                        .withName(guard)
                        .get())
                .isNotNull();
        assertThat(keeper.admissionRegistration()
                        .v1()
                        .validatingAdmissionPolicyBindings()
                        .withName(guard)
                        .get())
                .isNotNull();
        GuardWrites.tried(keeper, guard).forEach(GuardKeeperBoundaryIT::refused);
    }

    static List<String> leashes() {
        List<String> leashes = GuardWrites.guards().stream()
                .filter(guard -> guard.endsWith("-boundary") || guard.equals("bulkhead-prober-pods"))
                .toList();
        assertThat(leashes).hasSize(4);
        return leashes;
    }

    @Test
    void it_deletes_no_guard_and_makes_no_policy_of_another_name() {
        refused(() -> keeper.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName("bulkhead-tenants")
                .dryRun()
                .delete());
        HasMetadata another = keeper.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName("bulkhead-tenants")
                .require();
        another.getMetadata().setName("bulkhead-nobody-may-write-anything");
        another.getMetadata().setResourceVersion(null);
        another.getMetadata().setUid(null);
        another.getMetadata().setManagedFields(List.of());
        refused(() -> keeper.resource(another).dryRun().create());
        refused(() -> keeper.resource(another)
                .dryRun()
                .patch(
                        PatchContext.of(PatchType.SERVER_SIDE_APPLY),
                        keeper.getKubernetesSerialization().asJson(another)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/secrets",
                "/api/v1/namespaces",
                "/api/v1/namespaces/bulkhead-system/secrets/bulkhead-master-key",
                "/api/v1/namespaces/bulkhead-system/configmaps",
                "/apis/bulkhead.dev/v1beta1/tenants",
                "/apis/rbac.authorization.k8s.io/v1/rolebindings",
                "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
            })
    void it_reads_nothing_else(String path) {
        refused(() -> keeper.raw(path));
    }

    private static void refused(ThrowingCallable request) {
        KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, request);
        assertThat(refusal).isNotNull();
        assertThat(refusal.getCode()).as(refusal.getMessage()).isEqualTo(403);
    }
}
