package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.operator.identity.Marks;
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
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What an installation depends on besides the cluster: the chart's values and the backends with their Secrets.
 *
 * @param values as in a values file
 * @param backends Secrets first, then DatabaseServers and ObjectStores
 * @param operator where it runs
 */
public record Recipe(Map<String, Object> values, List<HasMetadata> backends, OperatorPlace operator) {
    /** Where the operator runs. */
    public enum OperatorPlace {
        /** As a process of this machine. */
        Machine,
        /** As the Deployment of the chart. */
        Cluster
    }

    /** Name of the DatabaseServer and of the ObjectStore of the local stack. */
    static final String BACKEND = "local";

    private static final String API_VERSION = "bulkhead.dev/v1beta1";

    /** Copies. */
    public Recipe {
        values = Map.copyOf(values);
        backends = List.copyOf(backends);
    }

    /** For the servers of the local stack, with the operator beside them. */
    public static Recipe local(StackEndpoints endpoints) {
        return new Recipe(localValues("127.0.0.0/8"), localBackends(endpoints), OperatorPlace.Machine);
    }

    /**
     * For the servers of the local stack and a node on top of them, which runs the operator.
     *
     * @param nodes range of the node and of the servers, as CIDR
     * @param image of the operator, with a tag, present on the node
     * @param content changes with the image's content, which its tag does not
     */
    public static Recipe onNode(StackEndpoints endpoints, String nodes, String image, String content) {
        URI api = URI.create(endpoints.kubernetes().apiServerUrl());
        URI store = URI.create(endpoints.objectStore().endpoint());
        URI storeAdmin = URI.create(endpoints.objectStore().adminEndpoint());
        int tag = image.lastIndexOf(':');
        Map<String, Object> values = new LinkedHashMap<>(nodeValues(nodes));
        values.put(
                "image",
                Map.of("repository", image.substring(0, tag), "tag", image.substring(tag + 1), "pullPolicy", "Never"));
        // Tenants that ask for all of a small node, with images it has not got, must not keep the operator from
        // correcting them.
        values.put("priorityClassName", "system-cluster-critical");
        values.put("podAnnotations", Map.of("bulkhead.dev/image-content", content));
        values.put(
                "networkPolicy",
                Map.of(
                        // The service's address is replaced by the server's own before policies see the packet.
                        "apiServer", Map.of("cidrs", List.of(api.getHost() + "/32"), "ports", List.of(api.getPort())),
                        "backends",
                                List.of(
                                        reachable(
                                                "database",
                                                endpoints.postgres().host(),
                                                endpoints.postgres().port()),
                                        reachable("objectstore", store.getHost(), store.getPort()),
                                        reachable("objectstore-admin", storeAdmin.getHost(), storeAdmin.getPort()))));
        return new Recipe(values, localBackends(endpoints), OperatorPlace.Cluster);
    }

    /** The same with the operator beside the servers, for when its image was not built. */
    public static Recipe besideNode(StackEndpoints endpoints, String nodes) {
        return new Recipe(nodeValues(nodes), localBackends(endpoints), OperatorPlace.Machine);
    }

    /** With a network plugin, whose agents may write the status of all pods. */
    private static Map<String, Object> nodeValues(String nodes) {
        Map<String, Object> values = new LinkedHashMap<>(localValues(nodes));
        String until = LocalDate.now(ZoneOffset.UTC).plusYears(1).toString();
        values.put(
                "prober",
                Map.of(
                        "trusted",
                        Stream.of("calico-cni", "calico-node")
                                .map(user -> Map.of(
                                        "kind", "User",
                                        "name", user,
                                        "reason", "network plugin of the local node",
                                        "owner", "local stack",
                                        "until", until))
                                .toList()));
        return values;
    }

    private static Map<String, Object> reachable(String name, String host, int port) {
        return Map.of("name", name, "cidrs", List.of(host + "/32"), "port", port);
    }

    private static List<HasMetadata> localBackends(StackEndpoints endpoints) {
        return List.<HasMetadata>of(
                account(
                                "databaseserver-" + BACKEND,
                                endpoints.postgres().host() + ":"
                                        + endpoints.postgres().port())
                        .addToStringData("username", endpoints.postgres().operatorUser())
                        .addToStringData("password", endpoints.postgres().operatorPassword())
                        .build(),
                account(
                                "objectstore-" + BACKEND,
                                URI.create(endpoints.objectStore().endpoint()).getAuthority() + " "
                                        + URI.create(endpoints.objectStore().adminEndpoint())
                                                .getAuthority())
                        .addToStringData(
                                "access-key-id", endpoints.objectStore().rootAccessKey())
                        .addToStringData(
                                "secret-access-key", endpoints.objectStore().rootSecretKey())
                        .addToStringData("tls.crt", endpoints.objectStore().adminCertificatePem())
                        .addToStringData("tls.key", endpoints.objectStore().adminKeyPem())
                        .addToStringData(
                                "filer-signing-key", endpoints.objectStore().filerSigningKey())
                        .build(),
                databaseServer(endpoints.postgres()),
                objectStore(endpoints.objectStore()));
    }

    /**
     * For a cluster that is there already.
     *
     * @param valuesFile the chart's values, with the cluster's address ranges
     * @param backendsFile YAML with DatabaseServers, ObjectStores and their Secrets
     */
    public static Recipe of(Path valuesFile, Path backendsFile) {
        try {
            List<GenericKubernetesResource> objects = Chart.parse(InstallTarget.read(backendsFile));
            for (String kind : List.of("DatabaseServer", "ObjectStore")) {
                if (objects.stream().noneMatch(o -> o.getKind().equals(kind))) {
                    throw new StackException(backendsFile + " has no " + kind + "; one is needed");
                }
            }
            return new Recipe(
                    Chart.values(InstallTarget.read(valuesFile)), List.copyOf(objects), OperatorPlace.Machine);
        } catch (IOException e) {
            throw new StackException(backendsFile + " or " + valuesFile + " is not YAML: " + e.getMessage(), e);
        }
    }

    /** What the chart's value {@code profiles.storageClasses} lists; empty for none. */
    List<String> storageClasses() {
        return values.get("profiles") instanceof Map<?, ?> profiles
                        && profiles.get("storageClasses") instanceof List<?> classes
                ? classes.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The ranges are those the stack's control plane is started with; nodes stand for this machine itself. */
    private static Map<String, Object> localValues(String nodes) {
        return Map.of(
                "platform",
                Map.of(
                        "podCidrs", List.of("10.244.0.0/16"),
                        "serviceCidrs", List.of("10.96.0.0/16"),
                        "nodeCidrs", List.of(nodes),
                        "podSecurityVersion", "v1.37"),
                "profiles",
                Map.of("storageClasses", List.of("standard")),
                "masterKey",
                Map.of("existingSecret", Bootstrap.MASTER_KEY_SECRET),
                "keysNamespace",
                Bootstrap.KEYS_NAMESPACE,
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

    private static HasMetadata objectStore(StackEndpoints.ObjectStoreEndpoint store) {
        return backend(
                "ObjectStore",
                Map.of(
                        "driver", "SeaweedFs",
                        "endpoint", store.endpoint(),
                        "adminEndpoint", store.adminEndpoint(),
                        "region", store.region(),
                        "internalEndpoints", store.internal(),
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

    /** Of an account that is for these hosts. */
    private static SecretBuilder account(String name, String hosts) {
        return secret(name).editMetadata().addToAnnotations(Marks.HOSTS, hosts).endMetadata();
    }

    private static SecretBuilder secret(String name) {
        return new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(Bootstrap.KEYS_NAMESPACE)
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
