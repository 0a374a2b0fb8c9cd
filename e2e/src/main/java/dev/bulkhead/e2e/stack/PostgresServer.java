package dev.bulkhead.e2e.stack;

import com.ongres.scram.common.ScramFunctions;
import com.ongres.scram.common.ScramMechanism;
import com.ongres.scram.common.StringPreparation;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** PostgreSQL with TLS and passwords, prepared as an administrator prepares a server for the operator. */
final class PostgresServer {
    static final String NAME = "postgres";

    private static final String SUPERUSER = "postgres";
    private static final String OPERATOR = "bulkhead_operator";
    private static final String DATABASE = "tenants";
    private static final int SCRAM_ITERATIONS = 4096;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final StateDirectory state;
    private final StackPorts ports;
    private final ListenAddress address;
    private final Pki pki;
    private final Credentials credentials;
    private final Path home;
    private final ProcessSupervisor processes;

    PostgresServer(
            StateDirectory state,
            StackPorts ports,
            ListenAddress address,
            Pki pki,
            Credentials credentials,
            Path home,
            ProcessSupervisor processes) {
        this.state = state;
        this.ports = ports;
        this.address = address;
        this.pki = pki;
        this.credentials = credentials;
        this.home = home;
        this.processes = processes;
    }

    StackEndpoints.Postgres endpoints() {
        return new StackEndpoints.Postgres(
                address.host(),
                ports.postgres(),
                DATABASE,
                OPERATOR,
                credentials.postgresOperatorPassword(),
                SUPERUSER,
                credentials.postgresSuperuserPassword(),
                pki.ca().toString());
    }

    /** Returns when the server takes connections and has the operator's role and database. */
    void start(Progress progress) {
        if (processes.find(NAME).isEmpty()) {
            initialise();
            processes.start(server());
        }
        Polling.until(
                PATIENCE,
                this::answers,
                () -> "postgres does not answer on port " + ports.postgres() + " after " + Progress.humanly(PATIENCE)
                        + processes.logTail(NAME));
        try {
            prepare();
        } catch (SQLException | IOException e) {
            throw new StackException("cannot prepare PostgreSQL: " + e.getMessage() + processes.logTail(NAME), e);
        }
        progress.say("postgres is ready on port " + ports.postgres());
    }

    private Path data() {
        return state.directory("postgres").resolve("data");
    }

    /** The data directory appears under its name when it is complete. */
    private void initialise() {
        if (Files.exists(data())) {
            return;
        }
        Path draft = data().resolveSibling("data.new");
        Path password = data().resolveSibling("password");
        PrivateFiles.deleteTree(draft);
        PrivateFiles.write(password, credentials.postgresSuperuserPassword().getBytes(StandardCharsets.UTF_8));
        List<String> command = new ArrayList<>(Unprivileged.prefix());
        command.addAll(List.of(
                home.resolve("bin/initdb").toString(),
                "--pgdata=" + draft,
                "--username=" + SUPERUSER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--no-sync"));
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(
                            ProcessBuilder.Redirect.appendTo(state.log("initdb").toFile()));
            builder.environment().put("LC_ALL", "C");
            if (builder.start().waitFor() != 0) {
                throw new StackException("initdb failed" + processes.logTail("initdb"));
            }
            Files.move(draft, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted during initdb", e);
        } finally {
            PrivateFiles.deleteTree(password);
        }
    }

    private ProcessSupervisor.Spec server() {
        Path rules = data().resolveSibling("pg_hba.conf");
        PrivateFiles.write(
                rules,
                ("hostssl all all " + address.clients() + " scram-sha-256\n").getBytes(StandardCharsets.US_ASCII));
        List<String> command = new ArrayList<>(Unprivileged.prefix());
        command.addAll(List.of(home.resolve("bin/postgres").toString(), "-D", data().toString()));
        for (String setting : List.of(
                "listen_addresses=" + address.host(),
                "port=" + ports.postgres(),
                "unix_socket_directories=",
                "hba_file=" + rules,
                "ssl=on",
                "ssl_cert_file=" + pki.certificate("postgres"),
                "ssl_key_file=" + pki.key("postgres"),
                "ssl_min_protocol_version=TLSv1.3",
                "max_connections=300",
                "shared_buffers=64MB",
                "temp_file_limit=5GB",
                // Statements hold names of tenants; the log is for failures of the server.
                "log_min_error_statement=panic",
                // Disposable state, as with etcd.
                "fsync=off")) {
            command.add("-c");
            command.add(setting);
        }
        return new ProcessSupervisor.Spec(NAME, command, Map.of("LC_ALL", "C"));
    }

    private boolean answers() {
        if (processes.find(NAME).isEmpty()) {
            throw new StackException("postgres has ended" + processes.logTail(NAME));
        }
        try (Connection connection = asSuperuser("postgres")) {
            return connection.isValid(5);
        } catch (SQLException _) {
            return false;
        }
    }

    private Connection asSuperuser(String database) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", SUPERUSER);
        login.setProperty("password", credentials.postgresSuperuserPassword());
        login.setProperty("connectTimeout", "5");
        return DriverManager.getConnection(endpoints().jdbcUrl(database), login);
    }

    /** What stands in {@code postgresql-preparation.sql}, and the role and database that it names. Repeatable. */
    private void prepare() throws SQLException, IOException {
        String preparation;
        try (InputStream in =
                Objects.requireNonNull(PostgresServer.class.getResourceAsStream("/postgresql-preparation.sql"))) {
            preparation = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (Connection connection = asSuperuser("template1");
                Statement statement = connection.createStatement()) {
            statement.execute(preparation);
        }
        try (Connection connection = asSuperuser("postgres");
                Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", OPERATOR)) {
                statement.execute("CREATE ROLE " + OPERATOR + " LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD '"
                        + verifier(credentials.postgresOperatorPassword()) + "'");
            }
            statement.execute("GRANT pg_signal_backend TO " + OPERATOR);
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", DATABASE)) {
                statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + OPERATOR);
            }
        }
        try (Connection connection = asSuperuser(DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(preparation);
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** What the server stores of a password, so that the password itself is never part of a statement. */
    private static String verifier(String password) {
        ScramMechanism mechanism = ScramMechanism.SCRAM_SHA_256;
        byte[] salt = ScramFunctions.salt(16, new SecureRandom());
        byte[] salted = ScramFunctions.saltedPassword(
                mechanism, StringPreparation.POSTGRESQL_PREPARATION, password.toCharArray(), salt, SCRAM_ITERATIONS);
        byte[] stored = ScramFunctions.storedKey(mechanism, ScramFunctions.clientKey(mechanism, salted));
        byte[] server = ScramFunctions.serverKey(mechanism, salted);
        Base64.Encoder base64 = Base64.getEncoder();
        return "SCRAM-SHA-256$" + SCRAM_ITERATIONS + ":" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(stored) + ":" + base64.encodeToString(server);
    }
}
