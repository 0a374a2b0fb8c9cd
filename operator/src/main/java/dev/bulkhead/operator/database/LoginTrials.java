package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Admission;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalInt;

/** Tries tenants' logins, and sees who still uses one. Changes nothing. */
public final class LoginTrials {
    private final DatabaseServerConnection server;

    /** On this server. */
    public LoginTrials(DatabaseServerConnection server) {
        this.server = server;
    }

    /** Whether the login is let into the database now. */
    public Admission of(String database, Credential login) {
        return server.admits(database, login);
    }

    /** How many sessions the login has on the server; empty when nobody can tell. */
    public OptionalInt sessions(String database, String login) {
        SharedDatabase shared = server.database(database);
        shared.sending(SqlTraffic.TrafficKind.LOOK, 1);
        try {
            return OptionalInt.of(shared.use(connection -> {
                try (PreparedStatement statement =
                        connection.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE usename = ?")) {
                    statement.setString(1, login);
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                        return row.getInt(1);
                    }
                }
            }));
        } catch (SQLException failure) {
            return OptionalInt.empty();
        } finally {
            shared.answered(SqlTraffic.TrafficKind.LOOK);
        }
    }
}
