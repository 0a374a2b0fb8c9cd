package dev.bulkhead.operator.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import dev.bulkhead.operator.outcome.Admission;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.GSSEncMode;

/**
 * The operator's way to one PostgreSQL server: a small pool and one writer per database. Opening it connects to nothing;
 * a server that is down is met when it is needed, and then left alone for a moment so that a thousand tenants do not
 * each wait for it.
 */
public final class DatabaseServerConnection implements AutoCloseable {
    private static final String APPLICATION = "bulkhead";
    private static final int POOL_SIZE = 4;
    private static final String WRONG_PASSWORD = "28P01";

    /** Wrong password; may not log in, or not from here; no CONNECT on the database. */
    private static final Set<String> NOT_LET_IN = Set.of(WRONG_PASSWORD, "28000", "42501");

    private static final Duration ASK_AGAIN = Duration.ofMinutes(10);

    private final DatabaseAddress address;
    private final String operator;
    private final String password;
    private final DatabaseTimeouts timeouts;
    private final InstantSource clock;
    private final SqlTraffic traffic;
    private final Map<String, SharedDatabase> databases = new ConcurrentHashMap<>();
    private volatile @Nullable AskedServer asked;
    private volatile boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param admin the operator's own login on the server; the array may be cleared afterwards
     */
    public DatabaseServerConnection(
            DatabaseAddress address,
            Credential admin,
            DatabaseTimeouts timeouts,
            InstantSource clock,
            SqlTraffic traffic) {
        this.address = address;
        this.operator = admin.username();
        this.password = new String(admin.password());
        this.timeouts = timeouts;
        this.clock = clock;
        this.traffic = traffic;
    }

    /** Where the server is. */
    public DatabaseAddress address() {
        return address;
    }

    /** One of its databases. After {@link #close} it is out of reach, for whoever still holds this connection. */
    SharedDatabase database(String name) {
        if (closed) {
            SharedDatabase gone = new SharedDatabase(this, name, pool(name), timeouts, clock, traffic);
            gone.close();
            return gone;
        }
        return databases.computeIfAbsent(
                name, key -> new SharedDatabase(this, key, pool(key), timeouts, clock, traffic));
    }

    /** Logs in as somebody else, says nothing, and leaves: the only way to test a password that cannot be read. */
    LoginCheck tryLogin(String database, Credential credential) {
        String refusal = refusal(database, credential);
        return refusal == null
                ? LoginCheck.ACCEPTED
                : refusal.equals(WRONG_PASSWORD) ? LoginCheck.REJECTED : LoginCheck.UNKNOWN;
    }

    /** Whether the server lets this login in now, whatever the reason when it does not. */
    Admission admits(String database, Credential credential) {
        String refusal = refusal(database, credential);
        return refusal == null
                ? Admission.Admitted
                : NOT_LET_IN.contains(refusal) ? Admission.Refused : Admission.Unknown;
    }

    /** Logs in and leaves; the SQLSTATE when that fails. */
    private @Nullable String refusal(String database, Credential credential) {
        traffic.sending(SqlTraffic.TrafficKind.LOGIN, database, 0);
        PGSimpleDataSource source = source(database);
        try (Connection _ = source.getConnection(credential.username(), new String(credential.password()))) {
            return null;
        } catch (SQLException failure) {
            return SqlTrouble.state(failure);
        } finally {
            traffic.answered(SqlTraffic.TrafficKind.LOGIN, database);
        }
    }

    /**
     * Whether the server asks for passwords at all: it then treats a role that does not exist like a wrong password. A
     * server that trusts everybody says that there is no such role. Asked now and then only, since it leaves a line in
     * the server's log.
     */
    boolean asksForPasswords(String database) {
        AskedServer known = asked;
        if (known != null && clock.instant().isBefore(known.at().plus(ASK_AGAIN))) {
            return known.forPassword();
        }
        Credential nobody = new Credential("bulkhead_nobody", "no password".toCharArray());
        boolean forPassword = tryLogin(database, nobody) == LoginCheck.REJECTED;
        asked = new AskedServer(clock.instant(), forPassword);
        return forPassword;
    }

    private record AskedServer(Instant at, boolean forPassword) {}

    /** Closes all connections. */
    @Override
    public void close() {
        closed = true;
        databases.values().forEach(SharedDatabase::close);
        databases.clear();
    }

    /** A session of the operator's own beside the pool, for what has to be ready when nobody new gets in. */
    Connection ready(String database) throws SQLException {
        return own(database).getConnection();
    }

    private HikariDataSource pool(String database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(own(database));
        config.setPoolName(APPLICATION + "-" + database);
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(timeouts.connect().toMillis());
        config.setValidationTimeout(timeouts.connect().toMillis());
        config.setInitializationFailTimeout(-1);
        config.setExceptionOverride(new KeepQuiet());
        return new HikariDataSource(config);
    }

    private PGSimpleDataSource own(String database) {
        PGSimpleDataSource source = source(database);
        source.setUser(operator);
        source.setPassword(password);
        source.setOptions(String.join(
                " ",
                List.of(
                        "-c search_path=pg_catalog",
                        "-c lock_timeout=" + timeouts.lock().toMillis(),
                        "-c statement_timeout=" + timeouts.socket().toMillis(),
                        "-c idle_in_transaction_session_timeout="
                                + timeouts.socket().toMillis())));
        return source;
    }

    private PGSimpleDataSource source(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {address.host()});
        source.setPortNumbers(new int[] {address.port()});
        source.setDatabaseName(database);
        source.setApplicationName(APPLICATION);
        source.setConnectTimeout(Math.toIntExact(timeouts.connect().toSeconds()));
        source.setLoginTimeout(Math.toIntExact(timeouts.connect().toSeconds()));
        // The server ends a statement first and says so; the socket ends only when the server says nothing.
        source.setSocketTimeout(Math.toIntExact(timeouts.socket().toSeconds()) + 1);
        source.setTcpKeepAlive(true);
        // Statements are planned with their values, and hold no state on the server.
        source.setPrepareThreshold(0);
        source.setLogServerErrorDetail(false);
        source.setGssEncMode(GSSEncMode.DISABLE.value);
        source.setAssumeMinServerVersion("15");
        // Whatever answers never gets a password that it can read; one that asks for none is told apart by who it lets
        // in.
        source.setRequireAuth("scram-sha-256,none");
        source.setSslMode(address.tls() ? "verify-full" : "disable");
        if (address.tls()) {
            String pem = address.caCertificate();
            source.setSslfactory(pem == null ? "org.postgresql.ssl.DefaultJavaSSLFactory" : PemTrust.class.getName());
            if (pem != null) {
                source.setProperty(PGProperty.SSL_FACTORY_ARG, pem);
            }
        }
        return source;
    }

    /** The pool would print a stack trace for every refusal; connections that failed are not lent again anyway. */
    private static final class KeepQuiet implements SQLExceptionOverride {
        @java.lang.Override
        public SQLExceptionOverride.Override adjudicate(SQLException failure) {
            return SQLExceptionOverride.Override.DO_NOT_EVICT;
        }
    }
}
