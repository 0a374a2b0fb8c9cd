package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.TenantSecretSpec;
import dev.bulkhead.api.v1beta1.TenantSecretStatus;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.kube.OperatorSecrets;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.BaseConfigurationService;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred TenantSecrets of 256 KB may be made in each namespace: the operator must not keep them. */
class KnownSecretsTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void the_informer_keeps_no_value_and_reads_few_at_once(@TempDir Path directory) throws Exception {
        Files.write(directory.resolve("mk-1"), "a master key of thirty-two bytes".getBytes(StandardCharsets.US_ASCII));
        try (ScriptedApi api = new ScriptedApi();
                FileMasterKeys masterKeys = FileMasterKeys.load(directory)) {
            keepsNoValue(new TenantSecretReconciler(
                    () -> {
                        throw new IllegalStateException("nothing is reconciled here");
                    },
                    new KeyRingStore(
                            new OperatorSecrets(api.client(), "bulkhead-keys"),
                            new KeyRings(masterKeys, "bulkhead-system", random, Clock.systemUTC()),
                            random),
                    new DeliveredSecrets(api.client()),
                    Clock.systemUTC(),
                    _ -> {}));
        }
    }

    private static void keepsNoValue(TenantSecretReconciler reconciler) {
        InformerConfiguration<TenantSecret> informer =
                new BaseConfigurationService().getConfigurationFor(reconciler).getInformerConfig();
        ItemStore<TenantSecret> store = Objects.requireNonNull(informer.getItemStore());
        TenantSecret sealed = new TenantSecret();
        sealed.setMetadata(new ObjectMetaBuilder()
                .withNamespace("acme--web")
                .withName("token")
                .withResourceVersion("7")
                .withGeneration(2L)
                .build());
        sealed.setSpec(new TenantSecretSpec(TenantSecretSpec.SecretType.Opaque, Map.of("token", "TSH1.value"), null));
        sealed.setStatus(new TenantSecretStatus(2L, null, List.of(), "fingerprint", List.of()));

        store.put("acme--web/token", sealed);

        TenantSecret kept = store.get("acme--web/token");
        assertThat(kept.getSpec()).isNull();
        assertThat(kept.getMetadata()).isEqualTo(sealed.getMetadata());
        assertThat(kept.getStatus()).isEqualTo(sealed.getStatus());
        assertThat(informer.getInformerListLimit()).isEqualTo(50);
        assertThat(sealed.getSpec().data()).as("of whoever is told").containsKey("token");
    }
}
