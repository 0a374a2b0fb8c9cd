package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PackedItemsTest {
    private final KubernetesSerialization serialization = ApiSerialization.lean();
    private final PackedItems<ConfigMap> items = new PackedItems<>(ConfigMap.class, serialization);

    @Test
    void an_object_comes_back_whole_with_what_the_model_does_not_know() {
        ConfigMap card = card("7");

        assertThat(items.put(items.getKey(card), card)).isNull();

        ConfigMap found = Objects.requireNonNull(items.get("a--b/card"));
        assertThat(found).isEqualTo(card);
        assertThat(found.getAdditionalProperties()).containsKey("added");
        assertThat(items.values()).containsExactly(card);
        assertThat(items.keySet()).containsExactly("a--b/card");
    }

    @Test
    void what_was_there_before_is_told() {
        items.put("a--b/card", card("7"));

        assertThat(items.put("a--b/card", card("8"))).isEqualTo(card("7"));
        assertThat(items.size()).isOne();
        assertThat(items.remove("a--b/card")).isEqualTo(card("8"));
        assertThat(items.remove("a--b/card")).isNull();
        assertThat(items.get("a--b/card")).isNull();
        assertThat(items.size()).isZero();
    }

    private ConfigMap card(String version) {
        return serialization.unmarshal("""
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: card
                  namespace: a--b
                  resourceVersion: "%s"
                  labels: { app: x }
                data: { phase: Wahlfrei für Ärzte }
                added: { by: somebody }
                """.formatted(version), ConfigMap.class);
    }
}
