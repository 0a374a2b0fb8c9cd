package dev.bulkhead.operator.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the catalogue: all questions travel together, in one round trip. Nothing but pg_catalog is read, with
 * {@code search_path = pg_catalog}, so that no function, operator, view or policy of a tenant can take part.
 */
final class Catalogue {
    /** How many queries one look takes, whatever the number of tenants. */
    static final int QUERIES = CatalogueQueries.values().length;

    /**
     * The server guesses from patterns of names that one tenant has them, and goes through lists for each row of another. With
     * all tenants, and one that has just made more functions than are looked at, a sweep took 17 s, and takes 2 so.
     */
    private static final String GUESS_MANY = "SET LOCAL enable_nestloop = off";

    private Catalogue() {}

    /**
     * A consistent look in a transaction of its own.
     *
     * @param connection in auto-commit mode; of no more use when this fails
     * @param verifiers whether pg_authid can be read
     */
    static CatalogueSnapshot look(Connection connection, CatalogueScope scope, boolean verifiers) throws SQLException {
        List<String> begin = new ArrayList<>(List.of("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
        if (scope.everything()) {
            begin.add(GUESS_MANY);
        }
        return read(connection, begin, scope, verifiers, "COMMIT");
    }

    /**
     * A look within the transaction that is open.
     *
     * @param before a statement to run first in the same round trip, such as taking the writer's lock
     */
    static CatalogueSnapshot within(Connection connection, String before, CatalogueScope scope, boolean verifiers)
            throws SQLException {
        return read(connection, List.of(before), scope, verifiers, "");
    }

    private static CatalogueSnapshot read(
            Connection connection, List<String> before, CatalogueScope scope, boolean verifiers, String after)
            throws SQLException {
        StringBuilder sql = new StringBuilder(String.join(";\n", before));
        List<List<String>> parameters = new ArrayList<>();
        for (CatalogueQueries query : CatalogueQueries.values()) {
            CatalogueQueries.BoundQuery bound = query.bind(scope, verifiers);
            sql.append(";\n").append(bound.sql());
            parameters.addAll(bound.parameters());
        }
        if (!after.isEmpty()) {
            sql.append(";\n").append(after);
        }
        try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < parameters.size(); i++) {
                statement.setArray(
                        i + 1,
                        connection.createArrayOf("text", parameters.get(i).toArray()));
            }
            boolean answered = statement.execute();
            if (before.getFirst().equals(DatabasePreparation.FENCE)) {
                checkFence(answered ? statement.getResultSet() : null);
            }
            for (int more = 1; more < before.size(); more++) {
                statement.getMoreResults();
            }
            SnapshotBuilder snapshot = new SnapshotBuilder();
            for (CatalogueQueries query : CatalogueQueries.values()) {
                statement.getMoreResults();
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        snapshot.add(query, rows);
                    }
                }
            }
            return snapshot.build();
        }
    }

    /** Fails unless the writer's row came back, and with it the lock. */
    static void checkFence(@Nullable ResultSet rows) throws SQLException {
        if (rows == null || !rows.next()) {
            throw new SQLException("the writer's row is missing", SqlTrouble.FENCE_MISSING);
        }
    }
}
