package dev.bulkhead.operator;

import dev.bulkhead.operator.access.AccessPlanner;
import dev.bulkhead.operator.access.Principal;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.evidence.Trial;
import dev.bulkhead.operator.guard.GuardContents;
import dev.bulkhead.operator.guard.GuardDryRun;
import dev.bulkhead.operator.guard.GuardManifests;
import dev.bulkhead.operator.kube.BorrowedAccount;
import dev.bulkhead.operator.probe.AccessReviews;
import dev.bulkhead.operator.probe.ApiProbe;
import dev.bulkhead.operator.probe.CanaryExchange;
import dev.bulkhead.operator.probe.ExpiringCache;
import dev.bulkhead.operator.probe.GuardContentTrials;
import dev.bulkhead.operator.probe.GuardProbe;
import dev.bulkhead.operator.probe.GuardRound;
import dev.bulkhead.operator.probe.NamespaceProbe;
import dev.bulkhead.operator.probe.NetworkSnapshot;
import dev.bulkhead.operator.probe.PlatformAccounts;
import dev.bulkhead.operator.probe.PlatformInventory;
import dev.bulkhead.operator.probe.PodLog;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.SecretsProbe;
import dev.bulkhead.operator.probe.StaticNetworkProbe;
import dev.bulkhead.operator.probe.connection.ConnectionProbe;
import dev.bulkhead.operator.probe.connection.ProbeImage;
import dev.bulkhead.operator.probe.database.DatabaseLimits;
import dev.bulkhead.operator.probe.database.DatabaseProbe;
import dev.bulkhead.operator.probe.database.DeliveredLogins;
import dev.bulkhead.operator.probe.objectstore.DeliveredKeys;
import dev.bulkhead.operator.probe.objectstore.NamesProbe;
import dev.bulkhead.operator.probe.objectstore.ObjectStoreProbe;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Every probe there is, put together by hand; a new one is one line here. */
public final class Probes implements AutoCloseable {
    /** Tenants whose buckets are attacked at once on one server. */
    private static final int TENANTS_PER_STORE = 2;

    /** What all tenants of a round need is read once. */
    private static final Duration SHARED = Duration.ofSeconds(20);

    /** How long the operator may take to say what became of a sealed value. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** How long a pod that tries connections may take to get a place and its image. */
    private static final Duration POD_START = Duration.ofSeconds(30);

    private static final Map<String, String> OPERATOR_PODS = Map.of("app.kubernetes.io/name", "bulkhead-operator");

    private final List<Probe> all;
    private final ObjectStoreProbe objectStore;
    private final NamesProbe names;

    /**
     * Puts the probes together.
     *
     * @param client with the rights of the prober's ServiceAccount
     * @param connections how long a network that was found closed counts; zero tries that, and all of a tenant's names, at once
     */
    public Probes(KubernetesClient client, OperatorSettings settings, Duration connections, ExternalCalls calls) {
        SecureRandom random = new SecureRandom();
        Clock clock = Clock.systemUTC();
        String home = settings.operatorNamespace();
        PlatformAccounts platform = platform(settings);
        AccessReviews reviews = new AccessReviews(client);
        CanaryExchange canaries = new CanaryExchange(
                client,
                () -> CanaryExchange.canaries(client),
                new PodLog(client, home, OPERATOR_PODS),
                random,
                clock,
                PATIENCE);
        GuardRound guards = new GuardRound(
                () -> CanaryExchange.canaries(client),
                namespace -> BorrowedAccount.borrow(client, namespace, AccessPlanner.CANARY, calls),
                new GuardDryRun(GuardManifests.ofRounds(), settings.platform().clusterDomain()));
        GuardContentTrials contents = new GuardContentTrials(new GuardContents(client, home)::compare);
        objectStore = new ObjectStoreProbe(new DeliveredKeys(client), TENANTS_PER_STORE, calls);
        names = new NamesProbe(
                new DeliveredKeys(client),
                new ExpiringCache<>(() -> CanaryExchange.canaries(client), SHARED, clock),
                connections.isZero(),
                calls,
                random,
                clock);
        all = List.of(
                new ApiProbe(
                        reviews,
                        new ExpiringCache<>(
                                () -> PlatformInventory.of(
                                        ApiProbe.picture(client, platform),
                                        platform,
                                        LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC)),
                                SHARED,
                                clock),
                        platform,
                        clock,
                        random),
                new SecretsProbe(
                        reviews,
                        new ExpiringCache<>(
                                canaries::trials, settings.prober().interval().dividedBy(2), clock),
                        platform,
                        clock,
                        random),
                new NamespaceProbe(
                        new ExpiringCache<>(() -> client.namespaces().list().getItems(), SHARED, clock),
                        settings.platform().podSecurityVersion()),
                new GuardProbe(new ExpiringCache<>(
                        () -> Stream.of(guards.trials(), contents.trials())
                                .flatMap(List::stream)
                                .toList(),
                        trials -> keep(trials, settings),
                        clock)),
                new StaticNetworkProbe(
                        new ExpiringCache<>(() -> NetworkSnapshot.read(client, settings.platform()), SHARED, clock),
                        settings.platform()),
                new ConnectionProbe(
                        client,
                        new ProbeImage(
                                settings.prober().image(), settings.prober().pullPolicy()),
                        new ExpiringCache<>(() -> client.nodes().list().getItems(), SHARED, clock),
                        new ExpiringCache<>(() -> CanaryExchange.canaries(client), SHARED, clock),
                        new ExpiringCache<>(() -> DeliveredKeys.internalEndpoints(client), SHARED, clock),
                        connections,
                        POD_START,
                        random,
                        clock),
                new DatabaseProbe(new DeliveredLogins(client), DatabaseLimits.defaults(), Set.of(), random),
                objectStore,
                names);
    }

    /** What is not as it should be is looked at again soon. */
    private static Duration keep(List<Trial> trials, OperatorSettings settings) {
        return trials.stream().allMatch(trial -> trial.result() == Trial.TrialResult.Blocked)
                ? settings.prober().interval().dividedBy(2)
                : SHARED;
    }

    /** Who belongs to the platform by its settings. */
    public static PlatformAccounts platform(OperatorSettings settings) {
        String home = settings.operatorNamespace();
        return new PlatformAccounts(
                Principal.account(home, "bulkhead-operator"),
                Principal.account(home, "bulkhead-prober"),
                settings.keysNamespace(),
                settings.prober().trusted().stream()
                        .map(one -> new PlatformAccounts.Trust(
                                new Principal(Principal.PrincipalKind.valueOf(one.kind()), one.namespace(), one.name()),
                                one.reason(),
                                one.owner(),
                                one.until()))
                        .toList());
    }

    /** In the order in which they run. */
    public List<Probe> all() {
        return all;
    }

    @Override
    public void close() {
        objectStore.close();
        names.close();
    }
}
