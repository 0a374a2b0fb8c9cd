package dev.bulkhead.operator.probe.database;

import dev.bulkhead.operator.database.Administration;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.probe.Probe;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tries to get out of a tenant's schema with the tenant's own login, and reads in the catalogue who could get in. One
 * session for nearly all of it, a second one for an instant where a log-in itself is tried; nothing is ever committed.
 */
public final class DatabaseProbe implements Probe {
    private final Logins logins;
    private final DatabaseLimits limits;
    private final TenantSessions sessions;
    private final Set<String> administrators;
    private final RandomGenerator random;
    private final Map<String, Semaphore> servers = new ConcurrentHashMap<>();

    /**
     * A probe.
     *
     * @param administrators logins that may be superuser, exempt from row security or readers of all data, besides the
     *     server's first superuser, the owner of the database and the operator
     * @param random for names that no tenant can take before
     */
    public DatabaseProbe(Logins logins, DatabaseLimits limits, Set<String> administrators, RandomGenerator random) {
        this.logins = logins;
        this.limits = limits;
        this.sessions = new TenantSessions(limits);
        this.administrators = Set.copyOf(administrators);
        this.random = random;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_DB, Control.TI_TLS);
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        Place place = place(self);
        Optional<DatabaseLogin> login = place == null ? Optional.empty() : logins.of(self);
        if (place == null || login.isEmpty()) {
            return List.of(unclear(self, Attempt.broken(actor(self), "its database", "no login is delivered")));
        }
        Semaphore seats = servers.computeIfAbsent(
                login.get().address().toString(), _ -> new Semaphore(limits.subjectsAtOnce(), true));
        seats.acquire();
        try {
            return new ArrayList<>(attempt(self, place, others, login.get()));
        } finally {
            seats.release();
        }
    }

    private static @Nullable Place place(Subject tenant) {
        return tenant.homes().of(PartId.database).map(Home::place).orElse(null);
    }

    private List<Trial> attempt(Subject self, Place place, List<Subject> others, DatabaseLogin login)
            throws InterruptedException {
        List<Subject> onServer = new ArrayList<>();
        List<Subject> inDatabase = new ArrayList<>();
        for (Subject other : others) {
            Place there = place(other);
            if (there != null && there.backend().equals(place.backend())) {
                onServer.add(other);
                if (login.database().equals(there.inside())) {
                    inDatabase.add(other);
                }
            }
        }
        List<Trial> trials = new ArrayList<>();
        @Nullable ServerFacts facts = null;
        try (Connection session = sessions.open(login)) {
            facts = ServerFacts.read(session);
            Places places = Places.of(self.identity(), login.username(), facts, suffix());
            Attacker attacker = new Attacker(session, places, self);
            trials.addAll(attacker.attack(facts, login.address().toString()));
            for (Subject other : inDatabase) {
                trials.addAll(attacker.attack(other));
            }
            Set<String> known = new HashSet<>(administrators);
            known.add(facts.owner());
            known.add(facts.operator());
            trials.addAll(new CatalogueInspection(
                            session,
                            self,
                            login.username(),
                            known,
                            Set.copyOf(Administration.namesFor(facts.operator())),
                            ConnectionAttempts.entrances(facts, onServer).keySet())
                    .run());
        } catch (SQLException failure) {
            trials.add(unclear(self, SqlAnswer.of(failure, Set.of()).by(actor(self), "database " + login.database())));
        }
        if (facts != null) {
            ConnectionAttempts connections = new ConnectionAttempts(sessions, login, self);
            trials.addAll(connections.otherDatabases(facts, onServer));
            trials.addAll(connections.startUp(facts));
            if (login.address().tls()) {
                trials.add(connections.withoutTls());
            }
        } else if (login.address().tls()) {
            trials.add(new Trial(
                    Control.TI_TLS,
                    "connects to the database without TLS",
                    Trial.TrialKind.Weakness,
                    Attempt.broken("anybody", "server " + login.address(), "not tried"),
                    trials.getLast().check()));
        }
        return trials;
    }

    /** The attempts that are missing, as one trial that says why. */
    private static Trial unclear(Subject self, Attempt check) {
        return new Trial(
                Control.TI_DB,
                "acts as the tenant's own login",
                Trial.TrialKind.BreakOut,
                Attempt.broken(actor(self), "other tenants", "not tried"),
                check);
    }

    private static String actor(Subject self) {
        return "database login of " + self.tenant();
    }

    private String suffix() {
        return HexFormat.of().toHexDigits(random.nextLong());
    }
}
