package dev.bulkhead.operator.validate;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.api.v1beta1.BackendResource;
import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.api.v1beta1.Condition;
import dev.bulkhead.api.v1beta1.DatabaseServer;
import dev.bulkhead.api.v1beta1.ObjectStore;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.api.v1beta1.TenantProfile;
import dev.bulkhead.operator.identity.Placement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The shipped profiles and example tenants, in surroundings in which they are valid. */
final class Examples {
    static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static final LocalDate TODAY = LocalDate.of(2026, 11, 22);
    static final String UID = "0f3d5a5e-6d3b-4c2a-9d1e-2b7c8a9f0e11";

    private static final Path EXAMPLES = Path.of("../examples");
    private static final Path PROFILES = Path.of("../charts/bulkhead/profiles");

    private Examples() {}

    static List<String> names() {
        return files(EXAMPLES);
    }

    static List<String> profiles() {
        return files(PROFILES);
    }

    private static List<String> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".yaml"))
                    .map(f -> f.substring(0, f.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An example as the API server would give it out. */
    static ObjectNode tree(String name) {
        ObjectNode tenant = read(EXAMPLES.resolve(name + ".yaml"));
        ((ObjectNode) tenant.get("metadata")).put("uid", UID).put("generation", 3);
        return tenant;
    }

    static Tenant tenant(JsonNode tree) {
        return convert(tree, Tenant.class);
    }

    static TenantProfile profile(String name) {
        return convert(read(PROFILES.resolve(name + ".yaml")), TenantProfile.class);
    }

    static <T> T convert(JsonNode tree, Class<T> type) {
        try {
            return YAML.treeToValue(tree, type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) YAML.readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PlatformSettings settings() {
        return new PlatformSettings(
                "bulkhead-system",
                "v1.37",
                List.of("10.244.0.0/16", "fd10:244::/56"),
                List.of("10.96.0.0/16"),
                List.of("192.168.7.0/24"),
                "kube-system",
                Map.of("k8s-app", "kube-dns"),
                PlatformSettings.USUAL_DOMAIN,
                List.of("example.org/gpu"));
    }

    static Surroundings around(Tenant tenant) {
        return new Surroundings(
                profile(tenant.getSpec().profile()).getSpec(),
                List.of(
                        server("pg-main", "production", true, 3, "pgcrypto", "pg_trgm"),
                        store("s3-main", "production", true, 3)),
                Placement.NONE,
                settings(),
                Adoption.NONE,
                TODAY,
                false);
    }

    /** Servers and stores together. */
    static List<BackendResource> backends(List<DatabaseServer> servers, List<ObjectStore> stores) {
        return Stream.<BackendResource>concat(servers.stream(), stores.stream()).toList();
    }

    /** A server with databases {@code d1} and {@code d2} for 10 tenants each; the load is that of {@code d1}. */
    static DatabaseServer server(String name, String environment, boolean ready, int load, String... extensions) {
        ObjectNode tree = YAML.createObjectNode();
        tree.putObject("metadata").put("name", name);
        ObjectNode spec = tree.putObject("spec");
        spec.put("environment", environment)
                .put("host", name + ".databases.svc")
                .put("maxTenantsPerDatabase", 10);
        spec.putArray("databases").add("d1").add("d2");
        spec.putObject("adminSecret").put("name", name + "-admin");
        spec.set("extensions", YAML.valueToTree(extensions));
        DatabaseServer server = convert(tree, DatabaseServer.class);
        server.setStatus(status(ready, load, List.of(new BackendStatus.Load("d1", load))));
        return server;
    }

    /** A store for 10 tenants. */
    static ObjectStore store(String name, String environment, boolean ready, int load) {
        ObjectNode tree = YAML.createObjectNode();
        tree.putObject("metadata").put("name", name);
        ObjectNode spec = tree.putObject("spec");
        spec.put("environment", environment).put("driver", "SeaweedFs").put("maxTenants", 10);
        spec.put("endpoint", "https://" + name + ".example:7070");
        spec.putObject("adminSecret").put("name", name + "-admin");
        ObjectStore store = convert(tree, ObjectStore.class);
        store.setStatus(status(ready, load, List.of()));
        return store;
    }

    private static BackendStatus status(boolean ready, int tenants, List<BackendStatus.Load> load) {
        Condition.Status value = ready ? Condition.Status.True : Condition.Status.False;
        return new BackendStatus(
                1L,
                "18.6",
                tenants,
                load,
                List.of(),
                null,
                List.of(new Condition("Ready", value, "AsPlanned", "", "2026-11-22T09:00:00Z", 1L)));
    }
}
