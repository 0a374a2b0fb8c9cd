package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A tenant's statements in the words the server gets: with SET LOCAL ROLE where the role changes. Pure. */
@Pure
final class SqlScript {
    private SqlScript() {}

    /**
     * The lines of one transaction, without BEGIN and COMMIT, each without its semicolon.
     *
     * @param verifiers SCRAM verifier of a role
     */
    static List<String> lines(List<SqlStatement> statements, UnaryOperator<String> verifiers) {
        List<String> lines = new ArrayList<>();
        @Nullable String current = null;
        for (SqlStatement statement : statements) {
            if (!Objects.equals(current, statement.as())) {
                lines.add(become(statement.as()));
                current = statement.as();
            }
            lines.add(text(statement, verifiers));
        }
        if (current != null) {
            lines.add(become(null));
        }
        return lines;
    }

    /** One statement in words. */
    static String text(SqlStatement statement, UnaryOperator<String> verifiers) {
        return switch (statement) {
            case SqlStatement.Ddl ddl -> ddl.text();
            case SqlStatement.Password password ->
                "ALTER ROLE " + SqlNames.name(password.role()) + " PASSWORD "
                        + SqlNames.literal(verifiers.apply(password.role()));
        };
    }

    /** Becomes a role, or the operator again. NONE, not RESET: RESET would go to a role set at log-in. */
    static String become(@Nullable String role) {
        return "SET LOCAL ROLE " + (role == null ? "NONE" : SqlNames.name(role));
    }
}
