package dev.bulkhead.operator.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Real PostgreSQL servers, each started once per JVM. Passwords are asked for from everybody but the superuser. */
enum TestServer {
    /** The newest, and the one the local stack runs. */
    NEWEST {
        @Override
        EmbeddedPostgres start() throws IOException {
            return configured().start();
        }
    },
    /** The oldest supported: no membership options, and a role may grant itself. Linux on x86 only. */
    OLDEST {
        @Override
        EmbeddedPostgres start() throws IOException {
            boolean runs = System.getProperty("os.name").equals("Linux")
                    && System.getProperty("os.arch").equals("amd64");
            Assumptions.assumeTrue(runs, "binaries of the oldest server are for Linux on x86 only");
            return configured().setPgBinaryResolver((_, _) -> archive()).start();
        }
    };

    /** The operator's role on every test server: CREATEROLE, no superuser. */
    static final String OPERATOR = "bulkhead_operator";

    static final char[] OPERATOR_PASSWORD = "operator-password".toCharArray();

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private static final Map<TestServer, EmbeddedPostgres> RUNNING = new EnumMap<>(TestServer.class);

    abstract EmbeddedPostgres start() throws IOException;

    /** TCP port on loopback. */
    int port() {
        return running().getPort();
    }

    /** A database of its own for a test class, owned by the operator's role. */
    String newDatabase() {
        String name = "shared_" + DATABASES.incrementAndGet();
        try (Connection postgres = superuser("postgres")) {
            execute(postgres, "CREATE DATABASE " + name + " OWNER " + OPERATOR);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return name;
    }

    /** A connection of the superuser. */
    Connection superuser(String database) throws SQLException {
        return connect(database, "postgres", "");
    }

    /** A connection as the tenant's applications open it: nothing but user and password. */
    Connection login(String database, Credential credential) throws SQLException {
        return connect(database, credential.username(), new String(credential.password()));
    }

    /** Runs statements as the superuser, each in a transaction of its own. */
    void asSuperuser(String database, String... statements) throws SQLException {
        try (Connection connection = superuser(database)) {
            execute(connection, statements);
        }
    }

    /** Runs statements. */
    static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text);
            }
        }
    }

    /** First column of all rows, as text. */
    static List<String> query(Connection connection, String text) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(text)) {
            while (rows.next()) {
                values.add(String.valueOf(rows.getString(1)));
            }
        }
        return values;
    }

    /** First column of all rows, asked by the superuser. */
    List<String> query(String database, String text) throws SQLException {
        try (Connection connection = superuser(database)) {
            return query(connection, text);
        }
    }

    static EmbeddedPostgres.Builder configured() {
        return EmbeddedPostgres.builder()
                .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                // Tests count by it: as few as it holds by itself are forgotten as others come.
                .setServerConfig("pg_stat_statements.max", "50000")
                .setServerConfig("max_connections", "60")
                .setServerConfig("fsync", "off")
                // Its workers write at times of their own; tests count what a look writes.
                .setServerConfig("autovacuum", "off")
                .setServerConfig("deadlock_timeout", "200ms");
    }

    /** Asks everybody but the superuser for a password, and makes the operator's role. */
    static EmbeddedPostgres secured(EmbeddedPostgres started, Path hba) throws SQLException, IOException {
        Files.writeString(hba, """
                local all postgres trust
                host  all postgres 127.0.0.1/32 trust
                host  all all      127.0.0.1/32 scram-sha-256
                """);
        try (Connection postgres = DriverManager.getConnection(started.getJdbcUrl("postgres", "postgres"))) {
            execute(
                    postgres,
                    "SELECT pg_reload_conf()",
                    "CREATE EXTENSION pg_stat_statements",
                    "CREATE ROLE " + OPERATOR + " LOGIN CREATEROLE PASSWORD '" + new String(OPERATOR_PASSWORD) + "'");
        }
        return started;
    }

    private EmbeddedPostgres running() {
        synchronized (RUNNING) {
            EmbeddedPostgres known = RUNNING.get(this);
            if (known != null) {
                return known;
            }
            try {
                EmbeddedPostgres started = start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started)));
                RUNNING.put(this, secured(started, dataDirectory(started).resolve("pg_hba.conf")));
                return started;
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void stop(EmbeddedPostgres started) {
        try {
            started.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path dataDirectory(EmbeddedPostgres started) throws SQLException {
        try (Connection postgres = DriverManager.getConnection(started.getJdbcUrl("postgres", "postgres"))) {
            return Path.of(query(postgres, "SHOW data_directory").getFirst());
        }
    }

    private Connection connect(String database, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port() + "/" + database, properties);
    }

    private static InputStream archive() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target", "postgres-15"))) {
            Path jar = files.filter(
                            file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jar"))
                    .findFirst()
                    .orElseThrow();
            try (JarFile archive = new JarFile(jar.toFile())) {
                var entry = archive.stream()
                        .filter(candidate -> candidate.getName().endsWith(".txz"))
                        .findFirst()
                        .orElseThrow();
                return new ByteArrayInputStream(archive.getInputStream(entry).readAllBytes());
            }
        }
    }
}
