package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Brings what was found of one tenant to its plan, in one transaction that looks again before it commits. */
final class Settling {
    /**
     * Looks within one transaction. What a change of owner brings to light takes a second, and a tenant can open more
     * than one look takes in.
     */
    private static final int ROUNDS = 10;

    private final SharedDatabase database;
    private final SchemaPlan plan;
    private final UnaryOperator<String> verifiers;
    private final CatalogueScope scope;

    /**
     * For one tenant.
     *
     * @param verifiers SCRAM verifier of a role
     */
    Settling(SharedDatabase database, SchemaPlan plan, UnaryOperator<String> verifiers) {
        this.database = database;
        this.plan = plan;
        this.verifiers = verifiers;
        this.scope = CatalogueScope.of(List.of(plan.identity()));
    }

    /**
     * What came of it.
     *
     * @param ours false when something of that name is not this tenant's; it was not touched
     * @param trouble why the tenant is not as planned; null when it is
     * @param writes statements that changed something
     * @param found as it is now
     */
    record Settled(boolean ours, @Nullable Outcome trouble, int writes, ObservedSchema found) {}

    /**
     * Changes what differs; takes no lock when nothing does.
     *
     * @param before a look just taken
     * @param passwords the logins whose password is to be set whatever else differs
     */
    Settled settle(CatalogueSnapshot before, Set<String> passwords) throws SQLException {
        ObservedSchema found = before.tenant(plan.identity().suffix());
        switch (SchemaDiff.between(plan, found, before.facts())) {
            case SchemaDiff.Conflict conflict -> {
                return new Settled(false, new Outcome.Blocked(conflict.finding()), 0, found);
            }
            case SchemaDiff.Changes changes -> {
                if (changes.statements().isEmpty() && passwords.isEmpty()) {
                    return new Settled(true, blocked(changes.beyond()), 0, found);
                }
            }
        }
        try {
            return database.writer().write(plan.schema(), transaction -> settle(transaction, passwords, false));
        } catch (SQLException failure) {
            if (!SqlTrouble.closedGate(failure) || found.isAbsent()) {
                throw failure;
            }
            return database.writer().write(plan.schema(), transaction -> settle(transaction, passwords, true));
        }
    }

    private Settled settle(WriteTransaction transaction, Set<String> passwords, boolean onlyWhatIsAllowed)
            throws SQLException {
        List<SqlStatement> last = List.of();
        for (int round = 0; ; round++) {
            CatalogueSnapshot now = transaction.look(scope);
            ObservedSchema found = now.tenant(plan.identity().suffix());
            SchemaDiff.Changes changes;
            switch (SchemaDiff.between(plan, found, now.facts())) {
                case SchemaDiff.Conflict conflict -> {
                    return new Settled(false, new Outcome.Blocked(conflict.finding()), 0, found);
                }
                case SchemaDiff.Changes difference -> changes = difference;
            }
            List<SqlStatement> statements = changes.statements();
            if (round == 0) {
                statements = with(passwords, statements, Administration.of(now.facts()));
            }
            if (statements.isEmpty()) {
                return new Settled(true, blocked(changes.beyond()), transaction.written(), found);
            }
            if (statements.equals(last)) {
                return stuck(transaction, round, changes, found);
            }
            if (round == ROUNDS) {
                return new Settled(true, unfinished(), transaction.written(), found);
            }
            if (onlyWhatIsAllowed) {
                transaction.executeWhatIsAllowed(statements, verifiers);
            } else {
                transaction.execute(statements, verifiers);
            }
            last = statements;
        }
    }

    /** The same statements twice: the server took them and nothing came of it, or refused them. */
    private Settled stuck(WriteTransaction transaction, int round, SchemaDiff.Changes changes, ObservedSchema found) {
        if (round == 1) {
            transaction.nothingWritten();
        }
        List<Finding> beyond = new ArrayList<>(changes.beyond());
        changes.statements().stream().map(this::notAllowed).distinct().forEach(beyond::add);
        return new Settled(true, blocked(beyond), transaction.written(), found);
    }

    private static List<SqlStatement> with(
            Set<String> passwords, List<SqlStatement> statements, Administration administration) {
        List<SqlStatement> more = new ArrayList<>(statements);
        for (String login : passwords) {
            SqlStatement.Password password = new SqlStatement.Password(login, administration.over(login));
            if (!more.contains(password)) {
                more.add(password);
            }
        }
        return more;
    }

    private static @Nullable Outcome blocked(List<Finding> beyond) {
        return beyond.isEmpty() ? null : new Outcome.Blocked(beyond.getFirst());
    }

    private Outcome unfinished() {
        return new Outcome.Waiting(new Finding(
                Reason.DatabaseBusy,
                "schema " + plan.schema() + " in database " + plan.database(),
                "there is more to take back than one transaction should hold; the next one goes on."));
    }

    private Finding notAllowed(SqlStatement statement) {
        return new Finding(
                Reason.DatabaseRefused,
                statement.subject(),
                "is not as planned in database " + plan.database() + ", and PostgreSQL does not let the operator's role"
                        + " mend it; a superuser has to.");
    }
}
