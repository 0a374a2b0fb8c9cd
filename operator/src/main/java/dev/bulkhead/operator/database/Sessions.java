package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ends tenants' sessions. Only who became the role may do that; the statement itself touches pg_catalog only. The
 * membership that takes is rolled back: it leaves nothing behind.
 */
final class Sessions {
    private static final int LOOKS = 40;
    private static final long PAUSE_MILLIS = 50;

    private Sessions() {}

    /**
     * Ends all sessions of these logins and waits a moment until they are gone.
     *
     * @return how many are left
     */
    static int end(SharedDatabase database, List<String> logins) throws SQLException {
        return database.use(connection -> {
            int left = end(connection, database, logins);
            for (int look = 0; left > 0 && look < LOOKS; look++) {
                pause();
                left = end(connection, database, logins);
            }
            return left;
        });
    }

    /** Ends one session, if it is still that role's. */
    static void end(SharedDatabase database, Connection connection, String login, int pid) throws SQLException {
        database.sending(SqlTraffic.TrafficKind.TERMINATE, 1);
        connection.setAutoCommit(false);
        become(connection, database, login);
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ? AND usename = ?")) {
            statement.setInt(1, pid);
            statement.setString(2, login);
            statement.execute();
        }
        connection.rollback();
        connection.setAutoCommit(true);
        database.answered(SqlTraffic.TrafficKind.TERMINATE);
    }

    private static int end(Connection connection, SharedDatabase database, List<String> logins) throws SQLException {
        database.sending(SqlTraffic.TrafficKind.TERMINATE, logins.size());
        connection.setAutoCommit(false);
        int found = 0;
        for (String login : used(connection, logins)) {
            Savepoint before = connection.setSavepoint();
            try {
                become(connection, database, login);
                found += count(connection, "count(pg_terminate_backend(pid))", login);
            } catch (SQLException failure) {
                if (!SqlTrouble.closedGate(failure)) {
                    throw failure;
                }
                connection.rollback(before); // nobody lets the operator in; the others' sessions end all the same
                found += count(connection, "count(*)", login);
            }
        }
        connection.rollback();
        connection.setAutoCommit(true);
        database.answered(SqlTraffic.TrafficKind.TERMINATE);
        return found;
    }

    /** Those that have a session: to become a role costs more than to see that nobody is there. */
    private static List<String> used(Connection connection, List<String> logins) throws SQLException {
        List<String> used = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT DISTINCT usename FROM pg_stat_activity WHERE usename = ANY (?::name[])")) {
            statement.setArray(1, connection.createArrayOf("text", logins.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    used.add(rows.getString(1));
                }
            }
        }
        return used;
    }

    private static int count(Connection connection, String what, String login) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT " + what + " FROM pg_stat_activity WHERE usename = ?")) {
            statement.setString(1, login);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** At once where the operator may; else by way of who administers the role. */
    private static void become(Connection connection, SharedDatabase database, String login) throws SQLException {
        Administration administration = database.administration();
        String gate = administration.gate(login);
        List<String> steps = new ArrayList<>();
        if (gate != null && !mayBecome(connection, administration, login)) {
            steps.addAll(administration.opening(gate));
        }
        steps.add(SqlScript.become(login));
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(String.join(";\n", steps));
        }
    }

    /** Whether the session may become the role without being let in. */
    private static boolean mayBecome(Connection connection, Administration administration, String login)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_has_role(session_user, ?, ?)")) {
            statement.setString(1, login);
            statement.setString(2, administration.way() == Administration.Way.ADMINISTRATOR ? "SET" : "MEMBER");
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private static void pause() throws SQLException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while sessions end", "57P01", e);
        }
    }
}
