package dev.bulkhead.operator.database;

import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings what was found of one tenant to its plan, in one transaction that looks again before it commits. As closely as need
 * be: a tenant that is only being made has nothing yet, and where nothing was open nothing is closed.
 */
final class Settling {
    /**
     * Looks within one transaction. What a change of owner brings to light takes a second, and a tenant can open more
     * than one look takes in.
     */
    private static final int ROUNDS = 10;

    private final SharedDatabase database;
    private final SchemaPlan plan;
    private final SettlingLogins logins;
    private final CatalogueScope scope;

    /** For one tenant. */
    Settling(SharedDatabase database, SchemaPlan plan, SettlingLogins logins) {
        this.database = database;
        this.plan = plan;
        this.logins = logins;
        this.scope = CatalogueScope.of(List.of(plan.identity()));
    }

    /** The tenant's logins, as far as settling needs to know them. */
    interface SettlingLogins {
        /** Logins whose password is to be set, whatever else differs from the plan. */
        Set<String> toBeSet(CatalogueSnapshot seen);

        /** SCRAM verifier of an open login's password. */
        String verifier(String login);

        /** It is the tenant's turn: what was known to be in place is no more. */
        void begins();
    }

    /**
     * What came of it.
     *
     * @param ours false when something of that name is not this tenant's; it was not touched
     * @param trouble why the tenant is not as planned; null when it is
     * @param writes statements that changed something
     * @param was as it was
     * @param found as it is now
     */
    record Settled(boolean ours, @Nullable Outcome trouble, int writes, ObservedSchema was, ObservedSchema found) {}

    /** Changes what differs; takes no lock when nothing does. */
    Settled settle(CatalogueSnapshot before) throws SQLException {
        ObservedSchema found = before.tenant(plan.identity().suffix());
        switch (SchemaDiff.between(plan, found, before.facts())) {
            case SchemaDiff.Conflict conflict -> {
                return conflict(conflict, found, found);
            }
            case SchemaDiff.Changes changes -> {
                if (changes.statements().isEmpty() && logins.toBeSet(before).isEmpty()) {
                    return new Settled(true, blocked(changes.beyond()), 0, found, found);
                }
            }
        }
        return settle(found.isAbsent());
    }

    /**
     * The same without a look before: for a tenant that is known not to be as planned.
     *
     * @param absent whether nothing of the tenant should be there yet
     */
    Settled settle(boolean absent) throws SQLException {
        try {
            return database.writer().write(plan.schema(), transaction -> settle(transaction, absent, false));
        } catch (SQLException failure) {
            if (!SqlTrouble.closedGate(failure) || absent) {
                throw failure;
            }
            return database.writer().write(plan.schema(), transaction -> settle(transaction, false, true));
        }
    }

    private Settled settle(WriteTransaction transaction, boolean absent, boolean onlyWhatIsAllowed)
            throws SQLException {
        logins.begins();
        CatalogueSnapshot now = first(transaction, absent);
        ObservedSchema was = now.tenant(plan.identity().suffix());
        List<SqlStatement> last = List.of();
        for (int round = 0; ; round++) {
            ObservedSchema found = now.tenant(plan.identity().suffix());
            SchemaDiff.Changes changes;
            switch (SchemaDiff.between(plan, found, now.facts())) {
                case SchemaDiff.Conflict conflict -> {
                    return conflict(conflict, was, found);
                }
                case SchemaDiff.Changes difference -> changes = difference;
            }
            List<SqlStatement> statements = changes.statements();
            if (round == 0) {
                statements = with(logins.toBeSet(now), statements, Administration.of(now.facts()));
            }
            if (statements.isEmpty()) {
                return new Settled(true, blocked(changes.beyond()), transaction.written(), was, found);
            }
            if (statements.equals(last)) {
                return stuck(transaction, round, changes, was, found);
            }
            if (round == ROUNDS) {
                return new Settled(true, unfinished(), transaction.written(), was, found);
            }
            if (onlyWhatIsAllowed) {
                transaction.executeWhatIsAllowed(statements, logins::verifier);
            } else {
                transaction.execute(statements, logins::verifier);
            }
            last = statements;
            now = transaction.look(isOpen(was) ? scope : scope.withoutThings());
        }
    }

    /** Who has neither role nor schema has nothing else either. */
    private CatalogueSnapshot first(WriteTransaction transaction, boolean absent) throws SQLException {
        if (absent) {
            CatalogueSnapshot names = transaction.look(scope.onlyNames());
            if (names.tenant(plan.identity().suffix()).isAbsent()) {
                return names;
            }
        }
        return transaction.look(scope);
    }

    /** Whether things of the tenant are not as planned: only then does anything of what is written touch them. */
    private static boolean isOpen(ObservedSchema was) {
        return was.tooLarge() || !was.openings().isEmpty() || !was.strays().isEmpty();
    }

    private static Settled conflict(SchemaDiff.Conflict conflict, ObservedSchema was, ObservedSchema found) {
        return new Settled(false, new Outcome.Blocked(conflict.finding()), 0, was, found);
    }

    /** The same statements twice: the server took them and nothing came of it, or refused them. */
    private Settled stuck(
            WriteTransaction transaction,
            int round,
            SchemaDiff.Changes changes,
            ObservedSchema was,
            ObservedSchema found) {
        if (round == 1) {
            transaction.nothingWritten();
        }
        List<Finding> beyond = new ArrayList<>(changes.beyond());
        changes.statements().stream().map(this::notAllowed).distinct().forEach(beyond::add);
        return new Settled(true, blocked(beyond), transaction.written(), was, found);
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
