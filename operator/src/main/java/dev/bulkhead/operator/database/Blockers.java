package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While it is open, ends the sessions of tenants that the writer waits for.
 *
 * <p>It takes no right to stall the writer: {@code GRANT CONNECT ON DATABASE d TO anybody} by a login that merely holds
 * CONNECT changes nothing, warns, and yet rewrites and so locks the row of the database until its transaction ends; the
 * same goes for USAGE on schema {@code ext}. One idle transaction would keep every tenant from being made and closed.
 * Sessions of anybody but tenants' logins are left alone.
 */
final class Blockers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Blockers.class);
    private static final Pattern TENANT_LOGIN = Pattern.compile("t_[a-z2-7]{16}_(l1|l2|bkp)");
    private static final long PAUSE_MILLIS = 20;

    private final SharedDatabase database;
    private final int writer;
    private final Duration lock;
    private final Thread watch;
    private final Set<Integer> givenUp = new HashSet<>();
    private volatile boolean over;

    Blockers(SharedDatabase database, Connection writer, Duration lock) throws SQLException {
        this.database = database;
        this.writer = writer.unwrap(PGConnection.class).getBackendPID();
        this.lock = lock;
        this.watch = Thread.ofVirtual().name("bulkhead-blockers").start(this::watch);
    }

    @Override
    public void close() {
        over = true;
        try {
            watch.join(lock);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        try {
            database.use(connection -> {
                while (!over) {
                    for (Map.Entry<Integer, String> blocker :
                            blockers(connection).entrySet()) {
                        if (!givenUp.contains(blocker.getKey())) {
                            end(connection, blocker.getKey(), blocker.getValue());
                        }
                    }
                    pause();
                }
                return true;
            });
        } catch (SQLException e) {
            // The writer's own time limit still holds: its tenant waits and is tried again.
            LOG.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("sqlState", SqlTrouble.state(e))
                    .log("could not end sessions that hold a lock the operator needs");
        }
    }

    /** One that cannot be ended is said once, and the others are ended all the same. */
    private void end(Connection connection, int pid, String role) throws SQLException {
        try {
            Sessions.end(database, connection, role, pid);
            LOG.atInfo()
                    .addKeyValue("database", database.name())
                    .addKeyValue("role", role)
                    .log("ended a session that held a lock the operator needs");
        } catch (SQLException failure) {
            if (!SqlTrouble.closedGate(failure)) {
                throw failure;
            }
            connection.rollback();
            connection.setAutoCommit(true);
            givenUp.add(pid);
            LOG.atWarn()
                    .addKeyValue("database", database.name())
                    .addKeyValue("role", role)
                    .addKeyValue("sqlState", SqlTrouble.state(failure))
                    .log(
                            "a session holds a lock the operator needs, and nobody lets the operator end it: a superuser has to");
        }
    }

    private Map<Integer, String> blockers(Connection connection) throws SQLException {
        Map<Integer, String> blockers = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT pid, usename FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(?))")) {
            statement.setInt(1, writer);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String role = rows.getString(2);
                    if (role != null && TENANT_LOGIN.matcher(role).matches()) {
                        blockers.put(rows.getInt(1), role);
                    }
                }
            }
        }
        return blockers;
    }

    private static void pause() throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "57P01", e);
        }
    }
}
