package dev.bulkhead.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.objectstore.FilerAccess;
import dev.bulkhead.operator.objectstore.ObjectStoreDriver;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreKind;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tenant that is as it should be costs no write, in no backend, however often it is looked at. */
@ExtendWith(StackExtension.class)
class SteadyStateIT {
    @TempDir
    private Path directory;

    @Test
    void every_example_becomes_ready_and_then_nothing_is_written_any_more(
            KubernetesClient admin, StackEndpoints endpoints) throws IOException {
        Platform platform = Platform.install(admin, endpoints, directory);
        List<String> names = List.of("ankerwerk", "waschhaus", "klinik-nord");
        Faults calls = new Faults();
        try (Platform.RunningOperator _ = platform.operator(calls, Duration.ofSeconds(1))) {
            for (String example : List.of("digitaltwin-ankerwerk", "portal-waschhaus", "voice-agent-klinik-nord")) {
                platform.apply(Files.readString(Path.of("..", "examples", example + ".yaml")));
            }
            names.forEach(platform::awaitReady);
            settle(calls);
            names.forEach(name -> announcedOnce(platform.tenant(name), admin));
            calls.forget();

            names.forEach(name -> touch(platform, name)); // a new generation, and so a full pass of each tenant
            names.forEach(platform::awaitReady);
            settle(calls);

            assertThat(calls.writes().stream().map(Faults.Call::what).distinct())
                    .as("only the new observedGeneration is written")
                    .containsExactlyInAnyOrder("PATCH tenants/status");
            calls.forget();
            BackendStatus store = storeStatus(admin);
            Awaitility.await("three sweeps of everything")
                    .pollDelay(Duration.ofSeconds(4))
                    .until(() -> true);
            assertThat(calls.writes())
                    .as(() -> "of the store was known\n" + store + "\nand is now\n" + storeStatus(admin))
                    .isEmpty();
        }
        restartWritesNothing(platform, names);
    }

    private static void restartWritesNothing(Platform platform, List<String> names) {
        List<Faults.Call> look = oneLookAtTheStore(platform.admin());
        Faults calls = new Faults();
        try (Platform.RunningOperator _ = platform.operator(calls, Duration.ofSeconds(1))) {
            settle(calls);
            Awaitility.await("two sweeps").pollDelay(Duration.ofSeconds(3)).until(() -> true);
            assertThat(calls.writes())
                    .as("a new process finds everything as it left it; it only tries anew what the object store can do")
                    .containsExactlyInAnyOrderElementsOf(look);
        }
        names.forEach(platform::awaitReady);
    }

    /** What finding out about the store writes, to a bucket of the operator's own: a write more is one to a tenant's. */
    private static List<Faults.Call> oneLookAtTheStore(KubernetesClient admin) {
        ObjectStore store = Objects.requireNonNull(
                admin.resources(ObjectStore.class).withName("local").get());
        Map<String, String> key = Objects.requireNonNull(admin.secrets()
                        .inNamespace(Bootstrap.KEYS_NAMESPACE)
                        .withName(store.getSpec().adminSecret().name())
                        .get())
                .getData();
        Faults calls = new Faults();
        try (ObjectStoreDriver driver = StoreKind.of(store.getSpec().driver())
                .open(
                        StoreConnection.of(
                                        "local",
                                        store.getSpec(),
                                        decoded(key.getOrDefault("access-key-id", "")),
                                        decoded(key.getOrDefault("secret-access-key", "")))
                                .with(new FilerAccess(
                                        decoded(key.getOrDefault("tls.crt", "")),
                                        decoded(key.getOrDefault("tls.key", "")),
                                        decoded(key.getOrDefault("filer-signing-key", "")))),
                        calls)) {
            driver.capabilities();
        }
        assertThat(calls.writes()).hasSizeGreaterThan(5);
        return calls.writes();
    }

    private static BackendStatus storeStatus(KubernetesClient admin) {
        return admin.resources(ObjectStore.class).withName("local").require().getStatus();
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static void announcedOnce(Tenant tenant, KubernetesClient admin) {
        String uid = tenant.getMetadata().getUid();
        assertThat(admin.events().v1().events().inNamespace("default").list().getItems())
                .filteredOn(event -> uid.equals(event.getRegarding().getUid()))
                .filteredOn(event -> event.getReason().equals("Provisioned"))
                .as(tenant.getMetadata().getName())
                .hasSize(1);
    }

    private static void touch(Platform platform, String name) {
        Edits.edit(platform.admin().resources(Tenant.class).withName(name), tenant -> {
            Tenant edited = platform.admin().getKubernetesSerialization().clone(tenant);
            edited.getMetadata().setManagedFields(null);
            edited.setSpec(Specs.renamed(tenant.getSpec(), tenant.getSpec().displayName() + " II"));
            return edited;
        });
    }

    /** Waits until no write has left for a while. */
    private static void settle(Faults calls) {
        int[] before = {-1};
        Awaitility.await("nothing is written any more")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .until(() -> {
                    int now = calls.writes().size();
                    boolean quiet = now == before[0];
                    before[0] = now;
                    return quiet;
                });
    }
}
