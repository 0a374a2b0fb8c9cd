package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Ending;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.PartId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tries to log in where the tenant's login does not belong, one session after the other. */
final class ConnectionAttempts {
    /** Databases that hold no sampled tenant; who may enter the rest is read from the catalogue. */
    private static final int NOBODYS = 8;

    private static final Set<String> NOT_LET_IN = Set.of(SqlAnswer.INSUFFICIENT_PRIVILEGE, SqlAnswer.NOT_AUTHORISED);

    private final TenantSessions sessions;
    private final DatabaseLogin login;
    private final String actor;
    private final Attempt home;

    /** Attempts whose check is that the same login was let in where it belongs, which was seen just before. */
    ConnectionAttempts(TenantSessions sessions, DatabaseLogin login, Subject self) {
        this.sessions = sessions;
        this.login = login;
        this.actor = "database login of " + self.tenant();
        this.home = Attempt.succeeded(actor, "database " + login.database(), "logged in");
    }

    /** The other databases of the server in which a log-in is tried, and whether a neighbour lives there. */
    static Map<String, Boolean> entrances(ServerFacts facts, List<Subject> neighbours) {
        Set<String> tenants = new HashSet<>();
        for (Subject neighbour : neighbours) {
            neighbour
                    .homes()
                    .of(PartId.database)
                    .map(home -> home.place().inside())
                    .ifPresent(tenants::add);
        }
        Map<String, Boolean> entrances = new LinkedHashMap<>();
        int nobodys = 0;
        for (String database : facts.databases()) {
            boolean inhabited = tenants.contains(database);
            if (inhabited || nobodys++ < NOBODYS) {
                entrances.put(database, inhabited);
            }
        }
        return entrances;
    }

    /** The other databases of the server. */
    List<Trial> otherDatabases(ServerFacts facts, List<Subject> neighbours) throws InterruptedException {
        List<Trial> trials = new ArrayList<>();
        for (Map.Entry<String, Boolean> entrance : entrances(facts, neighbours).entrySet()) {
            trials.add(otherDatabase(entrance.getKey(), entrance.getValue()));
        }
        return trials;
    }

    /** What a client can ask for before its first statement: to be somebody else, or a replica. */
    List<Trial> startUp(ServerFacts facts) throws InterruptedException {
        String operator = facts.operator().replace("\\", "\\\\").replace(" ", "\\ ");
        return List.of(
                startUp(
                        "starts a session as the operator",
                        "role " + Shown.name(facts.operator()),
                        () -> sessions.openWith(login, "-c role=" + operator)),
                startUp(
                        "has a library loaded by its session",
                        "server " + login.address(),
                        () -> sessions.openWith(login, "-c session_preload_libraries=bulkhead_probe")),
                startUp(
                        "has the server's log sent to it",
                        "server " + login.address(),
                        () -> sessions.openAsReplica(login)));
    }

    /** A way to connect. */
    @FunctionalInterface
    private interface SessionOpening {
        Connection open() throws SQLException;
    }

    private Trial startUp(String name, String target, SessionOpening opening) throws InterruptedException {
        SqlAnswer answer;
        interruptible();
        try (Connection _ = opening.open()) {
            answer = new SqlAnswer(Ending.Succeeded, "logged in");
        } catch (SQLException failure) {
            answer = SqlAnswer.of(failure, NOT_LET_IN);
        }
        return new Trial(Control.TI_DB, name, Trial.TrialKind.BreakOut, answer.by(actor, target), home);
    }

    /** Whether the server talks about passwords without TLS. */
    Trial withoutTls() throws InterruptedException {
        SqlAnswer answer;
        interruptible();
        try (Connection _ = sessions.openWithoutTls(login)) {
            answer = new SqlAnswer(Ending.Succeeded, "logged in without TLS");
        } catch (SQLException failure) {
            answer = SqlAnswer.state(failure).equals(SqlAnswer.WRONG_PASSWORD)
                    ? new SqlAnswer(Ending.Succeeded, "the server asked for a password without TLS")
                    : SqlAnswer.of(failure, Set.of(SqlAnswer.NOT_AUTHORISED));
        }
        return new Trial(
                Control.TI_TLS,
                "connects to the database without TLS",
                Trial.TrialKind.Weakness,
                answer.by("anybody", "server " + login.address()),
                Attempt.succeeded(actor, "server " + login.address(), "logged in with TLS, server verified"));
    }

    private Trial otherDatabase(String database, boolean inhabited) throws InterruptedException {
        SqlAnswer answer;
        interruptible();
        try (Connection _ = sessions.open(login, database)) {
            answer = new SqlAnswer(Ending.Succeeded, "logged in");
        } catch (SQLException failure) {
            answer = SqlAnswer.of(failure, NOT_LET_IN);
        }
        return new Trial(
                Control.TI_DB,
                inhabited ? "logs in to another tenant's database" : "logs in to a database of the server",
                inhabited ? Trial.TrialKind.BreakOut : Trial.TrialKind.Weakness,
                answer.by(actor, "database " + Shown.name(database)),
                home);
    }

    private static void interruptible() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the round ends");
        }
    }
}
