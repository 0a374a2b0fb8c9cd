package dev.bulkhead.e2e.isolation;

import dev.bulkhead.api.openreports.Report;
import dev.bulkhead.api.v1beta1.Incident;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantStatus.ControlStatus;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.operator.Delivered;
import dev.bulkhead.e2e.operator.Faults;
import dev.bulkhead.e2e.operator.Platform;
import dev.bulkhead.e2e.operator.ShippedCanaries;
import dev.bulkhead.e2e.stack.S3Access;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.operator.Probes;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.kube.CallInterceptor;
import dev.bulkhead.operator.probe.GroundReader;
import dev.bulkhead.operator.probe.Probe;
import dev.bulkhead.operator.probe.ProbeMetrics;
import dev.bulkhead.operator.probe.Prober;
import dev.bulkhead.operator.probe.TenantRound;
import dev.bulkhead.operator.probe.objectstore.NamesProbe;
import dev.bulkhead.operator.settings.OperatorSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import software.amazon.awssdk.services.s3.S3Client;

/** Two tenants whose walls are taken down by hand, and a prober that goes round when it is told to. */
final class Sabotaged implements AutoCloseable {
    /** Longer than any test: only the start of an operator puts right what is wrong in PostgreSQL and S3. */
    private static final Duration NEVER = Duration.ofHours(1);

    static final String OPEN = "sabotage-laundry";
    static final String WEAK = "sabotage-clinic";

    private final Platform platform;
    private final StackEndpoints endpoints;
    private final ShippedCanaries canaries;
    private Platform.RunningOperator operator;

    private Sabotaged(Platform platform, StackEndpoints endpoints) {
        this.platform = platform;
        this.endpoints = endpoints;
        this.operator = platform.operator(new Faults(), NEVER);
        this.canaries = ShippedCanaries.on(platform);
    }

    static Sabotaged start(KubernetesClient admin, StackEndpoints endpoints, Path directory) {
        Sabotaged site = new Sabotaged(Platform.install(admin, endpoints, directory), endpoints);
        site.platform.applyAnew(Neighbours.example("portal-waschhaus", "waschhaus", OPEN));
        site.platform.applyAnew(Neighbours.example("voice-agent-klinik-nord", "klinik-nord", WEAK));
        site.platform.awaitReady(OPEN);
        site.platform.awaitReady(WEAK);
        return site;
    }

    Platform platform() {
        return platform;
    }

    KubernetesClient admin() {
        return platform.admin();
    }

    /** Another operator takes over, and compares everything at once. */
    void restartOperator() {
        operator.close();
        operator = platform.operator(new Faults(), NEVER);
    }

    /**
     * One round of the prober over all tenants, with the rights of its ServiceAccount.
     *
     * @param refresh after which evidence that did not change is written again
     * @param calls sees its requests to the API server
     */
    void round(Duration validity, Duration refresh, ExternalCalls calls) throws InterruptedException {
        OperatorSettings settings = platform.settings(NEVER);
        try (KubernetesClient client = proberClient(calls);
                Probes probes = new Probes(client, settings, Duration.ZERO, ExternalCalls.unobserved());
                Prober prober = new Prober(
                        client,
                        new TenantRound(
                                quick(probes),
                                new GroundReader(client, Clock.systemUTC()),
                                validity,
                                Clock.systemUTC()),
                        new ProbeMetrics(new SimpleMeterRegistry()),
                        NEVER,
                        refresh,
                        new SecureRandom(),
                        Clock.systemUTC())) {
            prober.round();
        }
    }

    /** Without the thousands of requests for names, which nothing here opens: NamesProbeIT sends them. */
    private static List<Probe> quick(Probes probes) {
        return probes.all().stream()
                .filter(probe -> !(probe instanceof NamesProbe))
                .toList();
    }

    private KubernetesClient proberClient(ExternalCalls calls) {
        String token = admin().serviceAccounts()
                .inNamespace(Bootstrap.NAMESPACE)
                .withName("bulkhead-prober")
                .tokenRequest()
                .getStatus()
                .getToken();
        Config config = new ConfigBuilder(Config.empty())
                .withMasterUrl(endpoints.kubernetes().apiServerUrl())
                .withCaCertFile(endpoints.kubernetes().caCertificate())
                .withOauthToken(token)
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientBuilderConsumer(b -> b.addOrReplaceInterceptor("calls", new CallInterceptor(calls)))
                .build();
    }

    static String namespace(String tenant) {
        return tenant + (tenant.equals(OPEN) ? "--web" : "--app");
    }

    Report report(String tenant) {
        return admin().resources(Report.class)
                .inNamespace(namespace(tenant))
                .withName("bulkhead")
                .require();
    }

    List<Incident> incidents(String tenant) {
        return admin().resources(Incident.class)
                .withLabel(
                        "bulkhead.dev/identity",
                        platform.tenant(tenant).getMetadata().getUid())
                .list()
                .getItems();
    }

    static ControlStatus control(Tenant tenant, String id) {
        return tenant.getStatus().controls().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until the operator has taken over the newest report: its youngest proof is the last probe of the status. */
    Tenant awaitStatus(String tenant) {
        String newest = report(tenant).getResults().stream()
                .map(r -> r.properties().getOrDefault("observedAt", ""))
                .max(String::compareTo)
                .orElseThrow();
        Awaitility.await("the status of " + tenant + " after the probe at " + newest)
                .atMost(Platform.PATIENCE)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> newest.equals(platform.tenant(tenant).getStatus().lastProbe()));
        return platform.tenant(tenant);
    }

    /** Opens the first tenant to the whole world, everywhere: its schema, its bucket, its network, its namespace. */
    void openEverything(String stranger) throws SQLException {
        superuser("GRANT USAGE ON SCHEMA " + database(OPEN).get("schema") + " TO PUBLIC");
        String bucket = objectStore(OPEN).get("bucket");
        try (S3Client root = S3Access.client(endpoints.objectStore())) {
            String policy = root.getBucketPolicy(r -> r.bucket(bucket)).policy();
            String open = "{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":[\"s3:GetObject\"],"
                    + "\"Resource\":\"arn:aws:s3:::" + bucket + "/*\"}";
            root.putBucketPolicy(r ->
                    r.bucket(bucket).policy(policy.replaceFirst("(\"Statement\"\\s*:\\s*\\[)", "$1" + open + ",")));
        }
        admin().resource(ApiRequests.policy(
                        namespace(OPEN), "policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}]"))
                .create();
        // A role of tenants would be taken from a stranger with the operator's next pass.
        admin().resource(ApiRequests.binding(namespace(OPEN), "ClusterRole", "edit", ApiRequests.user(stranger)))
                .create();
    }

    /** Gives the operator a reason to look again: what only time changes is written with the next look. */
    void touch(String tenant) {
        admin().resources(Tenant.class)
                .withName(tenant)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"displayName\":\"Sabotage " + System.nanoTime() + "\"}}");
    }

    Delivered database(String tenant) {
        return Delivered.database(platform, namespace(tenant));
    }

    Delivered objectStore(String tenant) {
        return Delivered.objectStore(platform, namespace(tenant));
    }

    StackEndpoints endpoints() {
        return endpoints;
    }

    /** As the server's superuser. */
    void superuser(String sql) throws SQLException {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl(postgres.database()), postgres.superuser(), postgres.superuserPassword());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        platform.remove(OPEN);
        platform.remove(WEAK);
        canaries.close();
        operator.close();
        List.of(OPEN + "--web", WEAK + "--app", WEAK + "--workflows").forEach(this::deleteNamespace);
    }

    /** Waits, because the next test makes the same tenants anew. */
    private void deleteNamespace(String name) {
        admin().namespaces().withName(name).delete();
        Awaitility.await(name + " gone")
                .atMost(Platform.PATIENCE)
                .until(() -> admin().namespaces().withName(name).get() == null);
    }
}
