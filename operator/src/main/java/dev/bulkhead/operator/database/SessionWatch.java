package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.database.SessionBounds.SessionExcess;
import dev.bulkhead.operator.database.SessionBounds.SessionHold;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions of tenants that hold more than {@link SessionBounds} allows: a few lines of any login fill the server's
 * lock table, which keeps everybody of every tenant out. A session of the operator's own is kept ready, for once the table
 * is full nobody new gets in; it looks every few seconds. It needs a few entries of the table itself, those of the
 * catalogues all databases share, and holds them beforehand, by a transaction that stays open; that reads only, and keeps
 * no old rows alive.
 */
final class SessionWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);

    /** Whether the operator may end sessions when the server's lock table is full. */
    static final String SESSIONS_CAN_BE_ENDED = "sessionsCanBeEnded";

    /** Whether one session's temporary files have a bound, which only a superuser can set. */
    static final String TEMPORARY_FILES_BOUNDED = "temporaryFilesBounded";

    /** How long its transaction stays open: who wants these catalogues for himself, such as VACUUM FULL, waits so long. */
    private static final Duration KEPT = Duration.ofMinutes(10);

    /** How long it stands at a tenant that its session was ended. */
    private static final Duration TOLD = Duration.ofMinutes(10);

    private static final String MAY = """
            SELECT pg_has_role(session_user, 'pg_signal_backend', 'USAGE'),
                   current_setting('max_locks_per_transaction')::bigint,
                   current_setting('max_connections')::bigint + current_setting('max_prepared_transactions')::bigint,
                   current_setting('temp_file_limit')""";

    /** Who may end whose session is read there; a lock on it stays until the transaction ends. */
    private static final String RESERVE = "SELECT 1 FROM pg_auth_members LIMIT 1";

    /** A transaction sees sessions as they were when it looked first. */
    private static final String AFRESH = "SELECT pg_stat_clear_snapshot()";

    /** Locks of the fast path are kept elsewhere. When a transaction began, only its own role is told, but not which it is. */
    private static final String HELD = """
            SELECT a.pid, a.usename, count(*) FILTER (WHERE NOT l.fastpath), min(l.virtualtransaction)
            FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE a.usename ~ ?
            GROUP BY a.pid, a.usename""";

    private static final String END =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND usename = ?";

    /** How a transaction's name ends where there is none: locks of a session outlive its transactions. */
    private static final String NONE = "/0";

    private final DatabaseServerConnection server;
    private final String database;
    private final Duration pause;
    private final InstantSource clock;
    private final Map<String, Ended> ended = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private @Nullable Connection connection;
    private Instant renewed = Instant.MIN;
    private Map<String, Instant> transactions = Map.of();
    private volatile @Nullable WatchRight right;
    private volatile boolean warned;
    private @Nullable Thread watch;
    private volatile boolean over;

    /**
     * What the server lets it do.
     *
     * @param end whether it may end sessions without becoming their role, which takes no lock
     * @param share entries of the lock table that one tenant may hold
     * @param temporaryFiles what a session may write into temporary files, as PostgreSQL writes it; {@code -1} is no bound
     */
    record WatchRight(boolean end, long share, String temporaryFiles) {
        private List<Capability> capabilities() {
            boolean bounded = !temporaryFiles.equals("-1");
            return List.of(
                    new Capability(
                            SESSIONS_CAN_BE_ENDED,
                            end,
                            end
                                    ? "a tenant's session that holds more than " + share
                                            + " locks is ended within seconds"
                                    : "a login that takes all locks of the server keeps everybody out until a superuser"
                                            + " ends its session. As a superuser: GRANT pg_signal_backend TO the"
                                            + " operator's role"),
                    new Capability(
                            TEMPORARY_FILES_BOUNDED,
                            bounded,
                            bounded
                                    ? "temporary files of one session end at " + temporaryFiles
                                    : "one query can fill the server's disk with temporary files. As a superuser: ALTER"
                                            + " SYSTEM SET temp_file_limit = '5GB', or what the disk bears for all"
                                            + " connections; then SELECT pg_reload_conf()"));
        }
    }

    private record Ended(SessionExcess excess, long share, Instant at) {
        private String told() {
            return switch (excess.why()) {
                case TransactionTooLong ->
                    "a transaction of the tenant was open for more than " + SessionBounds.LONGEST.toHours()
                            + " hours, behind which the server clears nothing away for anybody";
                default ->
                    "a session of the tenant held " + excess.session().locks()
                            + " locks of the server; all of a tenant's may hold " + share + " at once";
            };
        }
    }

    /**
     * Looks at nothing before the first {@link #right}.
     *
     * @param database any of the server's, to log in to; what is bounded is the server's
     * @param pause between two looks
     */
    SessionWatch(DatabaseServerConnection server, String database, Duration pause, InstantSource clock) {
        this.server = server;
        this.database = database;
        this.pause = pause;
        this.clock = clock;
    }

    /** Begins, where it has not, and says what it may; empty as long as the server does not let it in. */
    Optional<WatchRight> right() {
        opening.lock();
        try {
            if (watch == null && !over) {
                connected();
                watch = Thread.ofVirtual().name("bulkhead-sessions").start(this::watch);
            }
        } catch (SQLException e) {
            LOG.debug("the watch over sessions is not let in (SQLSTATE {})", SqlTrouble.state(e));
        } finally {
            opening.unlock();
        }
        return Optional.ofNullable(right);
    }

    /** What the server bounds for everybody; nothing as long as it does not let the watch in. */
    List<Capability> capabilities() {
        return right().map(WatchRight::capabilities).orElse(List.of());
    }

    /** What was done to the tenant lately; empty when nothing. */
    Optional<Finding> finding(TenantIdentity tenant) {
        return Optional.ofNullable(ended.get(tenant.schema()))
                .filter(this::isRecent)
                .map(last -> new Finding(
                        last.excess().why(),
                        "database " + database,
                        last.told() + ". It was ended at " + last.at().truncatedTo(ChronoUnit.SECONDS)
                                + ". Take less, or give it back sooner."));
    }

    private boolean isRecent(Ended last) {
        return clock.instant().isBefore(last.at().plus(TOLD));
    }

    private void watch() {
        while (!over) {
            try {
                Thread.sleep(pause);
                look();
            } catch (InterruptedException _) {
                return;
            } catch (SQLException failure) {
                LOG.debug("nobody looked at sessions (SQLSTATE {})", SqlTrouble.state(failure));
                disconnect();
            }
        }
    }

    /** One look, and what follows from it. */
    void look() throws SQLException {
        Connection ready = connected();
        WatchRight may = right;
        if (may == null) {
            return;
        }
        List<SessionExcess> excesses = SessionBounds.excesses(held(ready), may.share());
        for (SessionExcess excess : excesses) {
            end(ready, excess, may);
        }
        // A transaction does not see that the right was given since it began; who has none keeps nothing ready either.
        if (excesses.isEmpty() && (!may.end() || !clock.instant().isBefore(renewed.plus(KEPT)))) {
            ready.commit();
            reserve(ready);
        }
        ended.values().removeIf(last -> !isRecent(last));
    }

    private void end(Connection ready, SessionExcess excess, WatchRight may) throws SQLException {
        SessionHold session = excess.session();
        try {
            if (may.end()) {
                try (PreparedStatement statement = ready.prepareStatement(END)) {
                    statement.setInt(1, session.pid());
                    statement.setString(2, session.login());
                    statement.execute();
                }
            } else {
                SharedDatabase shared = server.database(database);
                shared.use(other -> {
                    Sessions.end(shared, other, session.login(), session.pid());
                    return session;
                });
            }
        } catch (SQLException | IllegalStateException failure) {
            if (!warned) {
                warned = true;
                LOG.atWarn()
                        .addKeyValue("server", server.address())
                        .addKeyValue("role", session.login())
                        .addKeyValue("locks", session.locks())
                        .log("a session holds more than one tenant may, and the operator cannot end it: as a superuser,"
                                + " GRANT pg_signal_backend to the operator's role");
            }
            if (failure instanceof SQLException sql) {
                throw sql;
            }
            return;
        }
        Ended before = ended.put(session.schema(), new Ended(excess, may.share(), clock.instant()));
        if (before != null && before.excess().session().pid() == session.pid()) {
            return; // it takes its time to end
        }
        LOG.atInfo()
                .addKeyValue("server", server.address())
                .addKeyValue("role", session.login())
                .addKeyValue("locks", session.locks())
                .addKeyValue("reason", excess.why())
                .log("ended a session that held more than one tenant may");
    }

    /** The statements of a look, once, while there is room: what they lock stays locked, and they need nothing more. */
    private void reserve(Connection ready) throws SQLException {
        right = read(ready);
        run(ready, RESERVE);
        held(ready);
        renewed = clock.instant();
    }

    private static void run(Connection ready, String query) throws SQLException {
        try (Statement statement = ready.createStatement()) {
            statement.execute(query);
        }
    }

    private List<SessionHold> held(Connection ready) throws SQLException {
        run(ready, AFRESH);
        Instant now = clock.instant();
        Map<String, Instant> open = new HashMap<>();
        List<SessionHold> held = new ArrayList<>();
        try (PreparedStatement statement = ready.prepareStatement(HELD)) {
            statement.setString(1, SessionBounds.LOGIN);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    int pid = rows.getInt(1);
                    String transaction = rows.getString(4);
                    Instant since = now;
                    if (!transaction.endsWith(NONE)) {
                        since = transactions.getOrDefault(pid + " " + transaction, now);
                        open.put(pid + " " + transaction, since);
                    }
                    held.add(new SessionHold(pid, rows.getString(2), rows.getLong(3), Duration.between(since, now)));
                }
            }
        }
        transactions = Map.copyOf(open);
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
            try {
                run(opened, "SET idle_in_transaction_session_timeout = 0");
                opened.setAutoCommit(false);
                reserve(opened);
            } catch (SQLException failure) {
                opened.close();
                throw failure;
            }
            connection = opened;
            warned = false;
            return opened;
        } finally {
            opening.unlock();
        }
    }

    private static WatchRight read(Connection ready) throws SQLException {
        try (Statement statement = ready.createStatement();
                ResultSet row = statement.executeQuery(MAY)) {
            row.next();
            return new WatchRight(
                    row.getBoolean(1), SessionBounds.share(row.getLong(2), row.getLong(3)), row.getString(4));
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
