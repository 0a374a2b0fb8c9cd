package dev.bulkhead.e2e.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Condition.Status;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A schema or a bucket that was made is gone: nothing is made anew before a person has given up that very loss. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostDataIT {
    private static final String NAME = "losing";
    private static final String APP = "losing--app";
    private static final Pattern COMMAND =
            Pattern.compile("kubectl annotate tenant losing --overwrite bulkhead.dev/accept-data-loss=(\\S+)$");

    @TempDir
    private static Path directory;

    private Platform platform;
    private KubernetesClient admin;
    private StackEndpoints endpoints;
    private Platform.RunningOperator operator;
    private TenantIdentity identity;

    @BeforeAll
    void start(KubernetesClient client, StackEndpoints stack) {
        admin = client;
        endpoints = stack;
        platform = Platform.install(admin, stack, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
        platform.apply(DriftTenant.smallYaml(NAME));
        identity = TenantIdentity.of(platform.awaitReady(NAME));
    }

    @AfterAll
    void stop() {
        platform.remove(NAME);
        operator.close();
    }

    @Test
    void a_lost_schema_waits_for_a_person_and_one_loss_given_up_is_not_the_next() throws SQLException {
        drop();
        String loss = lost("schema " + identity.schema());
        assertThat(loss).startsWith("database/" + identity.schema() + "@");
        Awaitility.await("the server says it, too")
                .atMost(Platform.PATIENCE)
                .untilAsserted(() -> assertThat(admin.resources(DatabaseServer.class)
                                .withName("local")
                                .require()
                                .getStatus()
                                .conditions())
                        .anySatisfy(condition -> assertThat(condition.message()).contains("the data of 1 of")));
        writesAnObject();
        stays(loss, "database/" + identity.schema());
        assertThat(schemas()).isZero();

        accept(loss);
        platform.awaitReady(NAME);

        assertThat(schemas()).isOne();
        Delivered.database(platform, APP).connect().close();
        assertThat(record()).contains("\"givenUp\":\"" + loss.substring(loss.indexOf('@') + 1) + "\"");
        assertThat(admin.events().v1().events().inNamespace("default").list().getItems())
                .anySatisfy(event -> assertThat(event.getNote())
                        .isEqualTo("The loss " + loss + " was accepted; the part is made anew."));

        drop();
        String second = lost("schema " + identity.schema());
        assertThat(second).isNotEqualTo(loss);
        stays(second, loss);
        accept(second);
        platform.awaitReady(NAME);
    }

    @Test
    void a_lost_bucket_waits_for_a_person_and_the_tenant_can_be_closed_meanwhile() throws SQLException {
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            root.listObjectVersions(r -> r.bucket(identity.bucket()))
                    .versions()
                    .forEach(v -> root.deleteObject(
                            r -> r.bucket(identity.bucket()).key(v.key()).versionId(v.versionId())));
            root.deleteBucket(r -> r.bucket(identity.bucket()));
            String loss = lost("bucket " + identity.bucket());
            Delivered.database(platform, APP).connect().close();
            stays(loss, "objectStore/" + identity.bucket());
            assertThat(root.listBuckets().buckets()).noneMatch(b -> b.name().equals(identity.bucket()));

            platform.suspend(NAME);
            Awaitility.await("no log-in")
                    .atMost(Platform.PATIENCE)
                    .untilAsserted(() -> assertThat(query("SELECT count(*) FROM pg_roles WHERE rolcanlogin AND"
                                    + " rolname LIKE '" + identity.schema() + "%'"))
                            .isZero());
            admin.resources(Tenant.class)
                    .withName(NAME)
                    .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"suspend\":false}}");
            accept(lost("bucket " + identity.bucket()));
            platform.awaitReady(NAME);
            writesAnObject();
        }
    }

    /** The tenant says what it misses; returns the name of the loss. */
    private String lost(String subject) {
        String[] loss = new String[1];
        Awaitility.await("DataGone").atMost(Platform.PATIENCE).untilAsserted(() -> {
            Tenant tenant = platform.tenant(NAME);
            Condition ready = Objects.requireNonNull(Platform.condition(tenant, "Ready"));
            assertThat(ready.status() + " " + ready.reason()).isEqualTo("False DataGone");
            assertThat(ready.message()).contains(subject).contains("Nothing is made anew");
            assertThat(Objects.requireNonNull(Platform.condition(tenant, "Stalled"))
                            .status())
                    .isEqualTo(Status.True);
            Matcher command = COMMAND.matcher(ready.message());
            assertThat(command.find()).as(ready.message()).isTrue();
            loss[0] = command.group(1);
        });
        return loss[0];
    }

    /** Sweeps and passes go by, and so does an annotation that does not name the loss. */
    private void stays(String loss, String notTheLoss) {
        accept(notTheLoss);
        Awaitility.await("three sweeps and a pass")
                .pollDelay(Duration.ofSeconds(4))
                .until(() -> true);
        assertThat(lost("")).isEqualTo(loss);
    }

    private void accept(String loss) {
        admin.resources(Tenant.class)
                .withName(NAME)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"bulkhead.dev/accept-data-loss\":\"" + loss + "\"}}}");
    }

    private String record() {
        return admin.secrets()
                .inNamespace(Bootstrap.KEYS_NAMESPACE)
                .withName(identity.keyRing())
                .require()
                .getMetadata()
                .getAnnotations()
                .getOrDefault("bulkhead.dev/state", "");
    }

    private void writesAnObject() {
        Delivered bucket = Delivered.objectStore(platform, APP);
        try (S3Client s3 = bucket.client()) {
            s3.putObject(r -> r.bucket(bucket.get("bucket")).key("object"), RequestBody.fromString("x"));
        }
    }

    private void drop() throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA " + identity.schema() + " CASCADE");
        }
    }

    private long schemas() throws SQLException {
        return query("SELECT count(*) FROM pg_namespace WHERE nspname = '" + identity.schema() + "'");
    }

    private long query(String sql) throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    private Connection superuser() throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        return DriverManager.getConnection(
                postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword());
    }
}
