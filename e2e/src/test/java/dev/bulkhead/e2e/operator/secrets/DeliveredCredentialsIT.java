package dev.bulkhead.e2e.operator.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What a tenant is given opens its own schema and bucket, and nobody else's. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeliveredCredentialsIT {
    private static final String FORBIDDEN = "42501";

    @TempDir
    private static Path directory;

    private Platform platform;
    private Platform.RunningOperator operator;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints endpoints) {
        platform = Platform.install(admin, endpoints, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(5));
        platform.apply(SecretTenant.plain("left-hand"));
        platform.apply(SecretTenant.plain("right-hand"));
        platform.awaitReady("left-hand");
        platform.awaitReady("right-hand");
    }

    @AfterAll
    void stop() {
        platform.remove("left-hand");
        platform.remove("right-hand");
        operator.close();
    }

    @Test
    void the_database_login_makes_tables_in_its_own_schema_and_sees_no_other() throws SQLException {
        Delivered left = Delivered.database(platform, "left-hand--app");
        Delivered right = Delivered.database(platform, "right-hand--app");
        assertThat(left.get("username")).isEqualTo(left.get("schema") + "_l1");
        assertThat(left.get("sslmode")).isEqualTo("verify-full");
        try (Connection connection = right.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE notes (text text)");
            statement.execute("INSERT INTO notes VALUES ('right')");
        }

        try (Connection connection = left.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE NONE"); // a session is shown to its own user only
            try (ResultSet tls = statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                assertThat(tls.next()).isTrue();
                assertThat(tls.getBoolean(1)).isTrue();
            }
            statement.execute("RESET ROLE");
            statement.execute("CREATE TABLE notes (text text)");
            statement.execute("INSERT INTO notes VALUES ('left')");
            try (ResultSet own = statement.executeQuery("SELECT text FROM " + left.get("schema") + ".notes")) {
                assertThat(own.next()).isTrue();
                assertThat(own.getString(1)).isEqualTo("left");
            }
            forbidden(statement, "SELECT text FROM " + right.get("schema") + ".notes");
            forbidden(statement, "CREATE TABLE " + right.get("schema") + ".mine (id int)");
            forbidden(statement, "CREATE SCHEMA mine");
            forbidden(statement, "CREATE TABLE public.mine (id int)");
            forbidden(statement, "SET ROLE " + right.get("schema") + "_app");
            forbidden(statement, "GRANT USAGE ON SCHEMA " + right.get("schema") + " TO PUBLIC");
        }
    }

    @Test
    void the_key_opens_its_own_bucket_and_no_other() {
        Delivered left = Delivered.objectStore(platform, "left-hand--app");
        Delivered right = Delivered.objectStore(platform, "right-hand--app");
        try (S3Client s3 = right.client()) {
            s3.putObject(r -> r.bucket(right.get("bucket")).key("note"), RequestBody.fromString("right"));
        }

        try (S3Client s3 = left.client()) {
            s3.putObject(r -> r.bucket(left.get("bucket")).key("note"), RequestBody.fromString("left"));
            assertThat(s3.getObjectAsBytes(r -> r.bucket(left.get("bucket")).key("note"))
                            .asUtf8String())
                    .isEqualTo("left");
            refused(() -> s3.getObjectAsBytes(r -> r.bucket(right.get("bucket")).key("note")));
            refused(() -> s3.putObject(r -> r.bucket(right.get("bucket")).key("note"), RequestBody.fromString("left")));
            refused(() -> s3.listObjectsV2(r -> r.bucket(right.get("bucket"))));
            refused(() -> s3.deleteBucketPolicy(r -> r.bucket(left.get("bucket"))));
            refused(() -> s3.createBucket(r -> r.bucket("left-hands-own")));
        }
    }

    private static void forbidden(Statement statement, String sql) {
        assertThatThrownBy(() -> statement.execute(sql))
                .as(sql)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(FORBIDDEN));
    }

    private static void refused(ThrowingCallable request) {
        assertThatThrownBy(request)
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
    }
}
