package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.HeldLocks.LockHolder;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one tenant from filling the server's lock table, which keeps everybody of every tenant out: a few lines of any login
 * do that, and nothing in PostgreSQL bounds it. A session of the operator's own is kept ready, for once the table is full
 * nobody new gets in; it looks every few seconds who holds how much, by statements that need no entry of the table
 * themselves, and ends what is more than one tenant's share.
 */
final class LockWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

    /** How long it stands at a tenant that its session was ended. */
    private static final Duration TOLD = Duration.ofMinutes(10);

    private static final String MAY = """
            SELECT pg_has_role(session_user, 'pg_signal_backend', 'USAGE'),
                   current_setting('max_locks_per_transaction')::bigint,
                   current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint""";

    /** Locks of the fast path are kept elsewhere. */
    private static final String HELD = """
            SELECT a.pid, a.usename, count(*)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE NOT l.fastpath AND a.usename ~ ?
            GROUP BY a.pid, a.usename""";

    private static final String END =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND usename = ?";

    private final DatabaseServerConnection server;
    private final String database;
    private final Duration pause;
    private final InstantSource clock;
    private final Map<String, Excess> excesses = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable Connection connection;
    private volatile @Nullable Right right;
    private volatile boolean warned;
    private @Nullable Thread watch;
    private volatile boolean over;

    /**
     * What the server lets it do.
     *
     * @param end whether it may end sessions without becoming their role, which takes no lock
     * @param share entries of the lock table that one tenant may hold
     */
    record Right(boolean end, long share) {}

    private record Excess(long locks, long share, Instant at) {}

    /**
     * Looks at nothing before the first {@link #right}.
     *
     * @param database any of the server's, to log in to; the table is the server's
     * @param pause between two looks
     */
    LockWatch(DatabaseServerConnection server, String database, Duration pause, InstantSource clock) {
        this.server = server;
        this.database = database;
        this.pause = pause;
        this.clock = clock;
    }

    /** Begins, where it has not, and says what it may; empty as long as the server does not let it in. */
    Optional<Right> right() {
        opening.lock();
        try {
            if (watch == null && !over) {
                connected();
                watch = Thread.ofVirtual().name("bulkhead-locks").start(this::watch);
            }
        } catch (SQLException e) {
            LOG.debug("the watch over locks is not let in (SQLSTATE {})", SqlTrouble.state(e));
        } finally {
            opening.unlock();
        }
        return Optional.ofNullable(right);
    }

    /** What was done to the tenant lately; empty when nothing. */
    Optional<Finding> finding(TenantIdentity tenant) {
        Excess excess = excesses.get(tenant.schema());
        return excess == null || !isRecent(excess)
                ? Optional.empty()
                : Optional.of(new Finding(
                        Reason.LocksExceeded,
                        "database " + database,
                        "sessions of the tenant held " + excess.locks() + " locks of the server, more than "
                                + excess.share()
                                + " at once, and were ended at " + excess.at().truncatedTo(ChronoUnit.SECONDS)
                                + ". Take fewer, or release them sooner."));
    }

    private boolean isRecent(Excess excess) {
        return clock.instant().isBefore(excess.at().plus(TOLD));
    }

    private void watch() {
        while (!over) {
            try {
                Thread.sleep(pause);
                look();
            } catch (InterruptedException _) {
                return;
            } catch (SQLException failure) {
                LOG.debug("nobody looked at locks (SQLSTATE {})", SqlTrouble.state(failure));
                disconnect();
            }
        }
    }

    /** One look, and what follows from it. */
    void look() throws SQLException {
        Connection ready = connected();
        Right may = right;
        if (may == null) {
            return;
        }
        List<LockHolder> tooMany = HeldLocks.tooMany(held(ready), may.share());
        for (LockHolder session : tooMany) {
            end(ready, session, may);
        }
        excesses.values().removeIf(excess -> !isRecent(excess));
    }

    private void end(Connection ready, LockHolder session, Right may) throws SQLException {
        try {
            if (may.end()) {
                try (PreparedStatement statement = ready.prepareStatement(END)) {
                    statement.setInt(1, session.pid());
                    statement.setString(2, session.login());
                    statement.execute();
                }
            } else {
                Sessions.end(server.database(database), ready, session.login(), session.pid());
            }
        } catch (SQLException | IllegalStateException failure) {
            if (!warned) {
                warned = true;
                LOG.atWarn()
                        .addKeyValue("server", server.address())
                        .addKeyValue("role", session.login())
                        .addKeyValue("locks", session.locks())
                        .log(
                                "a session holds more of the server's lock table than one tenant may, and the operator cannot end"
                                        + " it: as a superuser, GRANT pg_signal_backend to the operator's role");
            }
            if (failure instanceof SQLException sql) {
                throw sql;
            }
            return;
        }
        excesses.put(session.schema(), new Excess(session.locks(), may.share(), clock.instant()));
        LOG.atInfo()
                .addKeyValue("server", server.address())
                .addKeyValue("role", session.login())
                .addKeyValue("locks", session.locks())
                .addKeyValue("share", may.share())
                .log("ended a session that held more of the server's lock table than one tenant may");
    }

    private static List<LockHolder> held(Connection ready) throws SQLException {
        List<LockHolder> held = new ArrayList<>();
        try (PreparedStatement statement = ready.prepareStatement(HELD)) {
            statement.setString(1, HeldLocks.LOGIN);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    held.add(new LockHolder(rows.getInt(1), rows.getString(2), rows.getLong(3)));
                }
            }
        }
        return held;
    }

    private Connection connected() throws SQLException {
        opening.lock();
        try {
            Connection known = connection;
            if (known != null && !known.isClosed()) {
                return known;
            }
            if (over) {
                throw new SQLException("closed", "57P01");
            }
            Connection opened = server.ready(database);
            connection = opened;
            try (Statement statement = opened.createStatement();
                    ResultSet row = statement.executeQuery(MAY)) {
                row.next();
                right = new Right(row.getBoolean(1), HeldLocks.share(row.getLong(2), row.getLong(3)));
            }
            held(opened); // what it needs of the catalogue is read while there is room
            warned = false;
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private void disconnect() {
        opening.lock();
        try {
            Connection known = connection;
            connection = null;
            if (known != null) {
                known.close();
            }
        } catch (SQLException _) {
            // It was of no use any more.
        } finally {
            opening.unlock();
        }
    }

    @Override
    public void close() {
        over = true;
        Thread running = watch;
        if (running != null) {
            running.interrupt();
        }
        disconnect();
    }
}
