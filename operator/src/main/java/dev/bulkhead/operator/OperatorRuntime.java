package dev.bulkhead.operator;

import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.api.v1beta1.TenantSecret;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.operator.backend.BackendReconciler;
import dev.bulkhead.operator.backend.BackendRegistry;
import dev.bulkhead.operator.backend.CredentialTrials;
import dev.bulkhead.operator.backend.StoredBytes;
import dev.bulkhead.operator.backend.Sweeps;
import dev.bulkhead.operator.compartment.Compartment;
import dev.bulkhead.operator.database.DatabaseServerReconciler;
import dev.bulkhead.operator.database.DatabaseServers;
import dev.bulkhead.operator.database.SchemaPlan;
import dev.bulkhead.operator.database.TenantLogins;
import dev.bulkhead.operator.health.Heartbeat;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.PartId;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.job.JobRunner;
import dev.bulkhead.operator.kube.AnsweredWrites;
import dev.bulkhead.operator.kube.ClusterEvents;
import dev.bulkhead.operator.kube.ObjectApplier;
import dev.bulkhead.operator.kube.OperatorSecrets;
import dev.bulkhead.operator.kube.Parallel;
import dev.bulkhead.operator.kube.TenantEvents;
import dev.bulkhead.operator.kube.UnmarkedBindings;
import dev.bulkhead.operator.leader.Leadership;
import dev.bulkhead.operator.lifecycle.Removal;
import dev.bulkhead.operator.lifecycle.RemovalTimes;
import dev.bulkhead.operator.lifecycle.TenantClosing;
import dev.bulkhead.operator.lifecycle.TombstoneReconciler;
import dev.bulkhead.operator.lifecycle.Tombstones;
import dev.bulkhead.operator.metrics.TenantMetrics;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.MintedKeys;
import dev.bulkhead.operator.objectstore.ObjectStoreReconciler;
import dev.bulkhead.operator.objectstore.ObjectStores;
import dev.bulkhead.operator.objectstore.StoreKind;
import dev.bulkhead.operator.objectstore.SuppliedKeys;
import dev.bulkhead.operator.objectstore.TriedServers;
import dev.bulkhead.operator.part.Tools;
import dev.bulkhead.operator.rotation.RotationJobs;
import dev.bulkhead.operator.rotation.RotationReconciler;
import dev.bulkhead.operator.rotation.RotationStatusPlanner;
import dev.bulkhead.operator.rotation.RotationTriggers;
import dev.bulkhead.operator.rotation.RotationWorld;
import dev.bulkhead.operator.secret.DeliveredSecrets;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRingStore;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.MasterKeyRefresh;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.secret.TenantSecretReconciler;
import dev.bulkhead.operator.settings.OperatorSettings;
import dev.bulkhead.operator.tenant.RememberedData;
import dev.bulkhead.operator.tenant.TenantObserver;
import dev.bulkhead.operator.tenant.TenantPipeline;
import dev.bulkhead.operator.tenant.TenantReconciler;
import dev.bulkhead.operator.tenant.TenantWatches;
import dev.bulkhead.operator.workflow.TenantPods;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything the operator consists of, put together by hand, started and stopped as one. */
public final class OperatorRuntime implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorRuntime.class);

    /** Tenants worked on at once: enough to keep the API server busy, few enough to leave it to others. */
    private static final int TENANTS_AT_ONCE = 16;

    /** Servers and stores looked at at once; one that does not answer keeps a place for as long as it takes to give up. */
    private static final int LOOKS_AT_ONCE = 8;
    /** Jobs worked on at once; one that waits for somebody takes no place. */
    private static final int JOBS_AT_ONCE = 4;

    /** How soon an annotation, a breach or what is due makes a Rotation; looks at caches only. */
    private static final Duration TRIGGERS_EVERY = Duration.ofSeconds(3);

    private final Operator operator;
    private final TenantWatches watches = new TenantWatches();
    private final BackendRegistry<DatabaseServer, SchemaPlan> databases;
    private final BackendRegistry<ObjectStore, BucketPlan> stores;
    private final Sweeps sweeps = new Sweeps();
    private final FileMasterKeys masterKeys;
    private final KubernetesClient client;
    private final Leadership leadership;
    private final ExecutorService steps = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService looks = Executors.newFixedThreadPool(
            LOOKS_AT_ONCE, Thread.ofVirtual().name("look-", 0).factory());
    private final ReconcilePool passes = new ReconcilePool(
            TENANTS_AT_ONCE, Thread.ofVirtual().name("reconcile-", 0).factory(), Duration.ofSeconds(8));
    private final ScheduledExecutorService refreshes = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("master-keys").daemon().factory());
    private final ScheduledExecutorService triggering = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("rotation-triggers").daemon().factory());
    private final JobRunner jobs;
    private final RotationReconciler rotations;
    private final RotationTriggers triggers;
    private final MasterKeyRefresh keyRefresh;
    private final Duration keysEvery;
    private final Heartbeat refreshed;
    private final Heartbeat triggered = Heartbeat.every("rotation triggers", TRIGGERS_EVERY);
    private volatile boolean started;
    private volatile boolean working;

    /**
     * Puts the operator together.
     *
     * @param client with the rights of the operator's ServiceAccount, its writes in the hands of {@code leadership};
     *     closed by whoever made it
     * @param leadership whose end is up to this runtime
     * @throws MasterKeysUnusableException when the master keys cannot be used: nothing may run without them
     */
    public OperatorRuntime(OperatorSettings settings, KubernetesClient client, Leadership leadership)
            throws MasterKeysUnusableException {
        this(settings, client, leadership, RemovalTimes.usual(), new TriedServers());
    }

    /**
     * Puts the operator together, with another patience for removals.
     *
     * @param client with the rights of the operator's ServiceAccount, its writes in the hands of {@code leadership};
     *     closed by whoever made it
     * @param leadership whose end is up to this runtime
     * @param tried what this process knows of object stores' servers already
     * @throws MasterKeysUnusableException when the master keys cannot be used: nothing may run without them
     */
    public OperatorRuntime(
            OperatorSettings settings,
            KubernetesClient client,
            Leadership leadership,
            RemovalTimes removals,
            TriedServers tried)
            throws MasterKeysUnusableException {
        this.client = client;
        this.leadership = leadership;
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        masterKeys = FileMasterKeys.load(settings.masterKeys());
        keysEvery = settings.sweepInterval();
        refreshed = Heartbeat.every("master keys and backends", keysEvery);
        OperatorSecrets secrets = new OperatorSecrets(client, settings.keysNamespace());
        KeyRingStore keyRings = new KeyRingStore(
                secrets, new KeyRings(masterKeys, settings.operatorNamespace(), random, clock), random);
        keyRefresh = new MasterKeyRefresh(masterKeys, watches::everyTenant);
        databases = new BackendRegistry<>(
                new DatabaseServers(leadership, new TenantLogins(keyRings), this::databaseServers),
                secrets,
                name -> watches.backendStatus(PartId.database, name),
                settings.sweepInterval(),
                clock);
        stores = new BackendRegistry<>(
                new ObjectStores(
                        leadership,
                        name -> watches.tenantsOn(PartId.objectStore, name),
                        tried,
                        clock,
                        MintedKeys.in(keyRings)),
                secrets,
                name -> watches.backendStatus(PartId.objectStore, name),
                settings.sweepInterval(),
                clock);
        Compartment compartment = new Compartment(
                databases,
                stores,
                new SuppliedKeys(
                        secrets,
                        () -> watches.tenants().stream().map(TenantIdentity::of).collect(Collectors.toSet()))::of);
        DeliveredSecrets delivered = new DeliveredSecrets(client);
        Tools tools = new Tools(
                new ObjectApplier(
                        client,
                        watches::owned,
                        // A pass comes within half a minute meanwhile, so that all is mended within a sweep.
                        new AnsweredWrites(settings.sweepInterval().dividedBy(2), System::nanoTime)),
                new UnmarkedBindings(client),
                delivered,
                new TenantPods(client),
                new Parallel(steps));
        TenantEvents events = new TenantEvents(client, clock, instance());
        Tombstones tombstones = new Tombstones(client);
        TenantClosing closing = new TenantClosing(compartment, tools);

        RotationWorld world = new RotationWorld(
                watches::tenants,
                name -> watches.profile(name).map(TenantProfile::getSpec),
                watches::incidents,
                watches::drifted,
                this::supplied,
                watches::owned);
        CredentialTrials trials = new CredentialTrials(Map.of(PartId.database, databases, PartId.objectStore, stores));
        jobs = new JobRunner(JOBS_AT_ONCE, clock);
        rotations = new RotationReconciler(
                jobs,
                new RotationJobs(world, keyRings, trials, delivered, new TenantPods(client), clock),
                world,
                clock);
        triggers = new RotationTriggers(world, rotations::of, client, events, clock);

        operator = new Operator(overrides -> configure(overrides, client));
        register(new TenantReconciler(
                watches,
                new TenantPipeline(
                        new TenantObserver(watches, keyRings, tombstones, settings.platform(), clock),
                        keyRings,
                        compartment,
                        tools,
                        closing,
                        tombstones,
                        settings.platform(),
                        new RememberedData(keyRings, events, clock),
                        (tenant, state) -> RotationStatusPlanner.of(
                                tenant,
                                state,
                                supplied(tenant),
                                world.profile()
                                        .apply(tenant.getSpec().profile())
                                        .orElse(null),
                                rotations.of(tenant.getMetadata().getName()))),
                new Removal(closing, keyRings, tombstones, watches::owned, events, clock, removals.longest()),
                events,
                clock));
        registerShared(new TenantSecretReconciler(
                watches::owned, keyRings, delivered, clock, cache -> watches.share(TenantSecret.class, cache)));
        registerShared(new TombstoneReconciler(
                closing,
                (identity, name) -> watches.tenants().stream()
                        .anyMatch(t -> t.getMetadata().getName().equals(name)
                                && TenantIdentity.of(t).equals(identity)),
                removals.debtsEvery(),
                cache -> watches.share(Tombstone.class, cache)));
        register(rotations);
        BackendReconciler.LookSurroundings backends = new BackendReconciler.LookSurroundings(
                watches::drifted,
                sweeps,
                looks,
                settings.sweepInterval(),
                clock,
                () -> working && watches.running() ? Optional.of(watches.claimed()) : Optional.empty(),
                new ClusterEvents(client, clock, instance()));
        registerShared(
                new DatabaseServerReconciler(databases, backends, cache -> watches.share(DatabaseServer.class, cache)));
        registerShared(new ObjectStoreReconciler(stores, backends, cache -> watches.share(ObjectStore.class, cache)));
    }

    /** Parts of a tenant whose credentials somebody else makes. */
    private Set<PartId> supplied(Tenant tenant) {
        return BackedParts.homes(tenant.getStatus())
                .of(PartId.objectStore)
                .flatMap(
                        home -> watches.backend(PartId.objectStore, home.place().backend()))
                .filter(store -> store instanceof ObjectStore found
                        && StoreKind.of(found.getSpec().driver()).keysSupplied())
                .map(_ -> Set.of(PartId.objectStore))
                .orElse(Set.of());
    }

    private Stream<DatabaseServer> databaseServers() {
        return watches.running()
                ? watches.backendNames(PartId.database).stream()
                        .flatMap(name -> watches.backend(PartId.database, name).stream())
                        .map(DatabaseServer.class::cast)
                : Stream.empty();
    }

    private <P extends HasMetadata> void register(Reconciler<P> reconciler) {
        register(reconciler, _ -> {});
    }

    /** As the others; what happens to an object of the kind is told to tenants, too, from the one watch there is. */
    private <P extends HasMetadata> void registerShared(Reconciler<P> reconciler) {
        register(reconciler, watches::changed);
    }

    private <P extends HasMetadata> void register(Reconciler<P> reconciler, Consumer<P> happened) {
        operator.register(
                reconciler,
                overrides -> overrides
                        .withGenericFilter(
                                object -> { // asked of each event, before all other filters
                                    happened.accept(object);
                                    return true;
                                })
                        .withRetry(new GenericRetry()
                                .withoutMaxAttempts()
                                .setInitialInterval(500)
                                .setIntervalMultiplier(2)
                                .setMaxInterval(30_000))
                        .withReconciliationMaxInterval(Duration.ofMinutes(10))
                        .withFieldManager("bulkhead"));
    }

    private void configure(ConfigurationServiceOverrider overrides, KubernetesClient client) {
        overrides
                .withKubernetesClient(client)
                .withCloseClientOnStop(false)
                // Else an event that comes late puts an older object in the place of one that was just written, and the
                // next pass announces and writes the same change once more.
                .withParseResourceVersions(true)
                .withExecutorService(passes.executor())
                .withReconciliationTerminationTimeout(Duration.ofSeconds(10))
                .withCacheSyncTimeout(Duration.ofMinutes(2))
                .withStopOnInformerErrorDuringStartup(true);
    }

    /** Name of this replica: the pod's, or one made up where there is no pod. */
    static String instance() {
        String host = System.getenv("HOSTNAME");
        return host == null || host.isEmpty() ? "bulkhead-" + UUID.randomUUID() : host;
    }

    /**
     * Starts to watch and work, and returns when the caches are filled; as one of several replicas it returns at once
     * and does so when it leads. One that stands by watches nothing: what it knew when it comes to lead could be older
     * than what the former leader did.
     */
    public void start() {
        ScheduledFuture<?> _ = refreshes.scheduleWithFixedDelay(
                keyRefresh, keysEvery.toMillis(), keysEvery.toMillis(), TimeUnit.MILLISECONDS);
        ScheduledFuture<?> _ = refreshes.scheduleWithFixedDelay(
                refreshed.after(this::closeGoneBackends),
                keysEvery.toMillis(),
                keysEvery.toMillis(),
                TimeUnit.MILLISECONDS);
        leadership.begin(client, this::work);
        started = true;
    }

    private void work() {
        operator.start();
        databases.begin();
        stores.begin();
        working = true;
        passes.open();
        triggered.beat();
        ScheduledFuture<?> _ = triggering.scheduleWithFixedDelay(
                triggered.after(this::trigger),
                TRIGGERS_EVERY.toMillis(),
                TRIGGERS_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** A deleted DatabaseServer or ObjectStore has no pass of its own any more. */
    private void closeGoneBackends() {
        try {
            if (working && watches.running()) {
                databases.retain(watches.backendNames(PartId.database));
                stores.retain(watches.backendNames(PartId.objectStore));
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("servers and stores whose objects are gone could not be closed");
        }
    }

    /** Only the one that leads has caches. */
    private void trigger() {
        try {
            if (working && watches.running()) {
                triggers.look();
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("rotations that are asked for or due could not be looked for");
        }
    }

    /** The sweeps of the servers and stores, as far as this replica leads. */
    public Sweeps sweeps() {
        return sweeps;
    }

    /** What is in the caches; empty before they are filled, and while this replica stands by. */
    public Optional<TenantMetrics.Known> known() {
        return working && watches.running()
                ? Optional.of(new TenantMetrics.Known(watches.tenants(), watches.incidents()))
                : Optional.empty();
    }

    /** How much tenants have in their object stores, as far as it is known; nothing while this replica stands by. */
    public List<StoredBytes> stored() {
        return working && watches.running() ? stores.stored() : List.of();
    }

    /** Whether the informers run and everything that is to come by again and again does. */
    public boolean healthy() {
        return refreshed.alive()
                && (!working
                        || (operator.getRuntimeInfo().allEventSourcesAreHealthy()
                                && passes.alive()
                                && triggered.alive()));
    }

    /**
     * Whether the caches are filled, or this replica stands by for a leader: a stand-by that was not ready would keep a
     * Deployment of two replicas from ever being rolled out.
     */
    public boolean ready() {
        return started;
    }

    @Override
    public void close() {
        triggering.shutdownNow();
        jobs.close();
        passes.close();
        operator.stop();
        looks.shutdownNow();
        databases.close();
        stores.close();
        steps.shutdown();
        refreshes.shutdownNow();
        masterKeys.close();
        leadership.close();
    }
}
