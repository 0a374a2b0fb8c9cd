package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a failure of the server means for a tenant. Never repeats the server's words: they can hold names and values. */
final class SqlTrouble {
    /** The writer's row is missing. */
    static final String FENCE_MISSING = "BHF01";

    static final String INSUFFICIENT_PRIVILEGE = "42501";

    private static final String READ_ONLY = "25006";
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String QUERY_CANCELED = "57014";
    private static final String UNDEFINED_OBJECT = "42704";
    private static final String INVALID_PARAMETER = "22023";
    private static final Set<String> REFUSED = Set.of("28000", "28P01", "3D000");
    private static final Set<String> UNPREPARED = Set.of(FENCE_MISSING, "42P01", "3F000");
    private static final Set<String> BUSY =
            Set.of(LOCK_NOT_AVAILABLE, "40P01", "40001", "55006", QUERY_CANCELED, "XX000");

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
        return lockTimeout(failure) || state(failure).equals(QUERY_CANCELED);
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
        if (unreachable(failure)) {
            return waiting(
                    Reason.DatabaseUnavailable,
                    subject,
                    "no answer" + (state.isEmpty() ? "" : " (SQLSTATE " + state + ")")
                            + "; check that the server runs and can be reached, and its certificate. Retried.");
        }
        if (state.equals(READ_ONLY)) {
            return waiting(
                    Reason.DatabaseUnavailable,
                    subject,
                    "the server is read-only, a standby perhaps; spec.host has to be the primary.");
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

    private static Outcome waiting(Reason reason, String subject, String message) {
        return new Outcome.Waiting(new Finding(reason, subject, message));
    }
}
