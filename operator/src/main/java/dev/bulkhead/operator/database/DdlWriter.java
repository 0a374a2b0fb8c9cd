package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only writer of a database: one transaction at a time in this process, and one among all operators by a row that
 * nobody else may see. Advisory locks would not do: any login can take them. Nor would a transaction per tenant at
 * once: every GRANT … ON DATABASE rewrites the same row.
 */
final class DdlWriter {
    private static final Logger LOG = LoggerFactory.getLogger(DdlWriter.class);
    private static final int LOST_RACES = 5;

    private final SharedDatabase database;
    private final DatabaseTimeouts timeouts;
    private final WriterQueue queue;

    DdlWriter(SharedDatabase database, DatabaseTimeouts timeouts, InstantSource clock) {
        this.database = database;
        this.timeouts = timeouts;
        this.queue = new WriterQueue(timeouts.place(), clock);
    }

    /** A transaction's worth of work. It is run again from the start when it loses a race. */
    @FunctionalInterface
    interface DdlWork<T> {
        T in(WriteTransaction transaction) throws SQLException;
    }

    /** Work on what is the operator's own. */
    <T> T write(DdlWork<T> work) throws SQLException {
        return write(null, work);
    }

    /**
     * Runs the work in its turn and commits. A lost race is tried again. When a lock is not given in time, the work is tried
     * again at once, while {@link Blockers} ends the sessions of tenants that hold a lock it needs. When a statement takes
     * longer than its share, all that wait come first; then it has as much time as there is.
     *
     * @param schema of the tenant it is for; null for what is the operator's own
     */
    <T> T write(@Nullable String schema, DdlWork<T> work) throws SQLException {
        Object name = schema == null ? this : schema;
        takeTurn(name);
        try {
            return untilRaceIsWon(work, null);
        } catch (SQLException failure) {
            if (SqlTrouble.lockTimeout(failure)) {
                LOG.debug("a lock was not given in time");
                return untilRaceIsWon(work, new Against(schema));
            }
            if (!SqlTrouble.tookTooLong(failure)) {
                throw failure;
            }
            LOG.debug("a statement took longer than its share");
        } finally {
            queue.leave();
        }
        takeTurn(name);
        try {
            return untilRaceIsWon(work, new Against(schema));
        } finally {
            queue.leave();
        }
    }

    /** Whoever holds a lock the work needs is to go. */
    private record Against(@Nullable String schema) {}

    private <T> T untilRaceIsWon(DdlWork<T> work, @Nullable Against blockers) throws SQLException {
        for (int lost = 1; ; lost++) {
            try {
                return once(work, blockers);
            } catch (SQLException failure) {
                if (!SqlTrouble.lostRace(failure) || lost == LOST_RACES) {
                    throw failure;
                }
                LOG.debug("lost a race for a catalogue row");
            }
        }
    }

    private <T> T once(DdlWork<T> work, @Nullable Against blockers) throws SQLException {
        return database.use(connection -> {
            connection.setAutoCommit(false);
            try {
                if (blockers == null) {
                    limit(connection);
                    return commit(work, connection, Set.of());
                }
                Set<String> standing = blockers.schema() == null ? Set.of() : open(blockers.schema(), connection);
                try (Blockers _ = new Blockers(database, connection, timeouts.lock())) {
                    return commit(work, connection, standing);
                }
            } catch (SQLException | RuntimeException | Error failure) {
                rollback(connection, failure);
                throw failure;
            }
        });
    }

    private void limit(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET LOCAL statement_timeout = " + timeouts.share().toMillis());
        }
    }

    private <T> T commit(DdlWork<T> work, Connection connection, Set<String> standing) throws SQLException {
        WriteTransaction transaction = new WriteTransaction(connection, database, standing);
        T result = work.in(transaction);
        transaction.commit();
        return result;
    }

    /**
     * Lets the operator into a tenant's roles before the transaction begins, so that the transaction holds no lock that
     * {@link Blockers} would wait for when it ends sessions of that very tenant. The next look finds it and takes it back.
     */
    private Set<String> open(String schema, Connection connection) throws SQLException {
        Administration administration = database.administration();
        Set<String> open = new HashSet<>();
        for (String gate : administration.gates(schema)) {
            database.sending(SqlTraffic.TrafficKind.WRITE, 1);
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(String.join(";\n", administration.opening(gate)));
                connection.commit();
                open.add(gate);
            } catch (SQLException failure) {
                if (!SqlTrouble.closedGate(failure)) {
                    throw failure;
                }
                connection.rollback(); // not there yet, or not the operator's to open: the work itself will tell
            }
            database.answered(SqlTraffic.TrafficKind.WRITE);
        }
        return open;
    }

    private static void rollback(Connection connection, Throwable failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private void takeTurn(Object name) throws SQLException {
        try {
            int before = queue.enter(name, timeouts.turn());
            if (before >= 0) {
                throw new WriterBusy(before);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for the writer", "57P01", e);
        }
    }
}
