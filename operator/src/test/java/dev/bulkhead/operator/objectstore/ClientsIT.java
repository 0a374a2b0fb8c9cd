package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * What clients that others wrote do with a tenant's key: by hand, with {@code -Dbulkhead.clients=true}. Needs Python 3 and
 * its package index, from which they come into an environment below {@code target}.
 */
@EnabledIfSystemProperty(named = "bulkhead.clients", matches = "true")
class ClientsIT {
    private static final Path RESOURCES = Path.of("src", "test", "resources", "clients");
    private static final Path ENVIRONMENT = Path.of("target", "clients");

    /** A line for each ability, for people. */
    private static final Path ANSWERS = Path.of("target", "clients.txt");

    private static final int PATIENCE_MINUTES = 5;

    @TempDir
    private Path directory;

    @Test
    void boto3_and_the_aws_cli_do_all_that_a_tenant_may_and_nothing_else() throws Exception {
        run(Map.of(), "python3", "-m", "venv", ENVIRONMENT.toString());
        run(
                Map.of(),
                ENVIRONMENT.resolve("bin/pip").toString(),
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                RESOURCES.resolve("requirements.txt").toString());
        try (TestStore store = TestStore.start(StoreKind.SeaweedFs)) {
            TenantIdentity tenant = Fixtures.freshIdentity();
            BucketPlan plan = store.plan(tenant, Fixtures.CROSS_ORIGIN, Set.of(Slot.One));
            assertThat(store.applier.apply(plan, store.secrets(tenant)).done()).isTrue();
            String other = store.tenant(Fixtures.freshIdentity()).bucket();
            store.root.putObject(r -> r.bucket(other).key("letter"), RequestBody.fromString("theirs"));
            StoreConnection connection = store.server.connection();
            Path authority =
                    Files.writeString(directory.resolve("ca.crt"), Objects.requireNonNull(connection.caCertificates()));

            List<String> said = run(
                    Map.of(
                            "AWS_ENDPOINT_URL", connection.endpoint().toString(),
                            "AWS_DEFAULT_REGION", connection.region(),
                            "AWS_ACCESS_KEY_ID", store.accessKeyId(tenant, Slot.One),
                            "AWS_SECRET_ACCESS_KEY",
                                    store.secret(tenant, Slot.One).secret(),
                            "AWS_CA_BUNDLE", authority.toString(),
                            "AWS_CONFIG_FILE", directory.resolve("none").toString(),
                            "AWS_SHARED_CREDENTIALS_FILE",
                                    directory.resolve("none").toString(),
                            "NO_PROXY", "127.0.0.1",
                            "PYTHONUTF8", "1"),
                    ENVIRONMENT.resolve("bin/python").toString(),
                    RESOURCES.resolve("clients.py").toString(),
                    plan.bucket(),
                    other,
                    "https://klinik.portal.example",
                    directory.resolve("files").toString());

            Files.write(ANSWERS, said);
            assertThat(said.subList(1, said.size())).isNotEmpty().allMatch(line -> line.endsWith(": ok"));
        }
    }

    /** Lines that a program wrote, once it ended well. */
    private List<String> run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        List<String> said = Files.readAllLines(out);
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", List.of(command), said)
                .isTrue();
        return said;
    }
}
