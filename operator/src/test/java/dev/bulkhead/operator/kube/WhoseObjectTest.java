package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import org.junit.jupiter.api.Test;

/** Which tenants hear of a change. */
class WhoseObjectTest {
    @Test
    void the_tenant_whose_namespace_it_is_hears_of_it_although_the_label_says_otherwise() {
        assertThat(InformedObjects.tenantOf(in("acme--app", "somebody-else")))
                .containsExactlyInAnyOrder(new ResourceID("acme"), new ResourceID("somebody-else"));
    }

    @Test
    void the_tenant_that_name_and_label_agree_on_hears_of_it_once() {
        assertThat(InformedObjects.tenantOf(in("acme--app", "acme"))).containsExactly(new ResourceID("acme"));
    }

    @Test
    void a_namespace_is_known_by_its_own_name() {
        Namespace namespace = new NamespaceBuilder()
                .withNewMetadata()
                .withName("acme--app")
                .endMetadata()
                .build();

        assertThat(InformedObjects.tenantOf(namespace)).containsExactly(new ResourceID("acme"));
    }

    @Test
    void what_lies_in_nobodys_namespace_and_names_nobody_concerns_nobody() {
        ConfigMap object = new ConfigMapBuilder()
                .withNewMetadata()
                .withName("card")
                .withNamespace("default")
                .endMetadata()
                .build();

        assertThat(InformedObjects.tenantOf(object)).isEmpty();
    }

    private static ConfigMap in(String namespace, String tenant) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName("card")
                .withNamespace(namespace)
                .addToLabels("bulkhead.dev/tenant", tenant)
                .endMetadata()
                .build();
    }
}
