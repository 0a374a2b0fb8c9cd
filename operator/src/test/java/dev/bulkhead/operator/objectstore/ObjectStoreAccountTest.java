package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.api.v1beta1.SecretRef;
import dev.bulkhead.api.v1beta1.TenantSpec;
import dev.bulkhead.operator.backend.BackendKind;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the Secret with the operator's own account has to hold depends on the driver of the store. */
class ObjectStoreAccountTest {
    private final ObjectStores stores = new ObjectStores(
            ExternalCalls.unobserved(), _ -> 0, new TriedServers(), Clock.systemUTC(), MintedKeys.none());

    @ParameterizedTest
    @EnumSource
    void every_driver_needs_a_key_and_seaweedfs_the_access_to_its_filer_too(ObjectStoreSpec.Driver driver) {
        assertThat(stores.secretKeys(store(driver))).contains("access-key-id", "secret-access-key");
        assertThat(stores.secretKeys(store(driver)).containsAll(Set.of("tls.crt", "tls.key", "filer-signing-key")))
                .isEqualTo(driver == ObjectStoreSpec.Driver.SeaweedFs);
    }

    @Test
    void what_cannot_be_read_is_named_and_not_repeated() {
        Map<String, byte[]> account = Map.of(
                "access-key-id", bytes("root"),
                "secret-access-key", bytes("root-secret"),
                "tls.crt", bytes("no certificate"),
                "tls.key", bytes("a key that is none"),
                "filer-signing-key", bytes("signing-key"));

        assertThat(stores.open(store(ObjectStoreSpec.Driver.SeaweedFs), account))
                .isInstanceOfSatisfying(BackendKind.BackendOpening.Failed.class, failed -> {
                    assertThat(failed.finding().reason()).isEqualTo(Reason.ObjectStoreRefused);
                    assertThat(failed.finding().text())
                            .contains("objects-1")
                            .contains("spec.adminSecret")
                            .contains("tls.crt and tls.key")
                            .doesNotContain("a key that is none")
                            .doesNotContain("signing-key ");
                });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ObjectStore store(ObjectStoreSpec.Driver driver) {
        ObjectStore store = new ObjectStore();
        store.getMetadata().setName("objects-1");
        store.setSpec(new ObjectStoreSpec(
                TenantSpec.Environment.production,
                driver,
                "https://s3.example",
                "https://filer.example:18888",
                "us-east-1",
                new SecretRef("admin"),
                null,
                null,
                List.of(),
                1000));
        return store;
    }
}
