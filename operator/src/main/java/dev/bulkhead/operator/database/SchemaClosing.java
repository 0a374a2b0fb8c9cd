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
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes one tenant. The order matters, since a tenant may not want to be closed: first CONNECT goes, so that no new
 * session comes; then the sessions go, and with them every lock they hold on the tenant's own roles; then log-in; then all
 * else. Each is written by itself: what comes later may fail, and for reasons a tenant or another administrator made.
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
        CatalogueSnapshot before = database.look(scope.onlyNames());
        ObservedSchema found = before.tenant(plan.identity().suffix());
        if (found.isAbsent()) {
            return Outcome.unchanged();
        }
        List<ObservedSchema.ObservedRole> ours = ours(found);
        List<String> logins =
                ours.stream().map(ObservedSchema.ObservedRole::name).toList();
        int writes = write(disconnect(found, logins));
        boolean sessions = ours.stream().anyMatch(role -> role.sessions() > 0);
        if (writes > 0 || sessions) {
            Sessions.end(database, logins);
        }
        writes += write(lock(ours, Administration.of(before.facts())));
        // All else: it may take long where a tenant made much, and some of it only a superuser can do.
        Settling settling = new Settling(database, plan, new NoLogins());
        Settling.Settled settled = writes > 0 ? settling.settle(false) : settling.settle(database.look(scope));
        writes += settled.writes();
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
        return settled.trouble() == null ? new Outcome.Done(writes) : settled.trouble();
    }

    /** Who closes sets no password; what was known is forgotten before. */
    private static final class NoLogins implements Settling.SettlingLogins {
        @Override
        public Set<String> toBeSet(CatalogueSnapshot seen) {
            return Set.of();
        }

        @Override
        public String verifier(String login) {
            throw new IllegalStateException("who closes sets no password, not that of role " + login);
        }

        @Override
        public void begins() {}
    }

    /** Whatever of it is allowed: what is not is said by who settles the rest. */
    private int write(List<SqlStatement> statements) throws SQLException {
        if (statements.isEmpty()) {
            return 0;
        }
        return database.writer().write(plan.schema(), transaction -> {
            transaction.executeWhatIsAllowed(statements);
            return transaction.written();
        });
    }

    private List<ObservedSchema.ObservedRole> ours(ObservedSchema found) {
        return found.roles().values().stream()
                .filter(role -> plan.logins().contains(role.name()) && Objects.equals(role.comment(), plan.mark()))
                .sorted(Comparator.comparing(ObservedSchema.ObservedRole::name))
                .toList();
    }

    /** No new sessions. The operator owns the database, so it needs nobody for that. */
    private List<SqlStatement> disconnect(ObservedSchema found, List<String> logins) {
        List<String> connecting = logins.stream()
                .filter(name -> found.databaseRights().contains(new ObservedRight(plan.database(), name, "CONNECT")))
                .toList();
        return connecting.isEmpty()
                ? List.of()
                : List.of(SqlStatement.operator(
                        "CONNECT on database " + plan.database(),
                        "REVOKE CONNECT ON DATABASE " + SqlNames.name(plan.database()) + " FROM "
                                + SqlNames.names(connecting)));
    }

    /** No more log-in, whatever else of these roles is not as it should be. */
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
