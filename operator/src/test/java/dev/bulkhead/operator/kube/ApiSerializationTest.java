package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class ApiSerializationTest {
    private static final String YAML = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: card
              namespace: a--b
              resourceVersion: "7"
              labels: { app: x }
              managedFields:
                - manager: bulkhead
                  operation: Update
                  apiVersion: v1
                  fieldsType: FieldsV1
                  fieldsV1: { "f:data": { "f:phase": {} } }
            data: { phase: Active }
            """;

    private final KubernetesSerialization serialization = ApiSerialization.lean();

    @Test
    void who_manages_which_field_is_not_kept_and_everything_else_is() {
        ConfigMap card = serialization.unmarshal(YAML, ConfigMap.class);

        assertThat(card.getMetadata().getManagedFields()).isNullOrEmpty();
        assertThat(card.getMetadata().getAdditionalProperties()).isEmpty();
        assertThat(card.getMetadata().getResourceVersion()).isEqualTo("7");
        assertThat(card.getMetadata().getLabels()).containsEntry("app", "x");
        assertThat(card.getData()).containsEntry("phase", "Active");
    }

    @Test
    void what_is_written_does_not_mention_it_so_that_the_server_keeps_it() {
        ConfigMap card = serialization.unmarshal(YAML, ConfigMap.class);

        assertThat(serialization.asJson(card)).doesNotContain("managedFields");
    }
}
