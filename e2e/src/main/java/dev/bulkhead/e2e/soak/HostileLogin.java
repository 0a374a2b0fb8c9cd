package dev.bulkhead.e2e.soak;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Properties;

/**
 * A tenant's login that does whatever a session can do to others: locks, sessions, long transactions, floods of the catalogue, grants to
 * neighbours. Each attack is bounded, so that neither disk nor memory of the machine fills, and begins with a session of its own.
 */
final class HostileLogin {
    private static final String SECRET = "bulkhead-database";
    private static final int SESSIONS = 30;
    private static final int FLOOD = 3_000;
    /** More than the server's table of locks has place for. */
    private static final int ALL_LOCKS = 500_000;

    private static final Duration HOLD = Duration.ofSeconds(3);

    private final KubernetesClient admin;
    private final String namespace;
    private final Attempts attempts;
    private final Path certificate;
    private int flooded;

    /** Does nothing yet; {@code certificate} is a file that it may write. */
    HostileLogin(KubernetesClient admin, String namespace, Attempts attempts, Path certificate) {
        this.admin = admin;
        this.namespace = namespace;
        this.attempts = attempts;
        this.certificate = certificate;
    }

    /** What one session does. */
    private interface Attack {
        void on(Connection session) throws SQLException, InterruptedException;
    }

    /** All attacks, one after another. */
    void round() throws InterruptedException {
        attack("takes 1,000 advisory locks", session -> {
            run(session, "SELECT count(pg_advisory_lock(g)) FROM generate_series(1, 1000) g");
            Thread.sleep(HOLD);
        });
        attack("makes temporary tables", this::temporary);
        attack("makes functions and views", this::functions);
        attack("gives rights to everybody and to neighbours", this::grants);
        attack("becomes a neighbour", session -> run(session, becomeNeighbour()));
        attack("loosens its own settings", session -> {
            run(session, "ALTER ROLE CURRENT_USER SET statement_timeout = 0");
            run(session, "ALTER ROLE CURRENT_USER SET work_mem = '64MB'");
        });
        attack("sends big statements", session -> {
            run(session, "SELECT length('" + "x".repeat(5_000_000) + "')");
            run(session, "SELECT length(repeat('x', 50000000))");
            run(session, "SELECT count(*) FROM (SELECT md5(g::text) m FROM generate_series(1, 300000) g ORDER BY m) s");
        });
        attack(
                "notifies",
                session ->
                        run(session, "SELECT count(pg_notify('everybody', g::text)) FROM generate_series(1, 5000) g"));
        attack("writes and empties a table", session -> {
            run(session, "CREATE TABLE IF NOT EXISTS hostile_rows (t text)");
            run(session, "INSERT INTO hostile_rows SELECT repeat('x', 200) FROM generate_series(1, 20000)");
            session.setAutoCommit(false);
            run(session, "LOCK TABLE hostile_rows IN ACCESS EXCLUSIVE MODE");
            run(session, "TRUNCATE hostile_rows");
            session.commit();
        });
        attack("floods the catalogue", this::flood);
        sessions();
    }

    /** Fills the lock table of the server and holds it until it is ended, or for half a minute. */
    void takeAllLocks() throws InterruptedException {
        attack("takes all locks of the server", session -> {
            try {
                run(session, "SELECT count(pg_advisory_lock(g)) FROM generate_series(1, " + ALL_LOCKS + ") g");
            } catch (SQLException e) {
                if (!"53200".equals(e.getSQLState())) { // out of shared memory: it has them all
                    throw e;
                }
            }
            for (int second = 0; second < 30; second++) {
                Thread.sleep(1000);
                run(session, "SELECT 1");
            }
        });
    }

    /** Keeps a transaction open that has read something, until interrupted. */
    void longTransaction() throws InterruptedException {
        attack("keeps a transaction open", session -> {
            session.setAutoCommit(false);
            session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            run(session, "SELECT count(*) FROM pg_class");
            while (true) {
                Thread.sleep(10_000);
                run(session, "SELECT 1");
            }
        });
    }

    /** Drops what it made. */
    void tidy() throws InterruptedException {
        attack("tidies up", session -> {
            for (int first = 0; first < FLOOD; first += 100) {
                run(session, drop(first));
            }
            run(session, "DROP TABLE IF EXISTS hostile_rows, hostile_grants CASCADE");
            run(session, """
                    DO $$ BEGIN FOR i IN 1..30 LOOP
                      EXECUTE format('DROP FUNCTION IF EXISTS hostile_%s()', i);
                    END LOOP; END $$""");
        });
    }

    private void temporary(Connection session) throws SQLException {
        for (int i = 0; i < 40; i++) {
            run(session, "CREATE TEMPORARY TABLE t" + i + " AS SELECT repeat('x', 100) FROM generate_series(1, 2000)");
        }
    }

    private void functions(Connection session) throws SQLException {
        for (int i = 1; i <= 30; i++) {
            run(
                    session,
                    "CREATE OR REPLACE FUNCTION hostile_" + i
                            + "() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT " + i + "'");
            run(session, "CREATE OR REPLACE VIEW hostile_view AS SELECT hostile_" + i + "() AS v");
        }
    }

    private void grants(Connection session) throws SQLException {
        run(session, "CREATE TABLE IF NOT EXISTS hostile_grants (t text)");
        run(session, "GRANT ALL ON hostile_grants TO PUBLIC");
        run(session, """
                DO $$ DECLARE r text; BEGIN
                  FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 't\\_%' AND rolname <> current_user LIMIT 20 LOOP
                    EXECUTE format('GRANT ALL ON hostile_grants TO %I', r);
                  END LOOP;
                END $$""");
        run(
                session,
                "DO $$ BEGIN EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO PUBLIC', current_schema()); END $$");
    }

    private static String becomeNeighbour() {
        return """
                DO $$ DECLARE r text; BEGIN
                  SELECT rolname INTO r FROM pg_roles
                    WHERE rolname LIKE 't\\_%' AND NOT pg_has_role(rolname, 'MEMBER') LIMIT 1;
                  EXECUTE format('SET ROLE %I', r);
                END $$""";
    }

    /** A hundred tables more in each round; from a certain number on they go again. */
    private void flood(Connection session) throws SQLException {
        for (int batch = 0; batch < 4; batch++) {
            if (flooded < FLOOD) {
                run(session, """
                        DO $$ BEGIN FOR i IN %d..%d LOOP
                          EXECUTE format('CREATE TABLE IF NOT EXISTS hostile_flood_%%s (a int PRIMARY KEY)', i);
                        END LOOP; END $$""".formatted(flooded, flooded + 99));
            } else {
                run(session, drop(flooded - FLOOD));
            }
            flooded = (flooded + 100) % (2 * FLOOD);
        }
    }

    private static String drop(int first) {
        return """
                DO $$ BEGIN FOR i IN %d..%d LOOP
                  EXECUTE format('DROP TABLE IF EXISTS hostile_flood_%%s', i);
                END LOOP; END $$""".formatted(first, first + 99);
    }

    private void sessions() throws InterruptedException {
        List<Connection> open = new ArrayList<>();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                try {
                    open.add(connect());
                    attempts.worked("opens many sessions");
                } catch (SQLException | IOException e) {
                    attempts.refused("opens many sessions", e.getMessage());
                }
            }
            Thread.sleep(HOLD);
        } finally {
            open.forEach(HostileLogin::closeQuietly);
        }
    }

    private void attack(String kind, Attack attack) throws InterruptedException {
        try (Connection session = connect()) {
            attack.on(session);
            attempts.worked(kind);
        } catch (SQLException | IOException e) {
            attempts.refused(kind, e.getMessage());
        }
    }

    private static void run(Connection session, String statement) throws SQLException {
        try (Statement sql = session.createStatement()) {
            sql.execute(statement);
        }
    }

    /** With what was delivered, as it is now. */
    private Connection connect() throws SQLException, IOException {
        Secret secret = admin.secrets().inNamespace(namespace).withName(SECRET).get();
        if (secret == null) {
            throw new IOException("nothing is delivered");
        }
        writeOnce(value(secret, "ca.crt"));
        Properties login = new Properties();
        login.setProperty("user", value(secret, "username"));
        login.setProperty("password", value(secret, "password"));
        login.setProperty("sslrootcert", certificate.toString());
        login.setProperty("connectTimeout", "10");
        login.setProperty("socketTimeout", "120");
        return DriverManager.getConnection(value(secret, "jdbc-url"), login);
    }

    private synchronized void writeOnce(String authority) throws IOException {
        if (!Files.exists(certificate)) {
            Files.writeString(certificate, authority);
        }
    }

    private static String value(Secret secret, String key) {
        return new String(
                Base64.getDecoder()
                        .decode(Objects.requireNonNull(secret.getData().get(key), key)),
                StandardCharsets.UTF_8);
    }

    private static void closeQuietly(Connection session) {
        try {
            session.close();
        } catch (SQLException _) {
            // It was ended from the other side.
        }
    }
}
