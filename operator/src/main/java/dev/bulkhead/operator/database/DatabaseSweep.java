package dev.bulkhead.operator.database;

import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares all tenants of a database with their plans in one look: a constant number of catalogue queries. It writes
 * nothing; who has drifted is named, and loses the memo that let the applier skip it.
 */
public final class DatabaseSweep {
    /** Passwords tried per sweep where they cannot be read. */
    private static final int LOGINS = 3;

    private final DatabaseServerConnection server;
    private final AppliedPlans applied;
    private int nextLogin;

    /** A sweep over the databases of the applier's server. */
    public DatabaseSweep(DatabaseServerConnection server, DatabaseApplier applier) {
        this.server = server;
        this.applied = applier.applied();
    }

    /**
     * What one pass found.
     *
     * @param trouble why the pass, or what is the operator's own in the database, could not be made; null when it was
     * @param drifted tenants to be applied again
     * @param gone those of them whose schema was made and is not there any more
     */
    public record SweepResult(@Nullable Outcome trouble, Set<TenantIdentity> drifted, Set<TenantIdentity> gone) {
        /** Makes sets immutable. */
        public SweepResult {
            drifted = Set.copyOf(drifted);
            gone = Set.copyOf(gone);
        }
    }

    /**
     * One pass over a database.
     *
     * @param database its name
     * @param plans every tenant that lives there
     * @param logins login and password of a tenant, to try a few where passwords cannot be read; null when it is not at
     *     hand. The sweep clears what it was given
     */
    public synchronized SweepResult sweep(
            String database,
            Map<TenantIdentity, SchemaPlan> plans,
            Function<TenantIdentity, @Nullable Credential> logins) {
        SharedDatabase shared = server.database(database);
        try {
            SweepLooks looks = SweepLooks.of(shared::look, plans.keySet());
            CatalogueSnapshot snapshot = looks.snapshot();
            Map<TenantIdentity, SchemaPlan> seen = new HashMap<>(plans);
            seen.keySet().removeAll(looks.unseen());
            seen.keySet().removeAll(looks.cutOff());
            Set<TenantIdentity> drifted = compare(seen, snapshot);
            looks.cutOff().forEach(applied::drifted);
            drifted.addAll(looks.cutOff());
            if (!snapshot.facts().passwordsReadable()) {
                drifted.addAll(tryLogins(database, plans, logins, drifted));
            }
            Outcome trouble = prepared(shared, snapshot.facts());
            return new SweepResult(trouble == null ? unseen(database, looks) : trouble, drifted, gone(plans, snapshot));
        } catch (SQLException failure) {
            return new SweepResult(SqlTrouble.outcome(failure, server.address(), database), Set.of(), Set.of());
        }
    }

    private @Nullable Outcome unseen(String database, SweepLooks looks) {
        return looks.unseen().isEmpty()
                ? null
                : new Outcome.Waiting(new Finding(
                        Reason.DatabaseBusy,
                        "database " + database + " on " + server.address(),
                        "looks at the catalogue take longer than the operator waits for one; "
                                + looks.unseen().size() + " tenants were not looked at. Retried."));
    }

    /** An obstacle is told by the applier, and by the probe of the server; nobody's drift has to wait for it. */
    private @Nullable Outcome prepared(SharedDatabase shared, DatabaseFacts facts) {
        try {
            if (!DatabasePreparation.of(facts).complete()) {
                shared.prepare(facts);
            }
            return null;
        } catch (SQLException failure) {
            return SqlTrouble.outcome(failure, server.address(), shared.name());
        }
    }

    private Set<TenantIdentity> compare(Map<TenantIdentity, SchemaPlan> plans, CatalogueSnapshot snapshot) {
        Set<TenantIdentity> drifted = new TreeSet<>(Comparator.comparing(TenantIdentity::value));
        plans.forEach((identity, plan) -> {
            ObservedSchema found = snapshot.tenant(identity.suffix());
            SchemaDiff diff = SchemaDiff.between(plan, found, snapshot.facts());
            boolean clean = diff instanceof SchemaDiff.Changes changes && changes.none();
            boolean sessions =
                    found.roles().values().stream().anyMatch(role -> role.sessions() > 0 && shut(plan, role.name()));
            if (passwordChanged(identity, plan, found)) {
                applied.passwordLost(identity);
                drifted.add(identity);
            } else if (clean && !sessions) {
                applied.seenClean(plan);
            } else {
                applied.drifted(identity);
                drifted.add(identity);
            }
        });
        return drifted;
    }

    /** Whether a role may have no session now: all of a closed tenant, and the login of a slot that lets nobody in. */
    private static boolean shut(SchemaPlan plan, String role) {
        return plan.closed()
                || Arrays.stream(Slot.values())
                        .map(slot -> plan.role(SchemaPlan.RoleKind.login(slot)))
                        .anyMatch(login -> login.name().equals(role) && !login.login());
    }

    /** Only against what is known to be right: recomputing every password would take longer than the whole look. */
    private boolean passwordChanged(TenantIdentity identity, SchemaPlan plan, ObservedSchema found) {
        AppliedPlans.AppliedSchema known = applied.of(identity);
        if (plan.closed() || known == null) {
            return false;
        }
        return plan.roles().stream().filter(SchemaPlan.PlannedRole::login).anyMatch(login -> {
            ObservedSchema.ObservedRole role = found.roles().get(login.name());
            AppliedPlans.KnownPassword password = known.passwords().get(login.name());
            return role != null
                    && password != null
                    && password.verifier() != null
                    && (role.verifier() == null || !ScramVerifier.same(role.verifier(), password.verifier()));
        });
    }

    private List<TenantIdentity> tryLogins(
            String database,
            Map<TenantIdentity, SchemaPlan> plans,
            Function<TenantIdentity, @Nullable Credential> logins,
            Set<TenantIdentity> drifted) {
        List<TenantIdentity> open = plans.values().stream()
                .filter(plan -> !plan.closed() && !drifted.contains(plan.identity()))
                .map(SchemaPlan::identity)
                .sorted(Comparator.comparing(TenantIdentity::value))
                .toList();
        List<TenantIdentity> lost = new ArrayList<>();
        for (int i = 0; i < Math.min(LOGINS, open.size()); i++) {
            TenantIdentity identity = open.get(nextLogin++ % open.size());
            Credential login = logins.apply(identity);
            if (login != null) {
                if (server.tryLogin(database, login) == LoginCheck.REJECTED) {
                    applied.passwordLost(identity);
                    lost.add(identity);
                }
                login.clear();
            }
        }
        return lost;
    }

    private static Set<TenantIdentity> gone(Map<TenantIdentity, SchemaPlan> plans, CatalogueSnapshot snapshot) {
        return plans.values().stream()
                .filter(plan ->
                        SchemaDiff.isLost(plan, snapshot.tenant(plan.identity().suffix())))
                .map(SchemaPlan::identity)
                .collect(Collectors.toSet());
    }
}
