package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Tries statements on one session of a tenant's login. Every attempt has a transaction of its own that is rolled back
 * and never committed, so a session that is cut off leaves nothing either; every check runs once and counts for all
 * attempts of its kind.
 */
final class Attacker {
    /** A GRANT that had nothing to grant is a warning, not a refusal. */
    private static final String NOT_GRANTED = "01007";

    private static final String COPY_HOME = "TO STDOUT";

    private final Connection session;
    private final Places places;
    private final Subject self;
    private final String actor;
    private final Map<String, Attempt> checks = new HashMap<>();

    Attacker(Connection session, Places places, Subject self) throws SQLException {
        this.session = session;
        this.places = places;
        this.self = self;
        this.actor = "database login of " + self.tenant();
        session.setAutoCommit(false);
    }

    /** Attempts on a neighbour in the same database. */
    List<Trial> attack(Subject other) throws SQLException, InterruptedException {
        Places there = places.against(other.identity());
        String target = "schema " + other.identity().schema() + " of " + other.tenant();
        return attack(NeighbourAttempts.ALL, there, target);
    }

    /** Attempts on the server. */
    List<Trial> attack(ServerFacts facts, String server) throws SQLException, InterruptedException {
        return attack(ServerAttempts.of(facts), places, "server " + server);
    }

    private List<Trial> attack(List<SqlAttempt> attempts, Places there, String target)
            throws SQLException, InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (SqlAttempt attempt : attempts) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the round ends");
            }
            Attempt check = check(attempt);
            Attempt attack = perform(attempt, there).by(actor, target);
            trials.add(new Trial(Control.TI_DB, attempt.name(), attempt.kind(), attack, check));
        }
        return trials;
    }

    private SqlAnswer perform(SqlAttempt attempt, Places there) throws SQLException {
        return switch (attempt.mode()) {
            case ReadOnly -> rolledBack(true, null, attempt.attack(), there);
            case RolledBack -> rolledBack(false, null, attempt.attack(), there);
            case Outside -> outside(there.fill(attempt.attack().sql()));
        };
    }

    private Attempt check(SqlAttempt attempt) throws SQLException {
        SqlAttempt.SqlStep step = attempt.check();
        String key = step.as() + " " + step.sql();
        Attempt known = checks.get(key);
        if (known == null) {
            String setUp = "CREATE TABLE {table} (id int PRIMARY KEY); INSERT INTO {table} (id) VALUES (1)";
            known = rolledBack(false, setUp, step, places)
                    .by(actor, "schema " + self.identity().schema() + " of " + self.tenant());
            checks.put(key, known);
        }
        return known;
    }

    /** A failure of the roll-back means that the session is lost, and is passed on. */
    private SqlAnswer rolledBack(boolean readOnly, @Nullable String setUp, SqlAttempt.SqlStep step, Places there)
            throws SQLException {
        session.setReadOnly(readOnly);
        try (Statement statement = session.createStatement()) {
            statement.setMaxRows(1);
            if (setUp != null) {
                statement.execute(there.fill("SET LOCAL ROLE {own:app}; " + setUp));
            }
            statement.execute(there.fill(role(step.as())));
            return run(statement, there.fill(step.sql()));
        } catch (SQLException failure) {
            // Not what was to be tried, only the way to it: whatever the code, it is no refusal.
            return new SqlAnswer(Ending.Broken, "set-up, SQLSTATE " + SqlAnswer.state(failure));
        } finally {
            session.rollback();
            session.setReadOnly(false);
        }
    }

    private SqlAnswer outside(String sql) throws SQLException {
        session.setAutoCommit(true);
        try (Statement statement = session.createStatement()) {
            return run(statement, sql);
        } finally {
            session.setAutoCommit(false);
        }
    }

    private SqlAnswer run(Statement statement, String sql) {
        try {
            if (sql.endsWith(COPY_HOME)) {
                session.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, OutputStream.nullOutputStream());
            } else {
                statement.execute(sql);
            }
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                if (NOT_GRANTED.equals(warning.getSQLState())) {
                    return new SqlAnswer(Ending.Broken, "SQLSTATE " + NOT_GRANTED);
                }
            }
            return SqlAnswer.done();
        } catch (SQLException failure) {
            return SqlAnswer.of(failure);
        } catch (IOException e) {
            return new SqlAnswer(Ending.Broken, "the answer could not be read");
        }
    }

    private static String role(SqlAttempt.As as) {
        return switch (as) {
            case Application -> "SET LOCAL ROLE {own:app}";
            case Login -> "SET LOCAL ROLE NONE";
        };
    }
}
