package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.ObservedSchema.Namespace;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The plan as SQL that people can review: exactly what the writer sends to a server that has nothing yet. Pure. */
public final class SqlText {
    /** What the operator's login is called where nobody knows better. */
    private static final String OPERATOR = "bulkhead";

    /** A PostgreSQL 18 with nothing in it but an operator that is no superuser. */
    private static DatabaseFacts fresh(String database, String operator) {
        List<ObservedSchema.ObservedRight> open = List.of(
                new ObservedSchema.ObservedRight(database, null, "CONNECT"),
                new ObservedSchema.ObservedRight(database, null, "TEMPORARY"));
        Namespace everybodys = new Namespace(
                "public",
                "pg_database_owner",
                null,
                List.of(new ObservedSchema.ObservedRight("public", null, "USAGE")));
        return new DatabaseFacts(
                database,
                "18",
                180_000,
                operator,
                false,
                true,
                operator,
                true,
                null,
                DatabaseFacts.WriteSettings.USUAL,
                false,
                null,
                open,
                Map.of("public", everybodys),
                Map.of(),
                4,
                false,
                Map.of());
    }

    private SqlText() {}

    /** What is done once per database, before its first tenant. */
    public static String preparation(String database) {
        return preparation(database, OPERATOR);
    }

    /** The same for an operator with this login. */
    public static String preparation(String database, String operator) {
        DatabaseFacts fresh = fresh(database, operator);
        DatabasePreparation preparation = DatabasePreparation.of(fresh);
        List<String> lines = lines(preparation.needed(), fresh);
        List<String> wished = lines(preparation.wished(), fresh);
        return "-- once per database\n" + transaction(lines)
                + wished.stream().map(line -> line + ";\n").collect(Collectors.joining());
    }

    /**
     * What makes the tenant's compartment, as for PostgreSQL 16 and later. For a closed plan: what closes one that is
     * there is not known without looking, so the text says what a closed tenant has.
     */
    public static String of(SchemaPlan plan) {
        return of(plan, OPERATOR);
    }

    /** The same for an operator with this login, after which its administrators are called. */
    public static String of(SchemaPlan plan, String operator) {
        String header = "-- schema " + plan.schema() + " in database " + plan.database() + "\n";
        if (plan.closed()) {
            return header + "-- closed: no CONNECT, no sessions, NOLOGIN for " + String.join(", ", plan.logins())
                    + "; nothing is created, the data is kept\n";
        }
        DatabaseFacts fresh = fresh(plan.database(), operator);
        SchemaDiff diff =
                SchemaDiff.between(plan, ObservedSchema.absent(plan.identity().suffix()), fresh);
        return switch (diff) {
            case SchemaDiff.Changes changes ->
                header
                        + plan.extensions().stream()
                                .map(extension -> Extensions.create(extension) + ";\n")
                                .collect(Collectors.joining())
                        + transaction(lines(changes.statements(), fresh));
            case SchemaDiff.Conflict conflict ->
                throw new IllegalStateException("nothing can stand in the way in an empty database: "
                        + conflict.finding().subject());
        };
    }

    private static List<String> lines(List<SqlStatement> statements, DatabaseFacts facts) {
        return SqlScript.lines(statements, SqlText::placeholder, Administration.of(facts), Set.of());
    }

    private static String transaction(List<String> lines) {
        return "BEGIN;\n" + lines.stream().map(line -> line + ";\n").collect(Collectors.joining()) + "COMMIT;\n";
    }

    private static String placeholder(String role) {
        return "<SCRAM verifier>";
    }
}
