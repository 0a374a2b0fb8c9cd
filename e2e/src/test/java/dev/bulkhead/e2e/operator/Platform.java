package dev.bulkhead.e2e.operator;

import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.Recipe;
import dev.bulkhead.e2e.bootstrap.UpStep;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StateDirectory;
import dev.bulkhead.operator.OperatorRuntime;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.leader.Leadership;
import dev.bulkhead.operator.lifecycle.RemovalTimes;
import dev.bulkhead.operator.objectstore.TriedServers;
import dev.bulkhead.operator.secret.MasterKeysUnusableException;
import dev.bulkhead.operator.settings.OperatorSettings;
import dev.bulkhead.operator.validate.PlatformSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A stack with Bulkhead installed, on which a test starts operators in this JVM: each with a client that holds nothing
 * but the token of the operator's ServiceAccount.
 */
public final class Platform {
    /** Long enough for a busy machine; tests wait for conditions, never for times. */
    public static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Map<URI, URI> WAYS = new ConcurrentHashMap<>();

    /** Operators of this JVM know what another one found of a server; half a minute each otherwise. */
    private static final TriedServers TRIED = new TriedServers(endpoint -> WAYS.getOrDefault(endpoint, endpoint));

    private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

    private final KubernetesClient admin;
    private final StackEndpoints endpoints;
    private final Path directory;
    private final String token;

    /** A device that the operator here lists, so that the quota of each tenant names it. */
    public static final String DEVICE = "example.org/gpu";

    private Platform(KubernetesClient admin, StackEndpoints endpoints, Path directory, String token) {
        this.admin = admin;
        this.endpoints = endpoints;
        this.directory = directory;
        this.token = token;
    }

    /** Installs Bulkhead on a stack, without an operator. May be repeated. */
    public static Platform install(KubernetesClient admin, StackEndpoints endpoints, Path directory) {
        Bootstrap bootstrap = new Bootstrap(
                admin,
                Recipe.local(endpoints),
                new StateDirectory(directory),
                Path.of("..", "charts", "bulkhead"),
                Path.of("no-jar"),
                new SecureRandom());
        UpStep.runAll(bootstrap.installation(), _ -> {});
        bootstrap.awaitCounting();
        try {
            Map<String, String> keys = admin.secrets()
                    .inNamespace(Bootstrap.NAMESPACE)
                    .withName("bulkhead-master-key")
                    .require()
                    .getData();
            Path keyDirectory = Files.createDirectories(directory.resolve("keys"));
            for (Map.Entry<String, String> key : keys.entrySet()) {
                Files.write(
                        keyDirectory.resolve(key.getKey()), Base64.getDecoder().decode(key.getValue()));
            }
            return new Platform(admin, endpoints, directory, token(directory, "operator"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes another database on the stack's PostgreSQL, which the operator's role owns; for a DatabaseServer of its own. */
    public void makeDatabase(String name) {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"), postgres.superuser(), postgres.superuserPassword());
                Statement statement = connection.createStatement()) {
            try (ResultSet there = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
                if (there.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE \"" + name + "\" OWNER " + postgres.operatorUser());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Something that a test put before a server: what is known of that holds for it, too. */
    public static void leads(URI way, URI server) {
        WAYS.put(way, server);
    }

    /** The platform's administrator. */
    public KubernetesClient admin() {
        return admin;
    }

    /** The servers. */
    public StackEndpoints endpoints() {
        return endpoints;
    }

    /** An operator that runs in this JVM until it is closed. */
    public RunningOperator operator(ExternalCalls calls) {
        return operator(calls, Duration.ofSeconds(2));
    }

    /** An operator that sweeps PostgreSQL and S3 at this interval. */
    public RunningOperator operator(ExternalCalls calls, Duration sweepInterval) {
        return operator(calls, sweepInterval, RemovalTimes.usual());
    }

    /** An operator with another patience for removals. */
    public RunningOperator operator(ExternalCalls calls, Duration sweepInterval, RemovalTimes removals) {
        return start(client(calls), calls, sweepInterval, removals);
    }

    /** An operator that comes to the API server by another way: something a test put in between, without TLS. */
    public RunningOperator operatorThrough(String url, ExternalCalls calls, Duration sweepInterval) {
        Config config = config().withMasterUrl(url)
                .withHttp2Disable(true)
                .withOnlyHttpWatches(true)
                .build();
        return start(client(config, calls), calls, sweepInterval, RemovalTimes.usual());
    }

    private RunningOperator start(
            KubernetesClient client, ExternalCalls calls, Duration sweepInterval, RemovalTimes removals) {
        try {
            OperatorRuntime runtime =
                    new OperatorRuntime(settings(sweepInterval), client, Leadership.alone(calls), removals, TRIED);
            runtime.start();
            return new RunningOperator(client, runtime);
        } catch (MasterKeysUnusableException e) {
            client.close();
            throw new IllegalStateException(e);
        }
    }

    /** A client with the rights of the operator. */
    public KubernetesClient client(ExternalCalls calls) {
        return client(config().build(), calls);
    }

    /** A client with the rights of the keeper of the guards. */
    public KubernetesClient guardKeeper(ExternalCalls calls) {
        return client(config().withOauthToken(token(directory, "guard-keeper")).build(), calls);
    }

    private static String token(Path directory, String part) {
        try {
            return Files.readString(directory.resolve(part).resolve("token"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ConfigBuilder config() {
        return new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                .withCaCertFile(endpoints.kubernetes().caCertificate())
                .withOauthToken(token)
                .withRequestTimeout(5_000)
                .withRequestRetryBackoffLimit(2);
    }

    private static KubernetesClient client(Config config, ExternalCalls calls) {
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                .build();
    }

    /** Holds the master keys an operator here runs with. */
    public Path masterKeys() {
        return directory.resolve("keys");
    }

    /** Holds the token of the operator's ServiceAccount. */
    public Path tokenFile() {
        return directory.resolve("operator/token");
    }

    /** What an operator and a prober here run with. */
    public OperatorSettings settings(Duration sweepInterval) {
        return new OperatorSettings(
                Bootstrap.NAMESPACE,
                Bootstrap.KEYS_NAMESPACE,
                new PlatformSettings(
                        Bootstrap.NAMESPACE,
                        "v1.37",
                        List.of("10.244.0.0/16"),
                        List.of("10.96.0.0/16"),
                        List.of("127.0.0.0/8"),
                        "kube-system",
                        Map.of("k8s-app", "kube-dns"),
                        PlatformSettings.USUAL_DOMAIN,
                        List.of(DEVICE)),
                masterKeys(),
                sweepInterval,
                new OperatorSettings.ProberSettings(
                        Duration.ofMinutes(10), Duration.ofHours(3), "bulkhead-operator", "IfNotPresent", List.of()),
                null,
                0,
                0,
                "127.0.0.1",
                new OperatorSettings.Log("text", "INFO"));
    }

    /** An operator and the client it was given. */
    public record RunningOperator(KubernetesClient client, OperatorRuntime runtime) implements AutoCloseable {
        @Override
        public void close() {
            runtime.close();
            client.close();
        }
    }

    /** Applies a Tenant given as YAML, as a user would, and returns what the API server made of it. */
    public Tenant apply(String yaml) {
        return admin.resource(admin.getKubernetesSerialization().unmarshal(yaml, Tenant.class))
                .fieldManager("test")
                .forceConflicts()
                .serverSideApply();
    }

    /** The same for a Tenant that begins anew, and leaves the data of former ones of its name where it is. */
    public Tenant applyAnew(String yaml) {
        Tenant tenant = admin.getKubernetesSerialization().unmarshal(yaml, Tenant.class);
        String former = admin.resources(Tombstone.class).list().getItems().stream()
                .filter(stone -> stone.getStatus() != null
                        && tenant.getMetadata()
                                .getName()
                                .equals(stone.getStatus().tenant()))
                .map(stone -> stone.getMetadata().getName())
                .collect(Collectors.joining(","));
        if (!former.isEmpty()) {
            tenant.getMetadata().setAnnotations(Map.of("bulkhead.dev/leave-former-data", former));
        }
        return admin.resource(tenant).fieldManager("test").forceConflicts().serverSideApply();
    }

    /** The Tenant as it is now. */
    public Tenant tenant(String name) {
        return admin.resources(Tenant.class).withName(name).require();
    }

    /** Has the Tenant suspended and deleted, and waits until the object is gone. Its data stays. */
    public void remove(String name) {
        suspend(name);
        admin.resources(Tenant.class).withName(name).delete();
        awaitGone(name);
    }

    /** Sets {@code spec.suspend}. */
    public void suspend(String name) {
        admin.resources(Tenant.class).withName(name).patch(MERGE, "{\"spec\":{\"suspend\":true}}");
    }

    /** Waits until there is no such Tenant. */
    public void awaitGone(String name) {
        Awaitility.await(name + " gone")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> admin.resources(Tenant.class).withName(name).get() == null);
    }

    /** Waits until the condition has this status, and returns the Tenant as it is then. */
    public Tenant await(String name, String type, Condition.Status status) {
        Awaitility.await(name + " " + type + "=" + status)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    Condition condition = condition(tenant(name), type);
                    return condition != null && condition.status() == status;
                });
        return tenant(name);
    }

    /** Waits until the Tenant is Ready for its newest generation. */
    public Tenant awaitReady(String name) {
        Awaitility.await(name + " Ready")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    Tenant tenant = tenant(name);
                    Condition ready = condition(tenant, "Ready");
                    return ready != null
                            && ready.status() == Condition.Status.True
                            && tenant.getMetadata().getGeneration().equals(ready.observedGeneration());
                });
        return tenant(name);
    }

    /** A condition of a Tenant, or null. */
    public static @Nullable Condition condition(Tenant tenant, String type) {
        return tenant.getStatus() == null
                ? null
                : tenant.getStatus().conditions().stream()
                        .filter(c -> c.type().equals(type))
                        .findFirst()
                        .orElse(null);
    }
}
