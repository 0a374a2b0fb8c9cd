package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
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
    private static final int LOCK_TIMEOUTS = 2;

    private final SharedDatabase database;
    private final DatabaseTimeouts timeouts;
    private final Semaphore turn = new Semaphore(1, true);

    DdlWriter(SharedDatabase database, DatabaseTimeouts timeouts) {
        this.database = database;
        this.timeouts = timeouts;
    }

    /** A transaction's worth of work. It is run again from the start when it loses a race. */
    @FunctionalInterface
    interface DdlWork<T> {
        T in(WriteTransaction transaction) throws SQLException;
    }

    /**
     * Runs the work in its turn and commits. A lost race is tried again; when a lock is not given in time the work is
     * tried again while {@link Blockers} ends the sessions of tenants that hold it.
     */
    <T> T write(DdlWork<T> work) throws SQLException {
        takeTurn();
        try {
            int lostRaces = 0;
            int lockTimeouts = 0;
            while (true) {
                try {
                    return once(work, lockTimeouts > 0);
                } catch (SQLException failure) {
                    if (SqlTrouble.lostRace(failure) && ++lostRaces < LOST_RACES) {
                        LOG.debug("lost a race for a catalogue row");
                    } else if (SqlTrouble.lockTimeout(failure) && ++lockTimeouts < LOCK_TIMEOUTS) {
                        LOG.debug("a lock was not given in time");
                    } else {
                        throw failure;
                    }
                }
            }
        } finally {
            turn.release();
        }
    }

    private <T> T once(DdlWork<T> work, boolean againstBlockers) throws SQLException {
        return database.use(connection -> {
            connection.setAutoCommit(false);
            try {
                if (!againstBlockers) {
                    return commit(work, connection);
                }
                try (Blockers _ = new Blockers(database, connection, timeouts.lock())) {
                    return commit(work, connection);
                }
            } catch (SQLException | RuntimeException | Error failure) {
                rollback(connection, failure);
                throw failure;
            }
        });
    }

    private <T> T commit(DdlWork<T> work, Connection connection) throws SQLException {
        WriteTransaction transaction = new WriteTransaction(connection, database);
        T result = work.in(transaction);
        transaction.commit();
        return result;
    }

    private static void rollback(Connection connection, Throwable failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private void takeTurn() throws SQLException {
        try {
            if (!turn.tryAcquire(timeouts.turn().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SQLException("too many wait for the writer of this database", "55P03");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for the writer", "57P01", e);
        }
    }
}
