package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;
import org.postgresql.util.PSQLException;

/** What a failure of the server means for a tenant. Never repeats the server's words: they can hold names and values. */
final class SqlTrouble {
    /** The writer's row is missing. */
    static final String FENCE_MISSING = "BHF01";

    static final String INSUFFICIENT_PRIVILEGE = "42501";

    static final String IS_READ_ONLY =
            "the server is read-only: a standby, or set so, as managed servers do when the disk is full. spec.host has to be"
                    + " a primary, with room on its disk.";

    private static final String READ_ONLY = "25006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String QUERY_CANCELED = "57014";
    private static final String UNDEFINED_OBJECT = "42704";
    private static final String INVALID_PARAMETER = "22023";
    private static final Set<String> REFUSED = Set.of("28000", "28P01", "3D000");
    private static final Set<String> UNPREPARED = Set.of(FENCE_MISSING, "42P01", "3F000");
    private static final Set<String> BUSY = Set.of(LOCK_NOT_AVAILABLE, "40P01", "40001", "55006", "XX000");

    /** Another session changed the row first, or made the object first. */
    private static final Set<String> LOST_RACE = Set.of("XX000", "40P01", "40001", "23505", "42P06", "42P07", "42710");

    private SqlTrouble() {}

    /** SQLSTATE of a failure; the driver's or the pool's exception may wrap the one that counts. */
    static String state(Throwable failure) {
        String state = "";
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        return state;
    }

    /** Whether the same transaction may well succeed when tried again at once. */
    static boolean lostRace(SQLException failure) {
        return LOST_RACE.contains(state(failure));
    }

    /** Whether a lock was not given in time. */
    static boolean lockTimeout(SQLException failure) {
        return state(failure).equals(LOCK_NOT_AVAILABLE) && !(failure instanceof WriterBusy);
    }

    /** Whether the transaction held up others for longer than it may. */
    static boolean tookTooLong(SQLException failure) {
        return lockTimeout(failure) || cutOff(failure);
    }

    /** Whether the server gave a statement up because of the time it took. */
    static boolean cutOff(SQLException failure) {
        return state(failure).equals(QUERY_CANCELED);
    }

    /** Whether a membership cannot be given: a role is missing, or others administer it. */
    static boolean closedGate(SQLException failure) {
        return denied(failure)
                || state(failure).equals(UNDEFINED_OBJECT)
                || state(failure).equals(INVALID_PARAMETER);
    }

    /** Whether the operator lacks a right. */
    static boolean denied(SQLException failure) {
        return state(failure).equals(INSUFFICIENT_PRIVILEGE);
    }

    /** Whether the database has to be prepared again. */
    static boolean unprepared(SQLException failure) {
        return UNPREPARED.contains(state(failure));
    }

    /** Whether the server asked for a password in clear or by MD5, and so got none. */
    static boolean refusedMethod(SQLException failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException driver
                    && driver.getServerErrorMessage() == null
                    && String.valueOf(driver.getMessage()).contains(PGProperty.REQUIRE_AUTH.getName())) {
                return true;
            }
        }
        return false;
    }

    /** Whether the connection itself is the trouble. */
    static boolean unreachable(SQLException failure) {
        String state = state(failure);
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("53") || state.isEmpty();
    }

    /** Whether the server turned the operator's log-in down. */
    static boolean refused(SQLException failure) {
        return REFUSED.contains(state(failure));
    }

    /** Whether the outcome says all there is to say. */
    static boolean expected(SQLException failure) {
        return refused(failure)
                || unreachable(failure)
                || unprepared(failure)
                || denied(failure)
                || READ_ONLY.equals(state(failure))
                || QUERY_CANCELED.equals(state(failure))
                || BUSY.contains(state(failure));
    }

    /** The outcome for whoever waits for the database. */
    static Outcome outcome(SQLException failure, DatabaseAddress address, String database) {
        String state = state(failure);
        String subject = "database " + database + " on " + address;
        if (refused(failure)) {
            return waiting(
                    Reason.DatabaseRefused,
                    subject,
                    switch (state) {
                        case "28P01" ->
                            "the server refuses the operator's user name or password; correct the admin Secret.";
                        case "3D000" ->
                            "the database does not exist; create it, owned by the operator's role, or take it out"
                                    + " of spec.databases.";
                        default ->
                            "the server does not let the operator in; check pg_hba.conf and that the role may log in.";
                    });
        }
        if (refusedMethod(failure)) {
            return waiting(
                    Reason.DatabaseRefused,
                    subject,
                    "the server asks for the password in clear or by MD5, and gets none; set scram-sha-256 for the"
                            + " operator's role in pg_hba.conf, and its password anew.");
        }
        if (unreachable(failure)) {
            return waiting(Reason.DatabaseUnavailable, subject, away(state));
        }
        if (state.equals(READ_ONLY)) {
            return waiting(Reason.DatabaseUnavailable, subject, IS_READ_ONLY);
        }
        if (failure instanceof WriterBusy busy) {
            return waiting(
                    Reason.DatabaseQueued,
                    subject,
                    "waits for the database's writer, " + busy.before() + " before it. It keeps its place.");
        }
        if (state.equals(QUERY_CANCELED)) {
            return waiting(
                    Reason.DatabaseBusy,
                    subject,
                    "a statement took longer than the operator waits for one (SQLSTATE " + state + "). Retried.");
        }
        if (BUSY.contains(state)) {
            return waiting(
                    Reason.DatabaseBusy,
                    subject,
                    "another session holds a lock the operator needs (SQLSTATE " + state + "). Retried.");
        }
        if (unprepared(failure)) {
            return waiting(Reason.Unprepared, subject, "the operator's own schema is not as it was made. Retried.");
        }
        if (denied(failure)) {
            return new Outcome.Blocked(new Finding(
                    Reason.DatabaseRefused,
                    subject,
                    "the operator's role lacks a right. It needs CREATEROLE, has to own the database, and since"
                            + " PostgreSQL 16 needs ADMIN OPTION on the roles it made."));
        }
        return waiting(
                Reason.DatabaseRefused,
                subject,
                "the server refused a statement (SQLSTATE " + state + "); the operator's log has more. Retried.");
    }

    /** What is amiss with a server that cannot be used, for people. */
    private static String away(String state) {
        return switch (state) {
            case "53100" -> "the server's disk is full (SQLSTATE 53100). Retried.";
            case "53200" ->
                "the server has no shared memory left (SQLSTATE 53200), as when sessions hold more locks than it has room"
                        + " for. As a superuser: end the sessions that pg_locks names, and raise"
                        + " max_locks_per_transaction. Retried.";
            case "53300" ->
                "the server has no connection left for the operator (SQLSTATE 53300); raise max_connections, or the"
                        + " connection limit of the operator's role or of the database. Retried.";
            case "08P01" ->
                "what answers is a connection pooler, or no PostgreSQL (SQLSTATE 08P01); spec.host and spec.port have to"
                        + " be the server's own. Retried.";
            default ->
                "no answer" + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")")
                        + "; check that the server runs and can be reached, and its certificate. Retried.";
        };
    }

    private static Outcome waiting(Reason reason, String subject, String message) {
        return new Outcome.Waiting(new Finding(reason, subject, message));
    }
}
