package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Installs Bulkhead on a stack: everything that takes an administrator's rights, and nothing else does. Every step may be
 * repeated; what exists already, above all the master key, stays.
 */
public final class Bootstrap {
    /** Namespace of the operator. */
    public static final String NAMESPACE = "bulkhead-system";
    /** Name of the DatabaseServer and of the ObjectStore, and of the Secrets with their logins behind a prefix. */
    static final String BACKEND = "local";

    static final String MASTER_KEY_SECRET = "bulkhead-master-key";
    static final String MASTER_KEY = "mk-1";

    private static final String RELEASE = "bulkhead";
    private static final String API_VERSION = "bulkhead.dev/v1beta1";
    private static final int MASTER_KEY_BYTES = 32;
    /** No node runs here: the operator is a process, and what serves or protects its pods has nothing to do. */
    private static final Set<String> ONLY_FOR_PODS =
            Set.of("Deployment", "PodDisruptionBudget", "Service", "NetworkPolicy");

    private final KubernetesClient admin;
    private final StackEndpoints endpoints;
    private final StateDirectory state;
    private final Path chart;
    private final Path jar;
    private final RandomGenerator random;
    private final Manifests manifests;

    /**
     * Nothing is done before a step of {@link #steps()} runs.
     *
     * @param chart directory of the Helm chart
     * @param jar the operator's
     * @param random fit for secrets
     */
    public Bootstrap(
            KubernetesClient admin,
            StackEndpoints endpoints,
            StateDirectory state,
            Path chart,
            Path jar,
            RandomGenerator random) {
        this.admin = admin;
        this.endpoints = endpoints;
        this.state = state;
        this.chart = chart;
        this.jar = jar;
        this.random = random;
        this.manifests = new Manifests(admin);
    }

    /** What to do, in this order: {@link #installation()}, and then the operator. */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>(installation());
        steps.add(new Step(
                "operator, with that token", () -> new OperatorProcess(admin, state, operatorAccess(), jar).start()));
        return List.copyOf(steps);
    }

    /** All that an administrator has to do; what comes after it runs with the operator's own rights. */
    public List<Step> installation() {
        return List.of(
                new Step("namespace " + NAMESPACE, this::namespace),
                new Step("master key", this::masterKey),
                new Step("CRDs, profiles, roles and guards from the chart", this::installChart),
                new Step("DatabaseServer and ObjectStore", this::backends),
                new Step(
                        "token of the operator's ServiceAccount",
                        () -> operatorAccess().renew()));
    }

    /** How the operator logs in; for the step that starts it. */
    OperatorAccess operatorAccess() {
        return new OperatorAccess(admin, endpoints.kubernetes(), state, NAMESPACE);
    }

    private void namespace() {
        manifests.applyOne(new NamespaceBuilder()
                .withNewMetadata()
                .withName(NAMESPACE)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build());
    }

    /** Makes the key once: with another one, nothing that was sealed could be opened again. */
    private void masterKey() {
        if (admin.secrets().inNamespace(NAMESPACE).withName(MASTER_KEY_SECRET).get() == null) {
            byte[] key = new byte[MASTER_KEY_BYTES];
            random.nextBytes(key);
            admin.resource(secret(MASTER_KEY_SECRET)
                            .addToData(MASTER_KEY, Base64.getEncoder().encodeToString(key))
                            .build())
                    .create();
        }
    }

    private void installChart() {
        manifests.apply(new Chart(chart)
                .objects(RELEASE, NAMESPACE, admin.getKubernetesVersion().getGitVersion(), values()).stream()
                        .filter(object -> !ONLY_FOR_PODS.contains(object.getKind()))
                        .toList());
        // In the chart they are a hook of the first install, which rendering without a cluster leaves out.
        Manifests.inDirectory(chart.resolve("profiles")).forEach(manifests::applyOne);
    }

    /** The ranges are those the stack's control plane is started with; nodes stand for this machine itself. */
    private static Map<String, Object> values() {
        return Map.of(
                "platform",
                Map.of(
                        "podCidrs", List.of("10.244.0.0/16"),
                        "serviceCidrs", List.of("10.96.0.0/16"),
                        "nodeCidrs", List.of("127.0.0.0/8"),
                        "podSecurityVersion", "v1.37"),
                "masterKey",
                Map.of("existingSecret", MASTER_KEY_SECRET),
                "replicas",
                1,
                "leaderElection",
                Map.of("enabled", false));
    }

    private void backends() {
        StackEndpoints.Postgres postgres = endpoints.postgres();
        manifests.applyOne(secret("databaseserver-" + BACKEND)
                .addToStringData("username", postgres.operatorUser())
                .addToStringData("password", postgres.operatorPassword())
                .build());
        StackEndpoints.ObjectStore store = endpoints.objectStore();
        manifests.applyOne(secret("objectstore-" + BACKEND)
                .addToStringData("access-key-id", store.rootAccessKey())
                .addToStringData("secret-access-key", store.rootSecretKey())
                .build());
        manifests.applyOne(backend(
                "DatabaseServer",
                Map.of(
                        "host", postgres.host(),
                        "port", postgres.port(),
                        "databases", List.of(postgres.database()),
                        "extensions", List.of("pgcrypto", "pg_trgm", "uuid-ossp", "citext", "unaccent"),
                        "reachableAs", Map.of("cidrs", List.of(postgres.host() + "/32"), "port", postgres.port()),
                        "caCertificate", read(postgres.caCertificate()),
                        "adminSecret", Map.of("name", "databaseserver-" + BACKEND))));
        manifests.applyOne(backend(
                "ObjectStore",
                Map.of(
                        "driver", "Versity",
                        "endpoint", store.endpoint(),
                        "adminEndpoint", store.adminEndpoint(),
                        "region", store.region(),
                        "reachableAs",
                                Map.of(
                                        "cidrs",
                                                List.of(URI.create(store.endpoint())
                                                                .getHost() + "/32"),
                                        "port", URI.create(store.endpoint()).getPort()),
                        "caCertificate", read(store.caCertificate()),
                        "adminSecret", Map.of("name", "objectstore-" + BACKEND))));
    }

    private static GenericKubernetesResource backend(String kind, Map<String, Object> spec) {
        return new GenericKubernetesResourceBuilder()
                .withApiVersion(API_VERSION)
                .withKind(kind)
                .withNewMetadata()
                .withName(BACKEND)
                .endMetadata()
                .addToAdditionalProperties("spec", spec)
                .build();
    }

    private static SecretBuilder secret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(NAMESPACE)
                .endMetadata();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
