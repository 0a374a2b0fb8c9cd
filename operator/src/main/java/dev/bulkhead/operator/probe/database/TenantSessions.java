package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.database.PemTrust;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.GSSEncMode;

/** Opens sessions as a tenant's workloads would, each with its time limits and without a tenant's search_path. */
final class TenantSessions {
    /** How the sessions call themselves in the server's log. */
    private static final String APPLICATION = "bulkhead-probe";

    private final DatabaseLimits limits;

    TenantSessions(DatabaseLimits limits) {
        this.limits = limits;
    }

    /** Logs in where the login belongs. */
    Connection open(DatabaseLogin login) throws SQLException {
        return open(login, login.database());
    }

    /** Logs in to another database of the same server. */
    Connection open(DatabaseLogin login, String database) throws SQLException {
        return source(login, database, login.address().tls()).getConnection(login.username(), login.password());
    }

    /** Asks to be let in without TLS, with a password that is nobody's: the real one does not travel in the clear. */
    Connection openWithoutTls(DatabaseLogin login) throws SQLException {
        PGSimpleDataSource source = source(login, login.database(), false);
        source.setRequireAuth(null);
        return source.getConnection(login.username(), "not the password");
    }

    /** Logs in where the login belongs, with one more start-up option of the protocol, such as {@code -c role=x}. */
    Connection openWith(DatabaseLogin login, String option) throws SQLException {
        PGSimpleDataSource source =
                source(login, login.database(), login.address().tls());
        source.setOptions(source.getOptions() + " " + option);
        return source.getConnection(login.username(), login.password());
    }

    /** Asks to be sent the server's log, as a replica is. */
    Connection openAsReplica(DatabaseLogin login) throws SQLException {
        PGSimpleDataSource source =
                source(login, login.database(), login.address().tls());
        source.setReplication("database");
        return source.getConnection(login.username(), login.password());
    }

    private PGSimpleDataSource source(DatabaseLogin login, String database, boolean tls) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {login.address().host()});
        source.setPortNumbers(new int[] {login.address().port()});
        source.setDatabaseName(database);
        source.setApplicationName(APPLICATION);
        source.setConnectTimeout(Math.toIntExact(limits.connect().toSeconds()));
        source.setLoginTimeout(Math.toIntExact(limits.connect().toSeconds()));
        source.setSocketTimeout(Math.toIntExact(limits.answer().toSeconds()));
        source.setPrepareThreshold(0);
        source.setLogServerErrorDetail(false);
        source.setGssEncMode(GSSEncMode.DISABLE.value);
        source.setAssumeMinServerVersion("15");
        // A server that does not show that it knows the password, too, proves nothing and gets none.
        source.setRequireAuth("scram-sha-256");
        long statement = limits.statement().toMillis();
        source.setOptions(String.join(
                " ",
                List.of(
                        "-c search_path=pg_catalog",
                        "-c default_transaction_read_only=off",
                        "-c lock_timeout=" + statement / 2,
                        "-c statement_timeout=" + statement,
                        "-c idle_in_transaction_session_timeout=" + 2 * statement)));
        source.setSslMode(tls ? "verify-full" : "disable");
        if (tls) {
            String pem = login.address().caCertificate();
            source.setSslfactory(pem == null ? "org.postgresql.ssl.DefaultJavaSSLFactory" : PemTrust.class.getName());
            if (pem != null) {
                source.setProperty(PGProperty.SSL_FACTORY_ARG, pem);
            }
        }
        return source;
    }
}
