package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import dev.bulkhead.operator.calls.CallMetrics;
import dev.bulkhead.operator.identity.BackedParts;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.objectstore.BucketChange;
import dev.bulkhead.operator.objectstore.BucketPlan;
import dev.bulkhead.operator.objectstore.FilerAccess;
import dev.bulkhead.operator.objectstore.ObjectStoreDriver;
import dev.bulkhead.operator.objectstore.ObjectStorePart;
import dev.bulkhead.operator.objectstore.ObservedBucket;
import dev.bulkhead.operator.objectstore.StoreConnection;
import dev.bulkhead.operator.objectstore.StoreKind;
import dev.bulkhead.operator.secret.FileMasterKeys;
import dev.bulkhead.operator.secret.KeyRings;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import dev.bulkhead.operator.validate.Adoption;
import dev.bulkhead.operator.validate.Surroundings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** Prepares a replay on the stack that the operator has just left, and measures it. */
final class ReplayRun {
    private final LocalStack stack;
    private final StateDirectory state;
    private final StackEndpoints endpoints;
    private final KubernetesClient admin;
    private final Progress progress;
    private final SecureRandom random = new SecureRandom();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final CallMetrics calls = new CallMetrics(registry);

    ReplayRun(
            LocalStack stack,
            StateDirectory state,
            StackEndpoints endpoints,
            KubernetesClient admin,
            Progress progress) {
        this.stack = stack;
        this.state = state;
        this.endpoints = endpoints;
        this.admin = admin;
        this.progress = progress;
    }

    /**
     * Replays.
     *
     * @param sample name of a tenant that the operator made Ready
     * @param tenants what to write for
     */
    BenchResult.ReplayFigures run(String sample, List<Tenant> tenants) {
        progress.say("preparing the same writes for " + tenants.size() + " other tenants");
        ObjectStore store = admin.resources(ObjectStore.class).list().getItems().getFirst();
        OperatorSettings settings = settings();
        ObjectStoreDriver driver = driver(store);
        try (FileMasterKeys keys = FileMasterKeys.load(settings.masterKeys());
                Replay replay = new Replay(admin, operator(), database(), driver, calls)) {
            ReplayPlanner planner = new ReplayPlanner(
                    surroundings(settings, tenants.getFirst()),
                    driver.capabilities(),
                    new KeyRings(keys, settings.operatorNamespace(), random, Clock.systemUTC()),
                    settings.keysNamespace(),
                    random,
                    sample(sample),
                    endpoints.postgres().operatorUser());
            ObservedBucket.Present created = justCreated(
                    driver,
                    planner.plan(tenants.getFirst())
                            .of(ObjectStorePart.Plan.class)
                            .bucket());
            List<ReplayTenant> prepared =
                    tenants.stream().map(t -> planner.prepare(t, created)).toList();
            progress.say("replaying them");
            CallCounts before = CallCounts.parse(registry.scrape());
            Usage.ClockReading reading = Usage.ClockReading.now(stack);
            Duration took = replay.run(prepared, Bench.AT_ONCE);
            return new BenchResult.ReplayFigures(
                    took.toMillis(),
                    CallCounts.parse(registry.scrape()).since(before),
                    reading.until(Usage.ClockReading.now(stack)));
        } catch (MasterKeysUnusableException | SQLException e) {
            throw new StackException("the replay cannot be prepared or ended: " + e.getMessage(), e);
        }
    }

    private OperatorSettings settings() {
        try {
            return OperatorSettings.read(state.root().resolve("operator/config.yaml"), null);
        } catch (OperatorSettings.UnusableSettingsException e) {
            throw new StackException(String.valueOf(e.getMessage()), e);
        }
    }

    private Surroundings surroundings(OperatorSettings settings, Tenant tenant) {
        return new Surroundings(
                admin.resources(TenantProfile.class)
                        .withName(tenant.getSpec().profile())
                        .require()
                        .getSpec(),
                BackedParts.all().stream()
                        .flatMap(part -> admin.resources(BackedParts.kind(part)).list().getItems().stream())
                        .toList(),
                Placement.NONE,
                settings.platform(),
                Adoption.NONE,
                LocalDate.now(ZoneOffset.UTC),
                false);
    }

    private ReplayPlanner.Sample sample(String name) {
        return new ReplayPlanner.Sample(
                admin.resources(Tenant.class).withName(name).require(),
                admin.events().v1().events().inNamespace("default").list().getItems().stream()
                        .filter(event -> event.getRegarding() != null
                                && name.equals(event.getRegarding().getName()))
                        .toList());
    }

    /** What a bucket is like that nothing was set on yet, so that the replay need not look at each of its own. */
    private static ObservedBucket.Present justCreated(ObjectStoreDriver driver, BucketPlan plan) {
        driver.change(plan, new BucketChange.Create());
        if (driver.observeBucket(plan) instanceof ObservedBucket.Present present) {
            return present;
        }
        throw new StackException("a bucket that was just created is not there");
    }

    private KubernetesClient operator() {
        try {
            Config config = new ConfigBuilder(Config.empty())
                    .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                    .withCaCertFile(endpoints.kubernetes().caCertificate())
                    .withOauthToken(Files.readString(state.root().resolve("operator/token")))
                    .build();
            return new KubernetesClientBuilder()
                    .withConfig(config)
                    .withHttpClientBuilderConsumer(
                            builder -> builder.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                    .build();
        } catch (IOException e) {
            throw new StackException("the operator's token cannot be read: " + e.getMessage(), e);
        }
    }

    private Connection database() throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        Connection connection = DriverManager.getConnection(
                postgres.jdbcUrl(postgres.database()), postgres.operatorUser(), postgres.operatorPassword());
        connection.setAutoCommit(false);
        return connection;
    }

    private ObjectStoreDriver driver(ObjectStore store) {
        return StoreKind.of(store.getSpec().driver())
                .open(
                        StoreConnection.of(
                                        store.getMetadata().getName(),
                                        store.getSpec(),
                                        endpoints.objectStore().rootAccessKey(),
                                        endpoints.objectStore().rootSecretKey())
                                .with(filer()),
                        calls);
    }

    private FilerAccess filer() {
        StackEndpoints.ObjectStoreEndpoint store = endpoints.objectStore();
        return new FilerAccess(store.adminCertificatePem(), store.adminKeyPem(), store.filerSigningKey());
    }
}
