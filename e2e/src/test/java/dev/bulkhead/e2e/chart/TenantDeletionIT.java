package dev.bulkhead.e2e.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A live Tenant is not deleted by accident, whoever asks, cluster administrators included. */
@ExtendWith(StackExtension.class)
class TenantDeletionIT {
    @BeforeAll
    static void install(KubernetesClient admin) {
        InstalledChart.on(admin);
    }

    @AfterAll
    static void cleanUp(KubernetesClient admin) {
        InstalledChart.removeTenants(admin, "deletion-");
    }

    @Test
    void a_live_tenant_is_not_deleted_and_the_answer_names_the_remedy(KubernetesClient admin) {
        Resource<GenericKubernetesResource> tenant = tenant(admin);
        String name = tenant.get().getMetadata().getName();

        Optional<ApiRefusal> refusal = ApiRefusal.of(tenant::delete);

        assertThat(refusal)
                .hasValueSatisfying(r -> assertThat(r.message())
                        .contains("Tenant " + name + " is live", "spec.suspend", "kubectl patch tenant " + name));
        assertThat(tenant.get().getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void a_tenant_that_says_it_is_not_suspended_is_live_too(KubernetesClient admin) {
        Resource<GenericKubernetesResource> tenant = tenant(admin);
        suspend(tenant, false);

        assertThat(ApiRefusal.of(tenant::delete)).isPresent();
    }

    @Test
    void deleting_all_tenants_at_once_is_no_way_around(KubernetesClient admin) {
        Resource<GenericKubernetesResource> tenant = tenant(admin);

        assertThat(ApiRefusal.of(() -> admin.raw("/apis/bulkhead.dev/v1beta1/tenants", "DELETE", Map.of())))
                .isPresent();

        assertThat(tenant.get().getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void a_suspended_tenant_can_be_deleted(KubernetesClient admin) {
        Resource<GenericKubernetesResource> tenant = tenant(admin);
        suspend(tenant, true);

        tenant.delete();

        assertThat(tenant.get()).isNull();
    }

    @Test
    void a_tenant_for_which_nothing_was_made_can_be_deleted_and_mended_as_the_operator_says(KubernetesClient admin) {
        Resource<GenericKubernetesResource> tenant = tenant(admin);
        String other = "{\"spec\":{\"profile\":\"digitaltwin\",\"namespaces\":[{\"name\":\"web\"}]}}";
        assertThat(ApiRefusal.of(() -> tenant.patch(PatchContext.of(PatchType.JSON_MERGE), other)))
                .hasValueSatisfying(
                        r -> assertThat(r.message()).contains("spec.profile is set once", "a namespace cannot"));

        says(tenant, true);
        tenant.patch(PatchContext.of(PatchType.JSON_MERGE), other);
        says(tenant, null);
        assertThat(ApiRefusal.of(() ->
                        tenant.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"profile\":\"portal\"}}")))
                .hasValueSatisfying(r -> assertThat(r.message()).contains("spec.profile is set once"));
        assertThat(ApiRefusal.of(tenant::delete)).isPresent();

        says(tenant, true);
        tenant.delete();

        assertThat(tenant.get()).isNull();
    }

    private static void says(Resource<GenericKubernetesResource> tenant, @Nullable Boolean unprovisioned) {
        tenant.subresource("status")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"status\":{\"unprovisioned\":%s}}".formatted(unprovisioned));
    }

    private static void suspend(Resource<GenericKubernetesResource> tenant, boolean suspended) {
        tenant.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":%s}}".formatted(suspended));
    }

    private static Resource<GenericKubernetesResource> tenant(KubernetesClient admin) {
        GenericKubernetesResource tenant =
                Samples.tenant("deletion-" + UUID.randomUUID().toString().substring(0, 8));
        Resource<GenericKubernetesResource> resource = admin.resource(tenant);
        resource.create();
        return resource;
    }
}
