package dev.bulkhead.operator.database;

import dev.bulkhead.operator.database.SchemaPlan.PlannedRole;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one tenant of one server to its plan. Every change is one transaction, safe to repeat from any point; a tenant
 * of which neither plan nor password changed, and which the last sweep found clean, costs no query.
 */
public final class DatabaseApplier {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseApplier.class);

    private final DatabaseServerConnection server;
    private final SecureRandom random;
    private final AppliedPlans applied;

    /**
     * An applier that knows of nothing yet.
     *
     * @param random for salts
     */
    public DatabaseApplier(DatabaseServerConnection server, SecureRandom random) {
        this.server = server;
        this.random = random;
        this.applied = new AppliedPlans(random);
    }

    /**
     * Makes the tenant's compartment what the plan says, and its logins' passwords the given ones. A login that the plan
     * lets in no more has no session left when it is done.
     *
     * <p>Waiting when the server is down, busy or refuses the operator; Blocked with {@link Reason#Conflict} when
     * something of that name is not this tenant's, which then stays untouched, with {@link Reason#DataGone} when the
     * schema was made and is gone, and when something is wrong that the operator may not mend.
     *
     * @param plan from {@link DatabasePlanner}; a closed one is handed to {@link #close}
     * @param logins every open login of the plan and its password; the passwords never leave this process
     */
    public Outcome apply(SchemaPlan plan, Credential... logins) {
        return apply(plan, List.of(logins));
    }

    private Outcome apply(SchemaPlan plan, List<Credential> logins) {
        if (plan.closed()) {
            return close(plan);
        }
        checkLogins(plan, logins);
        if (applied.inPlace(plan, logins)) {
            return Outcome.unchanged();
        }
        SharedDatabase database = server.database(plan.database());
        return guarded(database, plan, () -> {
            Outcome obstacle = database.prepare();
            if (obstacle != null) {
                return obstacle;
            }
            return applyPrepared(database, plan, logins);
        });
    }

    /**
     * Closes the tenant's logins: no CONNECT, no sessions, no log-in; the data stays. Ends in bounded time, whatever the
     * tenant's sessions hold and whether or not the server answers.
     *
     * @param plan a closed one
     */
    public Outcome close(SchemaPlan plan) {
        if (!plan.closed()) {
            throw new IllegalArgumentException("a plan that is not closed cannot close");
        }
        if (applied.closed(plan)) {
            return Outcome.unchanged();
        }
        applied.begun(plan);
        SharedDatabase database = server.database(plan.database());
        return guarded(database, plan, () -> {
            Outcome outcome = new SchemaClosing(database, plan).run();
            if (outcome.done()) {
                applied.closedNow(plan);
            }
            return outcome;
        });
    }

    /** Forgets a tenant that is gone. */
    public void forget(TenantIdentity identity) {
        applied.forget(identity);
    }

    AppliedPlans applied() {
        return applied;
    }

    private Outcome applyPrepared(SharedDatabase database, SchemaPlan plan, List<Credential> logins)
            throws SQLException {
        Settling settling = new Settling(database, plan, new GivenLogins(plan, logins));
        int writes = 0;
        Settling.Settled settled;
        if (applied.differs(plan) && Extensions.areThere(plan, database.facts())) {
            settled = settling.settle(!plan.made());
        } else {
            CatalogueSnapshot before = database.look(CatalogueScope.of(List.of(plan.identity())));
            boolean lost = isLost(plan, before);
            Outcome extensions = lost ? Outcome.unchanged() : Extensions.ensure(database, plan, before.facts());
            if (extensions instanceof Outcome.Waiting || extensions instanceof Outcome.Blocked) {
                return extensions;
            }
            writes += extensions instanceof Outcome.Done done ? done.writes() : 0;
            settled = settling.settle(before);
        }
        writes += settled.writes();
        boolean there = settled.ours() && settled.found().schema() != null;
        Outcome checked = there ? checkPasswords(database, plan, logins) : Outcome.unchanged();
        writes += checked instanceof Outcome.Done done ? done.writes() : 0;
        if (writes > 0) {
            LOG.atInfo()
                    .addKeyValue("identity", plan.identity())
                    .addKeyValue("database", plan.database())
                    .addKeyValue("statements", writes)
                    .log("changed the tenant's compartment in the database");
        }
        if (settled.trouble() != null) {
            return settled.trouble();
        }
        if (!checked.done()) {
            return checked;
        }
        List<String> shut = shut(plan, settled.was(), settled.found());
        if (!shut.isEmpty() && Sessions.end(database, shut) > 0) {
            return new Outcome.Waiting(new Finding(
                    Reason.DatabaseBusy,
                    "sessions of " + String.join(", ", shut),
                    "the server has yet to end them. Retried."));
        }
        applied.applied(plan, logins, verifiers(logins, settled.found()));
        return new Outcome.Done(writes);
    }

    /** The slots' logins that may not log in, and did or could a moment ago: they may still have sessions. */
    private static List<String> shut(SchemaPlan plan, ObservedSchema was, ObservedSchema now) {
        return Arrays.stream(Slot.values())
                .map(slot -> plan.role(SchemaPlan.RoleKind.login(slot)))
                .filter(role -> !role.login())
                .map(PlannedRole::name)
                .filter(name -> {
                    ObservedSchema.ObservedRole former = was.roles().get(name);
                    ObservedSchema.ObservedRole role = now.roles().get(name);
                    return (former != null && former.login()) || (role != null && role.sessions() > 0);
                })
                .toList();
    }

    private static boolean isLost(SchemaPlan plan, CatalogueSnapshot seen) {
        return SchemaDiff.isLost(plan, seen.tenant(plan.identity().suffix()));
    }

    /** Whether the password is known to be wrong, as far as looking tells. */
    private boolean passwordNeeded(SchemaPlan plan, Credential login, CatalogueSnapshot seen) {
        ObservedSchema.ObservedRole found =
                seen.tenant(plan.identity().suffix()).roles().get(login.username());
        if (found == null) {
            return false;
        }
        AppliedPlans.AppliedSchema memo = applied.of(plan.identity());
        AppliedPlans.KnownPassword known =
                memo == null ? null : memo.passwords().get(login.username());
        if (!seen.facts().passwordsReadable()) {
            return known != null && !applied.passwordKnown(plan.identity(), login);
        }
        String stored = found.verifier();
        boolean sameAsKnown = stored != null
                && known != null
                && known.verifier() != null
                && ScramVerifier.same(stored, known.verifier())
                && applied.passwordKnown(plan.identity(), login);
        return !sameAsKnown && !ScramVerifier.matches(stored, login.password());
    }

    private Outcome checkPasswords(SharedDatabase database, SchemaPlan plan, List<Credential> logins)
            throws SQLException {
        int writes = 0;
        for (Credential login : logins) {
            Outcome checked = checkPassword(database, plan, login);
            if (!checked.done()) {
                return checked;
            }
            writes += checked instanceof Outcome.Done done ? done.writes() : 0;
        }
        return new Outcome.Done(writes);
    }

    /** Where passwords cannot be read: logs in as the tenant would, and sets the password the server does not know. */
    private Outcome checkPassword(SharedDatabase database, SchemaPlan plan, Credential login) throws SQLException {
        if (database.verifiersReadable()
                || applied.passwordKnown(plan.identity(), login)
                || server.tryLogin(plan.database(), login) != LoginCheck.REJECTED) {
            return Outcome.unchanged();
        }
        List<SqlStatement> set = List.of(new SqlStatement.Password(
                login.username(), database.administration().over(login.username())));
        GivenLogins given = new GivenLogins(plan, List.of(login));
        int writes = database.writer().write(plan.schema(), transaction -> {
            transaction.execute(set, given::verifier);
            return transaction.written();
        });
        if (server.tryLogin(plan.database(), login) == LoginCheck.REJECTED) {
            return new Outcome.Waiting(new Finding(
                    Reason.DatabaseRefused,
                    "role " + login.username(),
                    "the server refuses the tenant's login although its password was just set; check the method in"
                            + " pg_hba.conf: scram-sha-256 is needed."));
        }
        return new Outcome.Done(writes);
    }

    /** The logins of a plan that is applied, with the passwords they were given. */
    private final class GivenLogins implements Settling.SettlingLogins {
        private final SchemaPlan plan;
        private final List<Credential> logins;

        /** Made once and only when needed: it takes thousands of rounds, and a retry sends the same one. */
        private final Map<String, String> verifiers = new ConcurrentHashMap<>();

        GivenLogins(SchemaPlan plan, List<Credential> logins) {
            this.plan = plan;
            this.logins = logins;
        }

        @Override
        public Set<String> toBeSet(CatalogueSnapshot seen) {
            return isLost(plan, seen)
                    ? Set.of()
                    : logins.stream()
                            .filter(login -> passwordNeeded(plan, login, seen))
                            .map(Credential::username)
                            .collect(Collectors.toCollection(TreeSet::new));
        }

        @Override
        public String verifier(String role) {
            Credential login = logins.stream()
                    .filter(l -> l.username().equals(role) && openLogins(plan).contains(role))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("only an open login has a password: " + role));
            return verifiers.computeIfAbsent(role, _ -> ScramVerifier.of(login.password(), random));
        }

        @Override
        public void begins() {
            applied.begun(plan);
        }
    }

    private static Map<String, String> verifiers(List<Credential> logins, ObservedSchema found) {
        Map<String, String> verifiers = new HashMap<>();
        for (Credential login : logins) {
            ObservedSchema.ObservedRole role = found.roles().get(login.username());
            if (role != null && role.verifier() != null) {
                verifiers.put(login.username(), role.verifier());
            }
        }
        return verifiers;
    }

    private static Set<String> openLogins(SchemaPlan plan) {
        return plan.roles().stream()
                .filter(PlannedRole::login)
                .map(PlannedRole::name)
                .collect(Collectors.toSet());
    }

    private static void checkLogins(SchemaPlan plan, List<Credential> logins) {
        if (!openLogins(plan).equals(logins.stream().map(Credential::username).collect(Collectors.toSet()))) {
            throw new IllegalArgumentException("a credential is needed for each open login of the plan");
        }
    }

    /** Something that talks to the server. */
    @FunctionalInterface
    private interface Talk {
        Outcome run() throws SQLException;
    }

    private Outcome guarded(SharedDatabase database, SchemaPlan plan, Talk talk) {
        try {
            return talk.run();
        } catch (SQLException failure) {
            if (SqlTrouble.unprepared(failure)) {
                database.unprepared();
            }
            if (!SqlTrouble.expected(failure)) {
                LOG.atWarn()
                        .addKeyValue("identity", plan.identity())
                        .addKeyValue("database", plan.database())
                        .addKeyValue("sqlState", SqlTrouble.state(failure))
                        .addKeyValue("answer", failure.getMessage())
                        .log("the database refused a statement");
            }
            return SqlTrouble.outcome(failure, server.address(), plan.database());
        }
    }
}
