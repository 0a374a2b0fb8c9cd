package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.KeptData;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.NewCluster;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.e2e.stack.TemporaryStack;
import dev.bulkhead.operator.cli.KeysCommand;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The cluster is lost; PostgreSQL, the object store, the master key and a copy of the key rings are not. A new cluster
 * gives a tenant back its rows, its objects and its sealed secrets, and gives them to nobody by accident.
 */
@ExtendWith(StackExtension.class)
class LostClusterIT {
    private static final String NAME = "returner";
    private static final String APP = "returner--app";
    private static final String SEALED = "a value that was sealed in the old cluster";

    @TempDir
    private Path directory;

    @Test
    void a_new_cluster_gives_a_tenant_back_what_it_had(KubernetesClient admin, StackEndpoints servers)
            throws Exception {
        Platform lost = Platform.install(admin, servers, directory.resolve("old"));
        Path recoveryKey = directory.resolve("recovery.key");
        Path copy = directory.resolve("rings.tsr");
        TenantSecret sealed;
        TenantIdentity identity;
        try (Platform.RunningOperator _ = lost.operator(new Faults())) {
            lost.apply(SecretTenant.plain(NAME));
            identity = TenantIdentity.of(lost.awaitReady(NAME));
            KeptData.of(lost, APP).write();
            sealed = new Sealer(admin).seal(Instant.now(), APP, "kept", "Opaque", Map.of("key", SEALED));
        }
        String publicKey =
                keys(admin, 0, "recovery-key", "--to", recoveryKey.toString()).strip();
        keys(admin, 0, "export", "--to", copy.toString(), "--recovery-key", publicKey, "--tenant", NAME);
        assertThat(new String(Files.readAllBytes(copy), StandardCharsets.ISO_8859_1))
                .startsWith("TSR1\n{")
                .contains(identity.value())
                .doesNotContain(NAME);
        assertThat(keys(admin, 0, "copies", "--tenant", NAME)).contains("key rings of 1: " + NAME);
        Secret ring = ring(admin, identity);

        try (TemporaryStack stack = NewCluster.before(servers);
                KubernetesClient client = StackExtension.brokeTheGlass(stack.endpoints())) {
            Platform found = Platform.install(client, stack.endpoints(), directory.resolve("new"));
            Files.copy(
                    directory.resolve("old/keys/mk-1"),
                    directory.resolve("new/keys/mk-1"),
                    StandardCopyOption.REPLACE_EXISTING);
            try (Platform.RunningOperator _ = found.operator(new Faults())) {
                aRefusedClaimLeavesNothingToGoBy(found, ring, identity);
                String said = keys(client, 0, "import", copy.toString(), "--recovery-key", recoveryKey.toString());
                assertThat(said).contains(NAME + ": key ring was here, Tombstone set; spec.adopt: " + identity);
                aNewTenantOfThatNameIsNotReadyWithoutAWord(found, identity);

                found.apply(adopting(identity));
                found.awaitReady(NAME);

                KeptData.of(found, APP).assertRead();
                client.resource(bare(sealed)).create();
                awaitDelivered(client);
                awaitPhase(client, identity, TombstonePhase.Adopted);
                assertThat(keys(client, 0, "import", copy.toString(), "--recovery-key", recoveryKey.toString()))
                        .contains(NAME + ": key ring was here, Tombstone was here");
                awaitPhase(client, identity, TombstonePhase.Adopted);
                client.resource(bare(sealed)).delete();
                found.remove(NAME);
            }
        }
        try (Platform.RunningOperator _ = lost.operator(new Faults())) {
            lost.remove(NAME); // the cluster was not lost after all: the tests that follow use it
        }
    }

    /** As a backup of Secrets brings it: the ring is there, and nothing says that it may be adopted. */
    private static void aRefusedClaimLeavesNothingToGoBy(Platform platform, Secret ring, TenantIdentity identity) {
        KubernetesClient client = platform.admin();
        ring.setMetadata(new ObjectMetaBuilder()
                .withName(ring.getMetadata().getName())
                .withNamespace(ring.getMetadata().getNamespace())
                .withLabels(ring.getMetadata().getLabels())
                .withAnnotations(ring.getMetadata().getAnnotations())
                .build());
        client.resource(ring).create();

        platform.apply(adopting(identity));
        awaitReason(platform, "AdoptionRefused");
        platform.remove(NAME);

        assertThat(client.resources(Tombstone.class).withName(identity.value()).get())
                .as("a refused Tenant leaves no Tombstone")
                .isNull();
        platform.apply(adopting(identity));
        awaitReason(platform, "AdoptionRefused");
        platform.remove(NAME);
    }

    private static void aNewTenantOfThatNameIsNotReadyWithoutAWord(Platform platform, TenantIdentity identity) {
        platform.apply(SecretTenant.plain(NAME));
        assertThat(awaitReason(platform, "FormerIdentity").message()).contains("spec.adopt: " + identity);
        assertThat(platform.admin().namespaces().withName(APP).get()).isNull();
        platform.remove(NAME);
    }

    private static Condition awaitReason(Platform platform, String reason) {
        Awaitility.await(NAME + " " + reason)
                .atMost(Platform.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    Condition ready = Objects.requireNonNull(Platform.condition(platform.tenant(NAME), "Ready"));
                    assertThat(ready.reason()).as(ready.message()).isEqualTo(reason);
                });
        return Objects.requireNonNull(Platform.condition(platform.tenant(NAME), "Ready"));
    }

    private static void awaitPhase(KubernetesClient client, TenantIdentity identity, TombstonePhase phase) {
        Awaitility.await("Tombstone " + phase)
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(client.resources(Tombstone.class)
                                .withName(identity.value())
                                .require()
                                .getStatus()
                                .phase())
                        .isEqualTo(phase));
    }

    private static void awaitDelivered(KubernetesClient client) {
        Awaitility.await("the sealed value is opened and delivered")
                .atMost(Platform.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> {
                    Secret secret =
                            client.secrets().inNamespace(APP).withName("kept").get();
                    assertThat(secret).isNotNull();
                    assertThat(new String(
                                    Base64.getDecoder().decode(secret.getData().get("key")), StandardCharsets.UTF_8))
                            .isEqualTo(SEALED);
                });
    }

    private static Secret ring(KubernetesClient client, TenantIdentity identity) {
        return client.secrets()
                .inNamespace(Bootstrap.KEYS_NAMESPACE)
                .withName(identity.keyRing())
                .require();
    }

    private static String adopting(TenantIdentity identity) {
        return SecretTenant.plain(NAME).replace("spec:\n", "spec:\n  adopt: " + identity + "\n");
    }

    /** As it lies in Git. */
    private static TenantSecret bare(TenantSecret sealed) {
        TenantSecret bare = new TenantSecret();
        bare.setMetadata(
                new ObjectMetaBuilder().withNamespace(APP).withName("kept").build());
        bare.setSpec(sealed.getSpec());
        return bare;
    }

    /** Runs {@code bulkhead keys} as an administrator who broke the glass; returns what it printed. */
    private static String keys(KubernetesClient client, int code, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = KeysCommand.commandLine(client::getConfiguration, Clock.systemUTC(), new SecureRandom())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        assertThat(command.execute(arguments)).as(out + "\n" + err).isEqualTo(code);
        return out.toString();
    }
}
