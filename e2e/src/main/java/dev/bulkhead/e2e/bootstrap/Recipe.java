package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an installation depends on besides the cluster: the chart's values and the backends with their Secrets.
 *
 * @param values as in a values file
 * @param backends Secrets first, then DatabaseServers and ObjectStores
 */
public record Recipe(Map<String, Object> values, List<HasMetadata> backends) {
    /** Name of the DatabaseServer and of the ObjectStore of the local stack. */
    static final String BACKEND = "local";

    private static final String API_VERSION = "bulkhead.dev/v1beta1";

    /** Copies. */
    public Recipe {
        values = Map.copyOf(values);
        backends = List.copyOf(backends);
    }

    /** For the servers of the local stack. */
    public static Recipe local(StackEndpoints endpoints) {
        return new Recipe(
                localValues(),
                List.of(
                        secret("databaseserver-" + BACKEND)
                                .addToStringData(
                                        "username", endpoints.postgres().operatorUser())
                                .addToStringData(
                                        "password", endpoints.postgres().operatorPassword())
                                .build(),
                        secret("objectstore-" + BACKEND)
                                .addToStringData(
                                        "access-key-id", endpoints.objectStore().rootAccessKey())
                                .addToStringData(
                                        "secret-access-key",
                                        endpoints.objectStore().rootSecretKey())
                                .build(),
                        databaseServer(endpoints.postgres()),
                        objectStore(endpoints.objectStore())));
    }

    /**
     * For a cluster that is there already.
     *
     * @param valuesFile the chart's values, with the cluster's address ranges
     * @param backendsFile YAML with DatabaseServers, ObjectStores and their Secrets
     */
    public static Recipe of(Path valuesFile, Path backendsFile) {
        try {
            List<GenericKubernetesResource> objects = Chart.parse(Target.read(backendsFile));
            for (String kind : List.of("DatabaseServer", "ObjectStore")) {
                if (objects.stream().noneMatch(o -> o.getKind().equals(kind))) {
                    throw new StackException(backendsFile + " has no " + kind + "; one is needed");
                }
            }
            return new Recipe(Chart.values(Target.read(valuesFile)), List.copyOf(objects));
        } catch (IOException e) {
            throw new StackException(backendsFile + " or " + valuesFile + " is not YAML: " + e.getMessage(), e);
        }
    }

    /** The ranges are those the stack's control plane is started with; nodes stand for this machine itself. */
    private static Map<String, Object> localValues() {
        return Map.of(
                "platform",
                Map.of(
                        "podCidrs", List.of("10.244.0.0/16"),
                        "serviceCidrs", List.of("10.96.0.0/16"),
                        "nodeCidrs", List.of("127.0.0.0/8"),
                        "podSecurityVersion", "v1.37"),
                "masterKey",
                Map.of("existingSecret", Bootstrap.MASTER_KEY_SECRET),
                "replicas",
                1,
                "leaderElection",
                Map.of("enabled", false));
    }

    private static HasMetadata databaseServer(StackEndpoints.Postgres postgres) {
        return backend(
                "DatabaseServer",
                Map.of(
                        "host", postgres.host(),
                        "port", postgres.port(),
                        "databases", List.of(postgres.database()),
                        "extensions", List.of("pgcrypto", "pg_trgm", "uuid-ossp", "citext", "unaccent"),
                        "reachableAs", Map.of("cidrs", List.of(postgres.host() + "/32"), "port", postgres.port()),
                        "caCertificate", read(postgres.caCertificate()),
                        "adminSecret", Map.of("name", "databaseserver-" + BACKEND)));
    }

    private static HasMetadata objectStore(StackEndpoints.ObjectStore store) {
        return backend(
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
                        "adminSecret", Map.of("name", "objectstore-" + BACKEND)));
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
                .withNamespace(Bootstrap.NAMESPACE)
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
