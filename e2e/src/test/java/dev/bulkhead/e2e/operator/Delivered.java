package dev.bulkhead.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import software.amazon.awssdk.services.s3.S3Client;

/** What the operator delivered to a namespace, used as the tenant's own software would: nothing but the Secret is known. */
public record Delivered(Map<String, String> data) {
    /** The Secret {@code bulkhead-database} of a namespace. */
    public static Delivered database(Platform platform, String namespace) {
        return of(platform, namespace, "bulkhead-database");
    }

    /** The Secret {@code bulkhead-objectstore} of a namespace. */
    public static Delivered objectStore(Platform platform, String namespace) {
        return of(platform, namespace, "bulkhead-objectstore");
    }

    private static Delivered of(Platform platform, String namespace, String name) {
        Secret secret =
                platform.admin().secrets().inNamespace(namespace).withName(name).require();
        Map<String, String> data = new TreeMap<>();
        secret.getData()
                .forEach((key, value) ->
                        data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
        return new Delivered(data);
    }

    /** A value. */
    public String get(String key) {
        return Objects.requireNonNull(data.get(key), key);
    }

    /** A session with the database, over TLS with the certificate and the name of the server checked. */
    public Connection connect() throws SQLException {
        return connect(get("password"));
    }

    /** The same with another password. */
    public Connection connect(String password) throws SQLException {
        assertThat(get("jdbc-url")).contains("sslmode=verify-full");
        Properties login = new Properties();
        login.setProperty("user", get("username"));
        login.setProperty("password", password);
        login.setProperty("sslrootcert", certificate().toString());
        login.setProperty("connectTimeout", "20");
        return DriverManager.getConnection(get("jdbc-url"), login);
    }

    /** A client of the bucket. */
    public S3Client client() {
        return client(get("secret-access-key"));
    }

    /** The same with another secret key. */
    public S3Client client(String secretKey) {
        return S3Access.client(
                new StackEndpoints.ObjectStoreEndpoint(
                        get("endpoint"),
                        "",
                        get("region"),
                        get("access-key-id"),
                        secretKey,
                        certificate().toString(),
                        "",
                        "",
                        "",
                        List.of()),
                get("access-key-id"),
                secretKey);
    }

    private Path certificate() {
        try {
            Path file = Files.createTempFile("delivered", ".crt");
            file.toFile().deleteOnExit();
            return Files.writeString(file, get("ca.crt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Does not show what it holds. */
    @Override
    public String toString() {
        return data.keySet().toString();
    }
}
