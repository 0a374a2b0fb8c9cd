package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One transaction of the writer. */
final class WriteTransaction {
    private final Connection connection;
    private final SharedDatabase database;
    private final Set<String> standing;
    private boolean fenced;
    private int written;

    /**
     * Begins with the first statement.
     *
     * @param standing gates that are open already, see {@link Administration#gate}
     */
    WriteTransaction(Connection connection, SharedDatabase database, Set<String> standing) {
        this.connection = connection;
        this.database = database;
        this.standing = new HashSet<>(standing);
    }

    /** Does without the writer's row, which is only just being made. */
    void withoutFence() {
        fenced = true;
    }

    /** Takes the writer's row if that is still to be done, and looks, in one round trip. */
    CatalogueSnapshot look(CatalogueScope scope) throws SQLException {
        String before = fenced ? "SELECT true" : DatabasePreparation.FENCE;
        database.sending(SqlTraffic.TrafficKind.LOOK, Catalogue.QUERIES + 1);
        CatalogueSnapshot snapshot = Catalogue.within(connection, before, scope, database.verifiersReadable());
        database.answered(SqlTraffic.TrafficKind.LOOK);
        fenced = true;
        database.seen(snapshot.facts());
        return snapshot;
    }

    /** Sends statements that set no password in one round trip; all or none. */
    void execute(List<SqlStatement> statements) throws SQLException {
        execute(statements, WriteTransaction::noPassword);
    }

    /** Sends all statements in one round trip; all or none. */
    void execute(List<SqlStatement> statements, UnaryOperator<String> verifiers) throws SQLException {
        if (!statements.isEmpty()) {
            send(lines(statements, verifiers), statements.size());
            shut(statements);
        }
    }

    /**
     * Sends statements one by one, and goes on after those for which the operator lacks the right: one foreign grant
     * that cannot be taken back must not keep everything else from being mended.
     */
    void executeWhatIsAllowed(List<SqlStatement> statements, UnaryOperator<String> verifiers) throws SQLException {
        for (SqlStatement statement : statements) {
            Savepoint before = connection.setSavepoint();
            try {
                send(lines(List.of(statement), verifiers), 1);
                connection.releaseSavepoint(before);
                shut(List.of(statement));
            } catch (SQLException failure) {
                if (!SqlTrouble.closedGate(failure)) {
                    throw failure;
                }
                connection.rollback(before);
            }
        }
    }

    /** The same for statements that set no password. */
    void executeWhatIsAllowed(List<SqlStatement> statements) throws SQLException {
        executeWhatIsAllowed(statements, WriteTransaction::noPassword);
    }

    /** How many statements changed something so far. */
    int written() {
        return written;
    }

    /** What was sent changed nothing, so nothing needs to last. */
    void nothingWritten() {
        written = 0;
    }

    /** Makes it last; a transaction that wrote nothing only gives the lock back. */
    void commit() throws SQLException {
        if (written == 0) {
            connection.rollback();
            return;
        }
        database.sending(SqlTraffic.TrafficKind.COMMIT, 1);
        connection.commit();
        database.answered(SqlTraffic.TrafficKind.COMMIT);
    }

    /** A gate that one of the statements took back has to be opened once more. */
    private void shut(List<SqlStatement> statements) {
        standing.removeIf(gate -> statements.stream()
                .anyMatch(sent ->
                        sent instanceof SqlStatement.Ddl ddl && ddl.text().equals(Administration.shut(gate))));
    }

    private static String noPassword(String role) {
        throw new IllegalStateException("no password is at hand for role " + role);
    }

    private List<String> lines(List<SqlStatement> statements, UnaryOperator<String> verifiers) {
        return SqlScript.lines(statements, verifiers, database.administration(), standing);
    }

    private void send(List<String> script, int statements) throws SQLException {
        List<String> lines = new ArrayList<>(script);
        if (!fenced) {
            lines.addFirst(DatabasePreparation.FENCE);
        }
        database.sending(SqlTraffic.TrafficKind.WRITE, statements);
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            boolean rows = statement.execute(String.join(";\n", lines));
            if (!fenced) {
                Catalogue.checkFence(rows ? statement.getResultSet() : null);
            }
        }
        database.answered(SqlTraffic.TrafficKind.WRITE);
        fenced = true;
        written += statements;
    }
}
