package dev.bulkhead.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped CRDs, profiles and examples, put before a real API server. */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemasIT {
    private BulkheadApi api;
    private StackEndpoints.Kubernetes kubernetes;

    @BeforeAll
    void serve(KubernetesClient admin, StackEndpoints endpoints) {
        api = new BulkheadApi(admin);
        kubernetes = endpoints.kubernetes();
    }

    static List<JsonNode> crds() {
        return BulkheadApi.crds();
    }

    static List<JsonNode> samples() {
        List<JsonNode> samples = new ArrayList<>(BulkheadApi.profiles());
        samples.addAll(BulkheadApi.examples());
        return samples;
    }

    @ParameterizedTest
    @MethodSource("crds")
    void every_crd_is_established_without_a_complaint(JsonNode crd) {
        JsonNode conditions = api.status(crd).path("conditions");
        assertThat(condition(conditions, "Established")).isEqualTo("True");
        assertThat(condition(conditions, "NamesAccepted")).isEqualTo("True");
        assertThat(condition(conditions, "NonStructuralSchema")).isEmpty();
    }

    private static String condition(JsonNode conditions, String type) {
        return StreamSupport.stream(conditions.spliterator(), false)
                .filter(c -> c.path("type").asText().equals(type))
                .map(c -> c.path("status").asText())
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void every_profile_and_example_is_accepted_strictly(JsonNode sample) {
        ObjectNode renamed = sample.deepCopy();
        ((ObjectNode) renamed.get("metadata")).put("name", "sample-for-schemas");
        assertThat(api.tryCreate(renamed))
                .satisfies(a -> assertThat(a.accepted()).as(a.message()).isTrue());
    }

    @Test
    void what_a_tenant_leaves_out_is_filled_in_where_everybody_sees_it() {
        ObjectNode tenant = BulkheadApi.example("waschhaus");
        ((ObjectNode) tenant.get("metadata")).put("name", "sample-for-defaults");
        ObjectNode spec = (ObjectNode) tenant.get("spec");
        spec.remove(List.of("environment", "objectStore", "workflows", "database"));
        ((ObjectNode) spec.get("quota")).remove(List.of("storage", "ephemeralStorage", "pods"));
        JsonNode filled = api.tryCreate(tenant).object().path("spec");
        assertThat(filled.at("/environment").asText()).isEqualTo("production");
        assertThat(filled.at("/protectionNeed").asText()).isEqualTo("normal");
        assertThat(filled.at("/quota/storage").asText()).isEqualTo("0");
        assertThat(filled.at("/quota/storage").isTextual()).isTrue();
        assertThat(filled.at("/quota/ephemeralStorage").asText()).isEqualTo("10Gi");
        assertThat(filled.at("/quota/pods").asInt()).isEqualTo(20);
        assertThat(filled.at("/database/mode").asText()).isEqualTo("Schema");
        assertThat(filled.at("/database/connectionLimit").asInt()).isEqualTo(10);
        assertThat(filled.at("/database/statementTimeout").asText()).isEqualTo("PT30S");
        assertThat(filled.at("/objectStore/noncurrentVersions").asText()).isEqualTo("P30D");
        assertThat(filled.at("/network/egress/0/ports/0/protocol").asText()).isEqualTo("TCP");
    }

    @ParameterizedTest
    @MethodSource("crds")
    void kubectl_explains_every_field(JsonNode crd) throws IOException, InterruptedException {
        String plural = crd.at("/spec/names/plural").asText() + ".bulkhead.dev";
        // The API server publishes the schema of a CRD a moment after it serves it.
        AtomicReference<String> all = new AtomicReference<>("");
        Awaitility.await(plural)
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> all.set(kubectl("explain", plural, "--recursive")));
        Set<String> fields = new TreeSet<>();
        names(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), fields);
        names(crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/status"), fields);
        assertThat(fields).isNotEmpty().allSatisfy(f -> assertThat(all.get()).containsPattern("\\b" + f + "\\b"));
        assertThat(kubectl("explain", plural)).doesNotContain("<empty>");
        assertThat(kubectl("explain", plural + ".spec")).doesNotContain("<empty>");
    }

    private static void names(JsonNode schema, Set<String> names) {
        schema.path("properties").properties().forEach(p -> {
            names.add(p.getKey());
            names(p.getValue(), names);
        });
        if (schema.has("items")) {
            names(schema.get("items"), names);
        }
        if (schema.path("additionalProperties").isObject()) {
            names(schema.get("additionalProperties"), names);
        }
    }

    private String kubectl(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(kubernetes.kubectl(), "--kubeconfig", kubernetes.adminKubeconfig()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
