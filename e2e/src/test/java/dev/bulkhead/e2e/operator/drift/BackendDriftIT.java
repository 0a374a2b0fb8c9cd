package dev.bulkhead.e2e.operator.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketVersioningStatus;
import software.amazon.awssdk.services.s3.model.ObjectLockConfiguration;
import software.amazon.awssdk.services.s3.model.ObjectLockEnabled;
import software.amazon.awssdk.services.s3.model.ObjectLockRetentionMode;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What is opened in PostgreSQL or S3, by the tenant itself or by an administrator, is closed by the next sweep. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackendDriftIT {
    private static final String NAME = "backdrift";
    private static final String APP = "backdrift--app";

    @TempDir
    private static Path directory;

    private Platform platform;
    private StackEndpoints endpoints;
    private Platform.RunningOperator operator;
    private Delivered database;
    private Delivered bucket;
    private String schema;
    private String login;

    @BeforeAll
    void start(KubernetesClient admin, StackEndpoints stack) {
        endpoints = stack;
        platform = Platform.install(admin, stack, directory);
        operator = platform.operator(new Faults(), Duration.ofSeconds(1));
        platform.apply(DriftTenant.smallYaml(NAME));
        platform.awaitReady(NAME);
        database = Delivered.database(platform, APP);
        bucket = Delivered.objectStore(platform, APP);
        schema = database.get("schema");
        login = database.get("username");
    }

    @AfterAll
    void stop() {
        platform.remove(NAME);
        operator.close();
    }

    @Test
    void a_table_the_tenant_opened_to_everybody_is_closed() throws SQLException {
        tenant("CREATE TABLE IF NOT EXISTS opened (id int)", "GRANT SELECT ON opened TO PUBLIC");

        String rights = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relname = 'opened'"
                + " AND c.relnamespace = '" + schema + "'::regnamespace AND a.grantee = 0";
        await(() -> assertThat(superuser(rights)).containsExactly("0"));
    }

    @Test
    void what_the_tenant_would_open_in_future_is_taken_back() throws SQLException {
        tenant("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC");

        await(() -> assertThat(superuser("SELECT count(*) FROM pg_default_acl d, aclexplode(d.defaclacl) a"
                        + " WHERE d.defaclrole = '" + appRole() + "'::regrole AND a.grantee = 0"
                        + " AND d.defaclobjtype = 'r'"))
                .containsExactly("0"));
    }

    @Test
    void the_settings_of_its_login_that_the_tenant_changed_come_back() throws SQLException {
        String settings =
                "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = '" + login + "'::regrole ORDER BY 1";
        List<String> before = superuser(settings);
        assertThat(before).anyMatch(s -> s.startsWith("statement_timeout="));

        tenant(
                "SET ROLE NONE",
                "ALTER ROLE " + login + " SET statement_timeout = '0'",
                "ALTER ROLE " + login + " SET work_mem = '1GB'",
                "ALTER ROLE " + login + " RESET search_path");

        await(() -> assertThat(superuser(settings)).isEqualTo(before));
    }

    @Test
    void the_password_the_tenant_changed_is_the_delivered_one_again() throws SQLException {
        tenant("SET ROLE NONE", "ALTER ROLE " + login + " PASSWORD 'the-tenants-own-choice'");

        await(() -> database.connect().close());
        await(() -> assertThat(connects("the-tenants-own-choice")).isFalse());
    }

    @Test
    void a_schema_an_administrator_opened_is_closed() throws SQLException {
        superuser("GRANT USAGE, CREATE ON SCHEMA " + schema + " TO PUBLIC");

        await(() -> assertThat(superuser("SELECT count(*) FROM pg_namespace n, aclexplode(n.nspacl) a"
                        + " WHERE n.nspname = '" + schema + "' AND a.grantee = 0"))
                .containsExactly("0"));
    }

    @Test
    void a_login_that_was_raised_is_an_ordinary_one_again() throws SQLException {
        String attributes = "SELECT rolcreatedb || ' ' || rolconnlimit FROM pg_roles WHERE rolname = '" + login + "'";
        List<String> before = superuser(attributes);

        superuser("ALTER ROLE " + login + " CREATEDB CONNECTION LIMIT 400");

        await(() -> assertThat(superuser(attributes)).isEqualTo(before));
    }

    @Test
    void an_owner_role_that_was_raised_is_an_ordinary_one_again_and_the_operator_is_in_none() throws SQLException {
        String owner = schema + "_own";
        String raised = "SELECT rolcreatedb::text FROM pg_roles WHERE rolname = '" + owner + "'";
        superuser("ALTER ROLE " + owner + " CREATEDB");

        await(() -> assertThat(superuser(raised)).containsExactly("false"));
        assertThat(superuser("SELECT a.roleid::regrole::text FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
                        + " WHERE m.rolname = 'bulkhead_operator' AND a.roleid::regrole::text LIKE '" + schema + "%'"))
                .isEmpty();
    }

    @Test
    void a_bucket_policy_that_is_open_to_everybody_is_closed() {
        String name = bucket.get("bucket");
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            String before = root.getBucketPolicy(r -> r.bucket(name)).policy();
            String open = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\","
                    + "\"Action\":[\"s3:GetObject\",\"s3:PutObject\"],\"Resource\":\"arn:aws:s3:::" + name + "/*\"}]}";

            root.putBucketPolicy(r -> r.bucket(name).policy(open));

            await(() -> assertThat(root.getBucketPolicy(r -> r.bucket(name)).policy())
                    .isEqualTo(before));
        }
    }

    @Test
    void versions_are_kept_whoever_tries_to_switch_them_off() {
        String name = bucket.get("bucket");
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            try {
                root.putBucketVersioning(
                        r -> r.bucket(name).versioningConfiguration(v -> v.status(BucketVersioningStatus.SUSPENDED)));
            } catch (S3Exception refused) {
                // A bucket with object lock: the store itself keeps its versions on.
                assertThat(refused.statusCode()).isIn(400, 409);
            }

            await(() -> assertThat(root.getBucketVersioning(r -> r.bucket(name)).status())
                    .isEqualTo(BucketVersioningStatus.ENABLED));
        }
    }

    @Test
    void a_default_retention_that_would_defeat_erasure_goes_again() {
        String name = bucket.get("bucket");
        try (S3Client root = S3Access.client(endpoints.objectStore());
                S3Client tenant = bucket.client()) {
            root.putObjectLockConfiguration(r -> r.bucket(name)
                    .objectLockConfiguration(c -> c.objectLockEnabled(ObjectLockEnabled.ENABLED)
                            .rule(rule -> rule.defaultRetention(d ->
                                    d.mode(ObjectLockRetentionMode.GOVERNANCE).days(3650)))));

            await(() -> {
                ObjectLockConfiguration lock =
                        root.getObjectLockConfiguration(r -> r.bucket(name)).objectLockConfiguration();
                assertThat(lock.objectLockEnabled()).isEqualTo(ObjectLockEnabled.ENABLED);
                assertThat(lock.rule()).isNull();
            });
            String version = tenant.putObject(r -> r.bucket(name).key("to-be-erased"), RequestBody.fromString("x"))
                    .versionId();
            root.deleteObject(r -> r.bucket(name).key("to-be-erased").versionId(version));
        }
    }

    @Test
    void a_key_that_was_exchanged_is_the_delivered_one_again() throws IOException {
        Intruder.Key exchanged;
        try (Intruder intruder = new Intruder(endpoints.objectStore())) {
            exchanged = intruder.exchange(bucket.get("access-key-id"));
        }

        await(() -> {
            try (S3Client delivered = bucket.client()) {
                delivered.listObjectsV2(r -> r.bucket(bucket.get("bucket")));
            }
        });
        try (S3Client intruder = S3Access.client(endpoints.objectStore(), exchanged.id(), exchanged.secret())) {
            await(() -> assertThatThrownBy(() -> intruder.listObjectsV2(r -> r.bucket(bucket.get("bucket"))))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403)));
        }
    }

    private String appRole() {
        return schema + "_app";
    }

    private boolean connects(String password) {
        try (Connection _ = database.connect(password)) {
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    /** As the tenant's own software. */
    private void tenant(String... statements) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** As the server's administrator; the first column of the answer. */
    private List<String> superuser(String sql) throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword());
                Statement statement = connection.createStatement()) {
            List<String> column = new ArrayList<>();
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        column.add(Objects.requireNonNull(rows.getString(1)));
                    }
                }
            }
            return column;
        }
    }

    private static void await(ThrowingRunnable condition) {
        Awaitility.await("undone by a sweep")
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptions()
                .untilAsserted(condition);
    }
}
