package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.ObservedSchema.ObservedRight;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes one tenant. The order matters, since a tenant may not want to be closed: first CONNECT goes, so that no new
 * session comes; then the sessions go, and with them every lock they hold on the tenant's own roles; then log-in.
 */
final class SchemaClosing {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaClosing.class);

    private final SharedDatabase database;
    private final SchemaPlan plan;

    SchemaClosing(SharedDatabase database, SchemaPlan plan) {
        this.database = database;
        this.plan = plan;
    }

    Outcome run() throws SQLException {
        CatalogueScope scope = CatalogueScope.of(List.of(plan.identity()));
        CatalogueSnapshot before = database.look(scope);
        ObservedSchema found = before.tenant(plan.identity().suffix());
        if (found.isAbsent()) {
            return Outcome.unchanged();
        }
        List<ObservedSchema.ObservedRole> ours = ours(found);
        int writes = write(disconnect(found, ours, before.facts()));
        List<String> logins =
                ours.stream().map(ObservedSchema.ObservedRole::name).toList();
        boolean sessions = ours.stream().anyMatch(role -> role.sessions() > 0);
        if (writes > 0 || sessions) {
            Sessions.end(database, logins);
        }
        ClosingStep ending = database.writer().write(plan.schema(), transaction -> end(transaction, scope));
        writes += ending.writes();
        // A session that was only just logging in has passed the check of CONNECT and shows up now.
        if ((writes > 0 || sessions) && Sessions.end(database, logins) > 0) {
            return new Outcome.Waiting(new Finding(
                    Reason.DatabaseBusy, "sessions of " + plan.schema(), "the server has yet to end them. Retried."));
        }
        if (writes > 0) {
            LOG.atInfo()
                    .addKeyValue("identity", plan.identity())
                    .addKeyValue("database", plan.database())
                    .log("closed the tenant's logins; its data stays");
        }
        return ending.finding() == null ? new Outcome.Done(writes) : new Outcome.Blocked(ending.finding());
    }

    private record ClosingStep(int writes, @Nullable Finding finding) {}

    private ClosingStep end(WriteTransaction transaction, CatalogueScope scope) throws SQLException {
        CatalogueSnapshot now = transaction.look(scope);
        ObservedSchema found = now.tenant(plan.identity().suffix());
        return switch (SchemaDiff.between(plan, found, now.facts())) {
            case SchemaDiff.Changes changes -> {
                transaction.execute(changes.statements());
                yield new ClosingStep(
                        transaction.written(),
                        changes.beyond().isEmpty() ? null : changes.beyond().getFirst());
            }
            case SchemaDiff.Conflict conflict -> {
                // Something foreign stands in the tenant's place; what carries our mark is closed all the same.
                transaction.execute(lock(ours(found), Administration.of(now.facts())));
                yield new ClosingStep(transaction.written(), conflict.finding());
            }
        };
    }

    private int write(List<SqlStatement> statements) throws SQLException {
        if (statements.isEmpty()) {
            return 0;
        }
        return database.writer().write(plan.schema(), transaction -> {
            transaction.execute(statements);
            return transaction.written();
        });
    }

    private List<ObservedSchema.ObservedRole> ours(ObservedSchema found) {
        return found.roles().values().stream()
                .filter(role -> plan.logins().contains(role.name()) && Objects.equals(role.comment(), plan.mark()))
                .sorted(Comparator.comparing(ObservedSchema.ObservedRole::name))
                .toList();
    }

    /** No new sessions; and the operator able to become the logins, or it could not end the sessions there are. */
    private List<SqlStatement> disconnect(
            ObservedSchema found, List<ObservedSchema.ObservedRole> ours, DatabaseFacts facts) {
        List<String> names =
                ours.stream().map(ObservedSchema.ObservedRole::name).toList();
        List<SqlStatement> statements = new ArrayList<>();
        new RoleSteps(plan, found, facts).administer(statements);
        List<String> connecting = names.stream()
                .filter(name -> found.databaseRights().contains(new ObservedRight(plan.database(), name, "CONNECT")))
                .toList();
        if (!connecting.isEmpty()) {
            statements.add(SqlStatement.operator(
                    "CONNECT on database " + plan.database(),
                    "REVOKE CONNECT ON DATABASE " + SqlNames.name(plan.database()) + " FROM "
                            + SqlNames.names(connecting)));
        }
        return statements;
    }

    private static List<SqlStatement> lock(List<ObservedSchema.ObservedRole> roles, Administration administration) {
        List<SqlStatement> statements = new ArrayList<>();
        for (ObservedSchema.ObservedRole role : roles) {
            if (role.login()) {
                statements.add(SqlStatement.as(
                        administration.over(role.name()),
                        "role " + role.name(),
                        "ALTER ROLE " + SqlNames.name(role.name()) + " NOLOGIN"));
            }
        }
        return statements;
    }
}
