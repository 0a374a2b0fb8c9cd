package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Installs what tenants ask for into schema {@code ext}, where tenants can use but not change it. */
final class Extensions {
    private static final Set<String> NOT_THERE = Set.of("0A000", "58P01", "22023", "42704");

    private Extensions() {}

    /** Installs what is missing; each in a transaction of its own, before the tenant is touched. */
    static Outcome ensure(SharedDatabase database, SchemaPlan plan, DatabaseFacts facts) throws SQLException {
        List<SqlStatement> missing = new ArrayList<>();
        for (String extension : plan.extensions()) {
            String schema = facts.extensions().get(extension);
            if (schema == null) {
                missing.add(SqlStatement.operator("extension " + extension, create(extension)));
            } else if (!schema.equals(SchemaPlan.EXTENSIONS_SCHEMA)) {
                return blocked(
                        extension,
                        plan,
                        "is installed in schema " + schema + "; as its owner: ALTER EXTENSION " + extension
                                + " SET SCHEMA ext.");
            }
        }
        int writes = 0;
        for (SqlStatement statement : missing) {
            try {
                writes += database.writer().write(transaction -> {
                    transaction.execute(List.of(statement));
                    return transaction.written();
                });
            } catch (SQLException failure) {
                String extension = statement.subject().substring("extension ".length());
                if (SqlTrouble.denied(failure)) {
                    return blocked(
                            extension,
                            plan,
                            "is not trusted, so a superuser has to install it: CREATE EXTENSION " + extension
                                    + " SCHEMA ext.");
                }
                if (NOT_THERE.contains(SqlTrouble.state(failure))) {
                    return blocked(extension, plan, "is not on the server, or needs another extension first.");
                }
                throw failure;
            }
        }
        return new Outcome.Done(writes);
    }

    /** Whether nothing is left to install. */
    static boolean areThere(SchemaPlan plan, DatabaseFacts facts) {
        return plan.extensions().stream()
                .allMatch(extension ->
                        SchemaPlan.EXTENSIONS_SCHEMA.equals(facts.extensions().get(extension)));
    }

    /** The statement that installs it. */
    static String create(String extension) {
        return "CREATE EXTENSION IF NOT EXISTS " + SqlNames.name(extension) + " SCHEMA "
                + SqlNames.name(SchemaPlan.EXTENSIONS_SCHEMA);
    }

    private static Outcome blocked(String extension, SchemaPlan plan, String message) {
        return new Outcome.Blocked(new Finding(
                Reason.ExtensionNotAllowed, "extension " + extension + " in database " + plan.database(), message));
    }
}
