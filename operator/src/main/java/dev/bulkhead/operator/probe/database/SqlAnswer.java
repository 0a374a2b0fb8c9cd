package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Ending;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * How the server answered. Never its words: they can hold names and values.
 *
 * @param ending what the answer says about the boundary
 * @param detail the SQLSTATE, or what happened on the way
 */
record SqlAnswer(Ending ending, String detail) {
    /** The one answer of a boundary that holds. */
    static final String INSUFFICIENT_PRIVILEGE = "42501";

    /** Nobody who asks without TLS gets as far as a password. */
    static final String NOT_AUTHORISED = "28000";

    static final String WRONG_PASSWORD = "28P01";

    private static final String NO_CONNECTION_LEFT = "53300";
    private static final String CANCELLED = "57014";
    private static final Set<String> TOO_LATE = Set.of(CANCELLED, "55P03", "25P03", "57P05");

    /** It was carried out, and is rolled back. */
    static SqlAnswer done() {
        return new SqlAnswer(Ending.Succeeded, "carried out");
    }

    static SqlAnswer of(SQLException failure) {
        return of(failure, Set.of(INSUFFICIENT_PRIVILEGE));
    }

    /**
     * What a failure says.
     *
     * @param refusals SQLSTATEs with which the boundary says no
     */
    static SqlAnswer of(SQLException failure, Set<String> refusals) {
        String state = state(failure);
        if (refusals.contains(state)) {
            return new SqlAnswer(Ending.Refused, "SQLSTATE " + state);
        }
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return new SqlAnswer(Ending.NameNotFound, "the host name does not resolve");
            }
            if (cause instanceof SocketTimeoutException) {
                return new SqlAnswer(Ending.TimedOut, "no answer in time");
            }
            if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
                return new SqlAnswer(Ending.TlsFailed, "the TLS handshake failed");
            }
        }
        if (NO_CONNECTION_LEFT.equals(state)) {
            return new SqlAnswer(
                    Ending.Broken,
                    (ofRole(failure)
                                    ? "the connection limit of the tenant's login is used up"
                                    : "the server has no connection left")
                            + " (SQLSTATE " + state + ")");
        }
        return TOO_LATE.contains(state)
                ? new SqlAnswer(Ending.TimedOut, "SQLSTATE " + state)
                : new SqlAnswer(Ending.Broken, state.isEmpty() ? "no SQLSTATE" : "SQLSTATE " + state);
    }

    /** Whether it is the role's own limit, by the place in the server that says so: its words are translated. */
    private static boolean ofRole(SQLException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException driver
                    && driver.getServerErrorMessage() != null
                    && "InitializeSessionUserId"
                            .equals(driver.getServerErrorMessage().getRoutine())) {
                return true;
            }
        }
        return false;
    }

    /** SQLSTATE of a failure; the driver may wrap the one that counts. */
    static String state(Throwable failure) {
        String state = "";
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        return state;
    }

    Attempt by(String actor, String target) {
        return new Attempt(actor, target, ending, detail);
    }
}
