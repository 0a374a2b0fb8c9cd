package dev.bulkhead.operator.database;

import com.zaxxer.hikari.HikariDataSource;
import dev.bulkhead.operator.outcome.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One database that many tenants share: its connections, its writer, and what is done once in it. */
final class SharedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedDatabase.class);

    private final DatabaseServerConnection server;
    private final String name;
    private final HikariDataSource pool;
    private final SqlTraffic traffic;
    private final DdlWriter writer;
    private final DatabaseTimeouts timeouts;
    private final InstantSource clock;

    /** One permit per connection: who waits for the pool waits here, so that a full pool never looks like a dead server. */
    private final Semaphore connections;

    private volatile boolean verifiersReadable;
    private volatile @Nullable DatabaseFacts facts;
    private volatile boolean prepared;
    private volatile @Nullable Failure lastFailure;

    SharedDatabase(
            DatabaseServerConnection server,
            String name,
            HikariDataSource pool,
            DatabaseTimeouts timeouts,
            InstantSource clock,
            SqlTraffic traffic) {
        this.server = server;
        this.name = name;
        this.pool = pool;
        this.traffic = traffic;
        this.timeouts = timeouts;
        this.clock = clock;
        this.connections = new Semaphore(pool.getMaximumPoolSize(), true);
        this.writer = new DdlWriter(this, timeouts, clock);
    }

    /** What is done with a connection. */
    @FunctionalInterface
    interface Use<T> {
        T of(Connection connection) throws SQLException;
    }

    String name() {
        return name;
    }

    DatabaseServerConnection server() {
        return server;
    }

    DdlWriter writer() {
        return writer;
    }

    boolean verifiersReadable() {
        return verifiersReadable;
    }

    /** By what right the operator changes roles here, as the last look told. */
    Administration administration() {
        return Administration.of(facts());
    }

    /** What the last look told of the database. */
    DatabaseFacts facts() {
        DatabaseFacts known = facts;
        if (known == null) {
            throw new IllegalStateException("the database was not looked at yet");
        }
        return known;
    }

    /** What a look told. */
    void seen(DatabaseFacts seen) {
        facts = seen;
    }

    /** Lends a connection. One that failed is not lent again. */
    <T> T use(Use<T> use) throws SQLException {
        checkReachable();
        takePermit();
        try {
            checkReachable();
            return use(connect(), use);
        } finally {
            connections.release();
        }
    }

    /** A look at the catalogue in a transaction of its own. */
    CatalogueSnapshot look(CatalogueScope scope) throws SQLException {
        CatalogueSnapshot snapshot;
        try {
            snapshot = lookOnce(scope, verifiersReadable);
        } catch (SQLException failure) {
            if (!verifiersReadable || !SqlTrouble.denied(failure)) {
                throw failure;
            }
            snapshot = lookOnce(scope, false);
        }
        boolean readable = snapshot.facts().passwordsReadable();
        if (readable && !verifiersReadable) {
            snapshot = lookOnce(scope, true);
        }
        verifiersReadable = readable;
        return snapshot;
    }

    /**
     * Does what is done once, as far as the server lets it.
     *
     * @return why no tenant can be made here, or null
     */
    @Nullable
    Outcome prepare() throws SQLException {
        if (prepared) {
            return null;
        }
        return prepare(look(CatalogueScope.none()).facts());
    }

    /** The same for facts just seen. */
    @Nullable
    Outcome prepare(DatabaseFacts facts) throws SQLException {
        DatabasePreparation missing = DatabasePreparation.of(facts);
        if (missing.obstacle() != null) {
            prepared = false;
            return missing.obstacle();
        }
        if (!missing.needed().isEmpty() && writer.write(this::prepareNeeded)) {
            LOG.atInfo().addKeyValue("database", name).log("prepared the database for tenants");
        }
        if (!missing.wished().isEmpty()) {
            writer.write(this::prepareWished);
        }
        prepared = true;
        return null;
    }

    /** Looks again, now that it is its turn: many tenants arrive at a new database at once, and one of them was first. */
    private boolean prepareNeeded(WriteTransaction transaction) throws SQLException {
        transaction.withoutFence();
        transaction.execute(missing(transaction).needed());
        return transaction.written() > 0;
    }

    /** Does what the server lets it do, and leaves no trace where that is nothing. */
    private boolean prepareWished(WriteTransaction transaction) throws SQLException {
        transaction.withoutFence();
        List<SqlStatement> wished = missing(transaction).wished();
        if (wished.isEmpty()) {
            return false;
        }
        transaction.executeWhatIsAllowed(wished);
        List<SqlStatement> left = missing(transaction).wished();
        if (left.equals(wished)) {
            transaction.nothingWritten();
        }
        left.forEach(statement -> LOG.debug("the server does not let the operator close {}", statement.subject()));
        return transaction.written() > 0;
    }

    private static DatabasePreparation missing(WriteTransaction transaction) throws SQLException {
        return DatabasePreparation.of(transaction.look(CatalogueScope.none()).facts());
    }

    /** Next time the preparation is looked at again. */
    void unprepared() {
        prepared = false;
    }

    void sending(SqlTraffic.TrafficKind kind, int statements) {
        traffic.sending(kind, name, statements);
    }

    void answered(SqlTraffic.TrafficKind kind) {
        traffic.answered(kind, name);
    }

    @Override
    public void close() {
        pool.close();
    }

    private <T> T use(Connection connection, Use<T> use) throws SQLException {
        boolean well = false;
        try {
            T result = use.of(connection);
            well = true;
            return result;
        } finally {
            if (well) {
                connection.close();
            } else {
                pool.evictConnection(connection);
            }
        }
    }

    /** A database known to be out of reach is left alone for a moment: not every tenant has to wait for it. */
    private void checkReachable() throws SQLException {
        Failure failure = lastFailure;
        if (failure != null && clock.instant().isBefore(failure.at().plus(timeouts.holdOff()))) {
            throw new SQLException("the database was out of reach a moment ago", failure.state());
        }
    }

    private record Failure(Instant at, String state) {}

    private void takePermit() throws SQLException {
        try {
            if (!connections.tryAcquire(timeouts.turn().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WriterBusy(connections.getQueueLength() + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while waiting for a connection", "57P01", e);
        }
    }

    private CatalogueSnapshot lookOnce(CatalogueScope scope, boolean verifiers) throws SQLException {
        sending(SqlTraffic.TrafficKind.LOOK, Catalogue.QUERIES);
        CatalogueSnapshot snapshot = use(connection -> Catalogue.look(connection, scope, verifiers));
        answered(SqlTraffic.TrafficKind.LOOK);
        seen(snapshot.facts());
        return snapshot;
    }

    private Connection connect() throws SQLException {
        try {
            Connection connection = pool.getConnection();
            lastFailure = null;
            return connection;
        } catch (SQLException failure) {
            lastFailure = new Failure(clock.instant(), SqlTrouble.state(failure));
            throw failure;
        }
    }
}
