package dev.bulkhead.operator.database;

import dev.bulkhead.operator.Pure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's statements in the words the server gets: with SET LOCAL ROLE where the role changes, and with the memberships
 * that takes, which end with the script. Pure.
 */
@Pure
final class SqlScript {
    private final Administration administration;
    private final UnaryOperator<String> verifiers;
    private final Set<String> standing;
    private final List<String> lines = new ArrayList<>();
    private final Set<String> opened = new LinkedHashSet<>();
    private @Nullable String current;

    private SqlScript(Administration administration, UnaryOperator<String> verifiers, Set<String> standing) {
        this.administration = administration;
        this.verifiers = verifiers;
        this.standing = standing;
    }

    /**
     * The lines of one transaction, without BEGIN and COMMIT, each without its semicolon.
     *
     * @param verifiers SCRAM verifier of a role
     * @param standing gates that are open already, and not shut at the end
     */
    static List<String> lines(
            List<SqlStatement> statements,
            UnaryOperator<String> verifiers,
            Administration administration,
            Set<String> standing) {
        SqlScript script = new SqlScript(administration, verifiers, standing);
        statements.forEach(script::add);
        script.end();
        return script.lines;
    }

    private void add(SqlStatement statement) {
        statement.needs().forEach(this::open);
        open(statement.as());
        turnTo(statement.as());
        lines.add(text(statement, verifiers));
    }

    private void end() {
        for (String gate : opened) {
            turnTo(administration.keeper(gate));
            lines.add(Administration.shut(gate));
        }
        turnTo(null);
    }

    private void open(@Nullable String role) {
        String gate = administration.gate(role);
        if (gate != null && !standing.contains(gate) && opened.add(gate)) {
            turnTo(administration.keeper(gate));
            lines.add(administration.open(gate));
        }
    }

    private void turnTo(@Nullable String role) {
        if (!Objects.equals(current, role)) {
            lines.add(become(role));
            current = role;
        }
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
