package dev.bulkhead.operator.database;

import dev.bulkhead.api.v1beta1.BackendStatus.Capability;
import dev.bulkhead.operator.backend.OpenBackend;
import dev.bulkhead.operator.database.DatabaseFacts.RunningServer;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.Place;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Admission;
import dev.bulkhead.operator.outcome.Finding;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.secret.KeyRing;
import dev.bulkhead.operator.secret.Purpose;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One PostgreSQL server that is open. */
final class OpenDatabaseServer implements OpenBackend<SchemaPlan> {
    private static final Logger LOG = LoggerFactory.getLogger(OpenDatabaseServer.class);

    private static final Duration SESSIONS_LOOK = Duration.ofSeconds(5);

    private final DatabaseServerConnection connection;
    private final List<String> databases;
    private final TenantLogins logins;
    private final DatabaseApplier applier;
    private final DatabaseSweep sweep;
    private final ServerProbe probe;
    private final Function<@Nullable RunningServer, Optional<Finding>> rivals;
    private final SessionWatch sessions;
    private Set<TenantIdentity> greedy = Set.of();
    private volatile List<Marked> marked = List.of();

    /**
     * Sends no request.
     *
     * @param rivals whether another DatabaseServer leads to the same database, given which server was found here
     */
    OpenDatabaseServer(
            DatabaseServerConnection connection,
            List<String> databases,
            Function<@Nullable RunningServer, Optional<Finding>> rivals,
            TenantLogins logins,
            SecureRandom random) {
        this.connection = connection;
        this.databases = List.copyOf(databases);
        this.rivals = rivals;
        this.logins = logins;
        this.applier = new DatabaseApplier(connection, random);
        this.sweep = new DatabaseSweep(connection, applier);
        this.probe = new ServerProbe(connection);
        this.sessions = new SessionWatch(connection, databases.getFirst(), SESSIONS_LOOK, InstantSource.system());
    }

    @Override
    public BackendLook look() {
        ServerProbe.Observation seen = probe.observe(databases);
        if (seen.outcome().done()) {
            marked = seen.marked();
        }
        return seen.outcome().done()
                ? new BackendLook.Seen(
                        seen.version(),
                        seen.tenants(),
                        seen.load(),
                        Stream.concat(seen.capabilities().stream(), sessions.capabilities().stream())
                                .sorted(Comparator.comparing(Capability::name))
                                .toList(),
                        "the server answers and is prepared",
                        rivals.apply(seen.server()).orElse(seen.flaw()))
                : new BackendLook.Unseen(seen.outcome().findings().getFirst());
    }

    @Override
    public Swept sweep(Map<TenantIdentity, SchemaPlan> plans) {
        Set<TenantIdentity> drifted = new HashSet<>();
        Set<TenantIdentity> gone = new HashSet<>();
        List<Finding> failures = new ArrayList<>();
        plans.entrySet().stream()
                .collect(Collectors.groupingBy(
                        e -> e.getValue().database(), Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .forEach((database, there) -> {
                    DatabaseSweep.SweepResult result = sweep.sweep(database, there, logins::of);
                    drifted.addAll(result.drifted());
                    gone.addAll(result.gone());
                    if (result.trouble() != null) {
                        failures.addAll(result.trouble().findings());
                        LOG.atWarn()
                                .addKeyValue("server", connection.address())
                                .addKeyValue("database", database)
                                .log(result.trouble().findings().getFirst().text());
                    }
                });
        return new Swept(
                drifted,
                greedOrNoMore(plans.keySet()),
                gone,
                failures.stream().distinct().toList());
    }

    /** Tenants of which another thing is to be told than before. */
    private synchronized Set<TenantIdentity> greedOrNoMore(Set<TenantIdentity> tenants) {
        Set<TenantIdentity> now =
                tenants.stream().filter(t -> sessions.finding(t).isPresent()).collect(Collectors.toSet());
        Set<TenantIdentity> changed = new HashSet<>(now);
        changed.addAll(greedy);
        changed.removeIf(t -> !tenants.contains(t) || now.contains(t) == greedy.contains(t));
        greedy = now;
        return changed;
    }

    /** What was done to a tenant's sessions stands at its control for a while. */
    private Outcome withSessions(TenantIdentity identity, Outcome outcome) {
        Finding finding = sessions.finding(identity).orElse(null);
        if (finding == null || !(outcome instanceof Outcome.Done(int writes, List<Finding> refused))) {
            return outcome;
        }
        return new Outcome.Done(
                writes, Stream.concat(refused.stream(), Stream.of(finding)).toList());
    }

    @Override
    public Outcome apply(SchemaPlan plan, KeyRing keys) {
        Credential[] logins = plan.live().stream()
                .map(slot -> login(plan.identity(), slot, keys))
                .toArray(Credential[]::new);
        try {
            return withSessions(plan.identity(), applier.apply(plan, logins));
        } finally {
            Arrays.stream(logins).forEach(Credential::clear);
        }
    }

    private static Credential login(TenantIdentity identity, Slot slot, KeyRing keys) {
        byte[] password = keys.credential(Purpose.of(PartId.database, slot)).orElseThrow();
        try {
            return Credential.of(SchemaPlan.RoleKind.login(slot).of(identity), password);
        } finally {
            Arrays.fill(password, (byte) 0);
        }
    }

    @Override
    public Admission admits(TenantIdentity identity, Place place, Slot slot, KeyRing keys) {
        Credential login = login(identity, slot, keys);
        try {
            return new LoginTrials(connection).of(inside(place), login);
        } finally {
            login.clear();
        }
    }

    @Override
    public OptionalInt sessions(TenantIdentity identity, Place place, Slot slot) {
        return new LoginTrials(connection)
                .sessions(inside(place), SchemaPlan.RoleKind.login(slot).of(identity));
    }

    private static String inside(Place place) {
        return Objects.requireNonNull(place.inside(), "a schema lies in a database");
    }

    @Override
    public Outcome shut(SchemaPlan plan) {
        return applier.close(plan);
    }

    @Override
    public Outcome close(TenantIdentity identity, Place place) {
        return applier.close(DatabasePlanner.closing(identity, Objects.requireNonNullElse(place.inside(), "")));
    }

    @Override
    public List<Marked> marked() {
        return marked;
    }

    @Override
    public void forget(TenantIdentity identity) {
        applier.forget(identity);
    }

    @Override
    public void close() {
        sessions.close();
        connection.close();
    }
}
