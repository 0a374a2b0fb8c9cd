package dev.bulkhead.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A row and an object of a tenant that must not get lost, whatever becomes of the tenant. */
public record KeptData(Delivered database, Delivered bucket) {
    /** Of the tenant whose credentials were delivered to a namespace. */
    public static KeptData of(Platform platform, String namespace) {
        return new KeptData(Delivered.database(platform, namespace), Delivered.objectStore(platform, namespace));
    }

    /** Writes both as the tenant. */
    public void write() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (text text)");
            statement.execute("INSERT INTO kept VALUES ('a row')");
        }
        try (S3Client s3 = bucket.client()) {
            s3.putObject(r -> r.bucket(bucket.get("bucket")).key("kept"), RequestBody.fromString("an object"));
        }
    }

    /** The tenant reads both. */
    public void assertRead() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            rowIsThere(statement, "kept");
        }
        try (S3Client s3 = bucket.client()) {
            objectIsThere(s3);
        }
    }

    /** Both are there, as administrators see it. */
    public void assertThere(StackEndpoints endpoints) throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword());
                Statement statement = connection.createStatement()) {
            rowIsThere(statement, database.get("schema") + ".kept");
        }
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            objectIsThere(root);
        }
    }

    private static void rowIsThere(Statement statement, String table) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT text FROM " + table)) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("a row");
        }
    }

    private void objectIsThere(S3Client s3) {
        assertThat(s3.getObjectAsBytes(r -> r.bucket(bucket.get("bucket")).key("kept"))
                        .asUtf8String())
                .isEqualTo("an object");
    }
}
