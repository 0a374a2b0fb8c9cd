package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.Tenants;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.secret.KeyRingCopies;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.RecoveryKey;
import dev.bulkhead.operator.secret.TenantState;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Whose key rings leave, and what is said of those that do not. */
class KeysExportTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final TenantIdentity LIVE = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity GONE = new TenantIdentity("7c0e8b52-51d5-4b1c-8a7e-3f9d2c6b1a40");

    @TempDir
    private Path directory;

    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private KubernetesClient client;

    @BeforeEach
    void start() {
        server.init();
        client = server.createClient();
        Tenant tenant = ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of());
        tenant.setSpec(Tenants.adopting(LIVE.value())); // this server gives uids of its own
        client.resource(tenant).create();
        ring(LIVE, "acme");
        tombstone(GONE.value());
        ring(GONE, "globex");
        tombstone("foo");
        client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("bulkhead-operator")
                        .withNamespace("bulkhead-system")
                        .endMetadata()
                        .addToData("config.yaml", """
                                platform:
                                  keysNamespace: elsewhere
                                  podCidrs: [10.244.0.0/16]
                                  serviceCidrs: [10.96.0.0/16]
                                  nodeCidrs: [192.0.2.0/24]
                                """)
                        .build())
                .create();
    }

    @AfterEach
    void stop() {
        client.close();
        server.destroy();
    }

    @Test
    void all_rings_leave_and_a_tombstone_of_nobody_is_named() {
        assertThat(export()).isZero();

        assertThat(out.toString()).contains("key rings of 2 tenants");
        assertThat(err.toString()).contains("Tombstone foo is none of a tenant's");
        assertThat(List.of(copies(LIVE), copies(GONE))).containsOnly(1);
    }

    @Test
    void a_removed_tenant_is_known_by_its_ring_where_its_tombstone_does_not_say_whose_it_is() {
        assertThat(export("--tenant", "globex")).isZero();

        assertThat(out.toString()).contains("key rings of 1 tenants");
        assertThat(copies(GONE)).isOne();
        assertThat(copies(LIVE)).isZero();
    }

    @Test
    void a_name_that_nobody_has_ends_it_before_anything_is_listed_or_written() {
        assertThat(export("--tenant", "acme", "--tenant", "acne")).isOne();

        assertThat(err.toString()).contains("there is no Tenant acne");
        assertThat(directory.resolve("rings")).doesNotExist();
        assertThat(copies(LIVE)).isZero();
    }

    @Test
    void where_no_chart_is_installed_that_is_said() {
        client.configMaps()
                .inNamespace("bulkhead-system")
                .withName("bulkhead-operator")
                .delete();

        assertThat(export()).isOne();

        assertThat(err.toString()).contains("there is no ConfigMap bulkhead-operator in namespace bulkhead-system");
        assertThat(directory.resolve("rings")).doesNotExist();
    }

    @Test
    void a_copy_that_nobody_lists_cannot_be_said_to_be_destroyed() {
        assertThat(export()).isZero();
        String copy = out.toString().substring("copy ".length(), "copy ".length() + 16);
        CommandLine command = KeysCommand.commandLine(client::getConfiguration, Clock.systemUTC(), RANDOM)
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));

        assertThat(command.execute("copies", "--destroyed", "c0ffee")).isOne();
        assertThat(err.toString()).contains("--destroyed c0ffee: no key ring lists such a copy");
        assertThat(List.of(copies(LIVE), copies(GONE))).containsOnly(1);

        assertThat(command.execute("copies", "--destroyed", copy)).isZero();
        assertThat(List.of(copies(LIVE), copies(GONE))).containsOnly(0);
    }

    private int export(String... more) {
        try (RecoveryKey.Private key = RecoveryKey.Private.generate(RANDOM)) {
            CommandLine command = KeysCommand.commandLine(client::getConfiguration, Clock.systemUTC(), RANDOM);
            List<String> arguments = new java.util.ArrayList<>(List.of(
                    "export",
                    "--to",
                    directory.resolve("rings").toString(),
                    "--recovery-key",
                    key.publicHalf().text()));
            arguments.addAll(List.of(more));
            return command.setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(err, true))
                    .execute(arguments.toArray(String[]::new));
        }
    }

    private int copies(TenantIdentity identity) {
        return KeyRingCopies.copies(new KeyRingCopies(new OperatorSecrets(client, "elsewhere"))
                        .find(identity)
                        .orElseThrow()
                        .state())
                .size();
    }

    private void tombstone(String name) {
        Tombstone stone = new Tombstone();
        stone.setMetadata(new ObjectMetaBuilder().withName(name).build());
        client.resource(stone).create();
    }

    private void ring(TenantIdentity identity, String tenant) {
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(identity.keyRing())
                        .withNamespace("elsewhere")
                        .withLabels(Marks.of(tenant, identity))
                        .addToAnnotations(
                                KeyRingStore.STATE,
                                TenantState.at(Tenants.placed("pg", "db", "s3")).write(null))
                        .endMetadata()
                        .build())
                .create();
    }
}
