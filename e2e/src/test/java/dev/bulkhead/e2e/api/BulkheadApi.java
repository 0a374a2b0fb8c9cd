package dev.bulkhead.e2e.api;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends objects to the API server as they are, strictly, and tells what it answers. Nothing is read into classes. */
final class BulkheadApi {
    static final ObjectMapper JSON = new ObjectMapper();
    static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private static final Path CRDS = Path.of("../charts/bulkhead/files/crds");
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Path PROFILES = Path.of("../charts/bulkhead/profiles");
    private static final String GROUP = "/apis/bulkhead.dev/v1beta1/";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<String, String> PLURALS = Map.of(
            "Tenant", "tenants",
            "TenantProfile", "tenantprofiles",
            "DatabaseServer", "databaseservers",
            "Incident", "incidents",
            "ObjectStore", "objectstores",
            "Rotation", "rotations",
            "TenantSecret", "namespaces/default/tenantsecrets",
            "Tombstone", "tombstones");

    private final KubernetesClient admin;

    /** Makes sure that the API server serves the shipped CRDs. */
    BulkheadApi(KubernetesClient admin) {
        this.admin = admin;
        crds().forEach(this::apply);
        await().atMost(PATIENCE).until(() -> crds().stream().allMatch(this::served));
    }

    /** What the API server said. */
    record ApiAnswer(int code, String message, JsonNode object) {
        boolean accepted() {
            return code == 200;
        }
    }

    static List<JsonNode> crds() {
        return read(CRDS);
    }

    static List<JsonNode> profiles() {
        return read(PROFILES);
    }

    static List<JsonNode> examples() {
        return Stream.of(read(EXAMPLES), read(EXAMPLES.resolve("backends")))
                .flatMap(List::stream)
                .toList();
    }

    /** A copy of an example. */
    static ObjectNode example(String name) {
        return examples().stream()
                .filter(e -> e.at("/metadata/name").asText().equals(name))
                .map(e -> (ObjectNode) e.deepCopy())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no example " + name));
    }

    private static List<JsonNode> read(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".yaml"))
                    .sorted()
                    .flatMap(BulkheadApi::documents)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> documents(Path file) {
        try (var values = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return values.readAll().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Would it be created? */
    ApiAnswer tryCreate(JsonNode object) {
        return send("POST", collection(object) + "?dryRun=All&fieldValidation=Strict", object);
    }

    /** Creates it. */
    ApiAnswer create(JsonNode object) {
        return send("POST", collection(object) + "?fieldValidation=Strict", object);
    }

    /** Would this change of the object that is there be taken? */
    ApiAnswer tryChange(JsonNode object, Consumer<ObjectNode> change) {
        while (true) {
            ObjectNode found = (ObjectNode) send("GET", one(object), null).object();
            change.accept(found);
            ApiAnswer answer = send("PUT", one(object) + "?dryRun=All&fieldValidation=Strict", found);
            if (answer.code() != 409) { // else somebody wrote its status meanwhile
                return answer;
            }
        }
    }

    /** Takes it away; a Tenant is suspended first, as the guards ask for where the chart is installed. */
    void delete(JsonNode object) {
        if (object.path("kind").asText().equals("Tenant")) {
            JsonNode found = send("GET", one(object), null).object();
            if (found.path("spec").isObject()) {
                ((ObjectNode) found.get("spec")).put("suspend", true);
                send("PUT", one(object), found);
            }
        }
        send("DELETE", one(object), null);
    }

    private void apply(JsonNode crd) {
        ApiAnswer answer =
                send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?fieldValidation=Strict", crd);
        if (answer.code() == 409) {
            String path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
                    + crd.at("/metadata/name").asText();
            ObjectNode found = (ObjectNode) send("GET", path, null).object();
            found.set("spec", crd.get("spec"));
            answer = send("PUT", path + "?fieldValidation=Strict", found);
        }
        if (!answer.accepted()) {
            throw new AssertionError(crd.at("/metadata/name").asText() + " is refused: " + answer.message());
        }
    }

    private boolean served(JsonNode crd) {
        String path = GROUP + crd.at("/spec/names/plural").asText() + "?limit=1";
        return send("GET", path, null).accepted();
    }

    /** What the API server says about a CRD besides taking it. */
    JsonNode status(JsonNode crd) {
        return send(
                        "GET",
                        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
                                + crd.at("/metadata/name").asText(),
                        null)
                .object()
                .path("status");
    }

    private static String collection(JsonNode object) {
        return GROUP + Objects.requireNonNull(PLURALS.get(object.path("kind").asText()));
    }

    private static String one(JsonNode object) {
        return collection(object) + "/"
                + URLEncoder.encode(object.at("/metadata/name").asText(), StandardCharsets.UTF_8);
    }

    private ApiAnswer send(String method, String path, @Nullable JsonNode body) {
        try {
            String answer = admin.raw(path, method, body);
            return new ApiAnswer(200, "", answer == null ? JSON.nullNode() : JSON.readTree(answer));
        } catch (KubernetesClientException e) {
            if (e.getCode() == 0) {
                throw e;
            }
            String message = e.getStatus() == null
                    ? String.valueOf(e.getMessage())
                    : e.getStatus().getMessage();
            return new ApiAnswer(e.getCode(), String.valueOf(message), JSON.nullNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
