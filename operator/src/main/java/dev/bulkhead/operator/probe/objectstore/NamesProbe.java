package dev.bulkhead.operator.probe.objectstore;

import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.escape.AccessKey;
import dev.bulkhead.operator.escape.EscapePlan;
import dev.bulkhead.operator.escape.EscapeReport;
import dev.bulkhead.operator.escape.EscapeReport.CarrierResult;
import dev.bulkhead.operator.escape.EscapeSlice;
import dev.bulkhead.operator.escape.EscapeSuite;
import dev.bulkhead.operator.escape.EscapeTarget;
import dev.bulkhead.operator.evidence.Attempt;
import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ServerStanding;
import dev.bulkhead.operator.evidence.Subject;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.identity.Home;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.probe.Canary;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.Source;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries to leave a tenant's bucket by the names that a request carries, with the tenant's own key. The victim is always a
 * folder that is there for it in a canary's bucket, and what happened to it decides.
 *
 * <p>One canary tries everything on the other; each tenant tries a few names on a canary, in turn. Where a server is known
 * not to keep buckets apart, tenants try nothing: there is nothing to be learned. It is the server's finding, so it fails
 * the control of its tenants and raises no Incident of theirs.
 */
public final class NamesProbe implements Probe, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamesProbe.class);

    private static final String ANY_NAME = "leaves its bucket by a name in a request";
    private static final Duration REQUEST = Duration.ofSeconds(5);

    /** For two carriers, a few hundred requests at most. */
    private static final EscapeSuite.Patience TENANTS = new EscapeSuite.Patience(REQUEST, Duration.ofSeconds(20));

    /** For all of them. */
    private static final EscapeSuite.Patience CANARIES = new EscapeSuite.Patience(REQUEST, Duration.ofMinutes(2));

    private final LentKeys keys;
    private final Source<List<Subject>> canaries;
    private final boolean atOnce;
    private final ExternalCalls calls;
    private final RandomGenerator random;
    private final Clock clock;
    private final Map<URI, NamesTried> servers = new ConcurrentHashMap<>();

    /**
     * A probe.
     *
     * @param canaries tenants of profile {@link Canary#PROFILE}, in order of their names
     * @param atOnce whether every tenant, a canary too, tries all that is for tenants in one round, and nothing else: for
     *     somebody who has no other round
     * @param calls sees every request
     * @param random for where a tenant begins
     */
    public NamesProbe(
            LentKeys keys,
            Source<List<Subject>> canaries,
            boolean atOnce,
            ExternalCalls calls,
            RandomGenerator random,
            Clock clock) {
        this.keys = keys;
        this.canaries = canaries;
        this.atOnce = atOnce;
        this.calls = calls;
        this.random = random;
        this.clock = clock;
    }

    @Override
    public Set<Control> proves() {
        return Set.of(Control.TI_OBJ);
    }

    /** A tenant, where it is, and with what. */
    private record Tenanted(Subject subject, Home home, StoreConnection connection) {
        AccessKey key() {
            return new AccessKey(connection.accessKeyId(), connection.secretAccessKey());
        }

        String bucket() {
            return home.name();
        }
    }

    @Override
    public List<Trial> run(Subject self, List<Subject> others) throws InterruptedException {
        Optional<Tenanted> there = of(self);
        if (there.isEmpty()) {
            return List.of(); // other attempts of this control say why
        }
        Tenanted attacker = there.get();
        URI endpoint = attacker.connection().endpoint();
        List<Tenanted> victims = new ArrayList<>();
        boolean first = false;
        for (Subject canary : canaries.read()) {
            boolean me = canary.identity().equals(self.identity());
            (me ? there : of(canary))
                    .filter(one -> one.connection().endpoint().equals(endpoint))
                    .ifPresent(victims::add);
            first = first || (me && victims.size() == 1);
            if (victims.size() == (first ? 2 : 1)) {
                break; // each of them takes two requests to find
            }
        }
        if (victims.size() < (first ? 2 : 1)) {
            return List.of(nobody(attacker));
        }
        NamesTried tried = servers.computeIfAbsent(
                endpoint, _ -> new NamesTried(attacker.home().place().backend()));
        if (!first) {
            return ofTenant(tried, attacker, victims.getFirst(), EscapeTarget.BY_TENANTS);
        }
        return atOnce
                ? ofTenant(tried, attacker, victims.get(1), EscapeTarget.BY_CANARY)
                : ofCanary(tried, attacker, victims.get(1));
    }

    private Optional<Tenanted> of(Subject subject) {
        Home home = subject.homes().of(PartId.objectStore).orElse(null);
        return home == null
                ? Optional.empty()
                : keys.of(subject).map(connection -> new Tenanted(subject, home, connection));
    }

    /** The whole where it is due; what was found counts for everybody on the server. */
    private List<Trial> ofCanary(NamesTried tried, Tenanted attacker, Tenanted victim) throws InterruptedException {
        StoreConnection connection = attacker.connection();
        tried.servedBy(EscapeSuite.server(connection.endpoint(), connection.sockets(), REQUEST));
        EscapeSlice slice = EscapePlan.ofCanaries(tried.settled(), tried.turn(), clock.instant());
        EscapeReport report = target(tried, victim, EscapeTarget.BY_CANARY)
                .attacked(attacker.key(), attacker.bucket(), slice, CANARIES);
        tried.canary(report, clock.instant());
        warn(tried, attacker, report);
        List<Trial> trials = new ArrayList<>();
        for (EscapeReport.CarrierFinding open : tried.open()) {
            trials.add(trial(open, attacker, victim));
        }
        return trials.isEmpty() ? List.of(kept(tried, attacker, victim)) : trials;
    }

    private List<Trial> ofTenant(NamesTried tried, Tenanted attacker, Tenanted victim, String folder)
            throws InterruptedException {
        List<EscapeReport.CarrierFinding> known = tried.throughByCanary();
        if (!known.isEmpty()) {
            return known.stream()
                    .map(way -> trial(
                            new EscapeReport.CarrierFinding(
                                    way.carrier(), way.result(), "tried by a canary: " + way.detail()),
                            attacker,
                            victim))
                    .toList();
        }
        EscapeSlice slice = atOnce
                ? EscapePlan.ofTenantAtOnce()
                : EscapePlan.ofTenant(
                        tried.turn(attacker.subject().identity(), random),
                        tried.again(attacker.subject().identity()));
        EscapeReport report = target(tried, victim, folder)
                .attacked(attacker.key(), attacker.bucket(), slice, atOnce ? CANARIES : TENANTS);
        tried.tenant(attacker.subject().identity(), report, clock.instant());
        warn(tried, attacker, report);
        return report.found().stream()
                .filter(found -> found.result() != CarrierResult.NOT_OFFERED)
                .map(found -> trial(found, attacker, victim))
                .toList();
    }

    /** A key that was exchanged is another owner's hands. */
    private EscapeTarget target(NamesTried tried, Tenanted victim, String folder) {
        StoreConnection owner = victim.connection();
        return tried.target(
                new NamesTried.TargetPlace(owner, victim.bucket(), folder),
                () -> new EscapeTarget(
                        new EscapeTarget.CanaryPlace(
                                owner.endpoint(),
                                owner.sockets(),
                                owner.region(),
                                victim.key(),
                                victim.bucket(),
                                folder),
                        calls,
                        clock));
    }

    private static void warn(NamesTried tried, Tenanted attacker, EscapeReport report) {
        for (EscapeReport.CarrierFinding way : report.with(CarrierResult.THROUGH)) {
            LOG.atWarn()
                    .addKeyValue("objectStore", tried.store())
                    .addKeyValue("tenant", attacker.subject().tenant())
                    .addKeyValue("by", way.carrier())
                    .log("a server does not keep buckets apart: a key got out of its bucket into a canary's");
        }
    }

    private Trial kept(NamesTried tried, Tenanted attacker, Tenanted victim) {
        String actor = ObjectStoreProbe.actor(attacker.subject());
        return new Trial(
                Control.TI_OBJ,
                ANY_NAME,
                Trial.TrialKind.Weakness,
                Attempt.refused(actor, target(victim), tried.message()),
                Attempt.succeeded(actor, own(attacker), "the same requests work there"));
    }

    /** Weak is what the server is, for all who live there; nobody's data was met. */
    private static Trial trial(EscapeReport.CarrierFinding found, Tenanted attacker, Tenanted victim) {
        String actor = ObjectStoreProbe.actor(attacker.subject());
        String target = target(victim);
        Attempt tried = switch (found.result()) {
            case KEPT, NOT_OFFERED -> Attempt.refused(actor, target, "nothing happened there");
            case THROUGH -> Attempt.succeeded(actor, target, found.detail());
            case UNCLEAR -> Attempt.broken(actor, target, found.detail());
        };
        return new Trial(
                Control.TI_OBJ,
                "leaves its bucket by the " + found.carrier(),
                Trial.TrialKind.Weakness,
                tried,
                Attempt.succeeded(actor, own(attacker), "the same requests work there"));
    }

    private static Trial nobody(Tenanted attacker) {
        String actor = ObjectStoreProbe.actor(attacker.subject());
        return new Trial(
                Control.TI_OBJ,
                ANY_NAME,
                Trial.TrialKind.Weakness,
                Attempt.broken(
                        actor,
                        "a canary's bucket",
                        "no other Tenant of profile " + Canary.PROFILE
                                + " has a bucket and a delivered key on the server of"
                                + " ObjectStore " + attacker.home().place().backend()
                                + "; put two of them there"),
                Attempt.succeeded(actor, own(attacker), "not needed"));
    }

    private static String target(Tenanted victim) {
        return "bucket " + victim.bucket() + " of " + victim.subject().tenant();
    }

    private static String own(Tenanted attacker) {
        return "its own bucket " + attacker.bucket();
    }

    @Override
    public List<ServerStanding> servers() {
        return servers.values().stream()
                .flatMap(tried -> tried.standing(clock.instant()).stream())
                .toList();
    }

    @Override
    public void close() {
        servers.values().forEach(NamesTried::close);
    }
}
