package dev.bulkhead.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.cli.PlanCommand;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * What the API server itself refuses, and in which words. One file per rule, named by the rule: a base object, what is
 * changed in it before it is created or afterwards (JSON merge patches), and what the answer has to say.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusedObjectsIT {
    private static final Path FOLDER = Path.of("src/test/resources/api");
    private static final int ITEMS = 10_000;
    private static final String NO_PROFILE = "no-such-profile";

    private BulkheadApi api;

    /**
     * A file.
     *
     * @param base name of an example Tenant, or of a file beside the folder
     * @param with makes the base fit for the rule
     * @param create what makes it refused when it is created
     * @param update what makes it refused once it is there
     * @param says every one of these stands in the answer
     */
    record Case(
            String base,
            @Nullable ObjectNode with,
            @Nullable ObjectNode create,
            @Nullable ObjectNode update,
            List<String> says) {}

    @BeforeAll
    void serve(KubernetesClient admin) {
        api = new BulkheadApi(admin);
    }

    static List<Path> cases() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("refused"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void every_rule_is_kept_by_the_api_server_in_words(Path file) throws IOException {
        Case given = BulkheadApi.YAML.readValue(file.toFile(), Case.class);
        assertThat(given.says()).isNotEmpty();
        assertThat(given.create() == null).as("either create or update").isNotEqualTo(given.update() == null);
        ObjectNode object = base(given, file);
        BulkheadApi.ApiAnswer answer = given.update() == null
                ? created(object, Objects.requireNonNull(given.create()))
                : updated(object, given.update());
        assertThat(answer.accepted()).as("it is accepted").isFalse();
        assertThat(answer.message()).contains(given.says());
        if (given.create() != null && object.get("kind").asText().equals("Tenant")) {
            assertThat(planned(object, given.base())).as("plan refuses it, too").isEqualTo(1);
        }
    }

    /** What comes of planning it, with a profile that there is: else that alone would be refused. */
    private static int planned(ObjectNode tenant, String example) throws IOException {
        if (tenant.get("spec") instanceof ObjectNode spec
                && spec.path("profile").asText().equals(NO_PROFILE)) {
            spec.put("profile", BulkheadApi.example(example).at("/spec/profile").asText());
        }
        StringWriter nowhere = new StringWriter();
        return new CommandLine(new PlanCommand(
                        new ByteArrayInputStream(BulkheadApi.YAML.writeValueAsBytes(tenant)), Clock.systemUTC()))
                .setOut(new PrintWriter(nowhere))
                .setErr(new PrintWriter(nowhere))
                .execute("-f", "-");
    }

    private BulkheadApi.ApiAnswer created(ObjectNode object, ObjectNode change) {
        assertThat(api.tryCreate(object).message())
                .as("without the change it is accepted")
                .isEmpty();
        merge(object, change);
        return api.tryCreate(object);
    }

    private BulkheadApi.ApiAnswer updated(ObjectNode object, ObjectNode change) {
        assertThat(api.create(object).message())
                .as("without the change it is accepted")
                .isEmpty();
        try {
            return api.tryChange(object, found -> merge(found, change));
        } finally {
            api.delete(object);
        }
    }

    private static ObjectNode base(Case given, Path file) throws IOException {
        Path beside = FOLDER.resolve(given.base() + ".yaml");
        ObjectNode object = Files.exists(beside)
                ? (ObjectNode) BulkheadApi.YAML.readTree(beside.toFile())
                : BulkheadApi.example(given.base());
        // A name of its own, and a profile nobody has: should an operator run, it leaves the object alone.
        ((ObjectNode) object.get("metadata"))
                .put(
                        "name",
                        "refused-"
                                + Integer.toHexString(
                                        file.getFileName().toString().hashCode()));
        if (object.get("kind").asText().equals("Tenant")) {
            ((ObjectNode) object.get("spec")).put("profile", NO_PROFILE);
        }
        if (given.with() != null) {
            merge(object, given.with());
        }
        return object;
    }

    /** JSON merge patch (RFC 7396): objects are merged, null removes, all else replaces. */
    private static void merge(ObjectNode target, JsonNode patch) {
        patch.properties().forEach(p -> {
            if (p.getValue().isNull()) {
                target.remove(p.getKey());
            } else if (p.getValue() instanceof ObjectNode change) {
                ObjectNode inner = target.get(p.getKey()) instanceof ObjectNode o ? o : target.putObject(p.getKey());
                merge(inner, change);
            } else {
                target.set(p.getKey(), p.getValue());
            }
        });
    }

    @Test
    void sealed_values_of_more_than_256_kilobytes_are_too_many_together() throws IOException {
        ObjectNode secret = (ObjectNode)
                BulkheadApi.YAML.readTree(FOLDER.resolve("tenantsecret.yaml").toFile());
        ((ObjectNode) secret.get("metadata")).put("name", "refused-size");
        ObjectNode data = (ObjectNode) secret.at("/spec/data");
        for (String key : List.of("one", "two")) {
            data.put(key, "TSH1" + "A".repeat(90_000));
        }
        assertThat(api.tryCreate(secret).message()).isEmpty();
        data.put("three", "TSH1" + "A".repeat(90_000));
        assertThat(api.tryCreate(secret).message()).contains("more than 256 KB together");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/spec/namespaces | {name: n%d} | 10",
                "/spec/dataCategories | contact | 16",
                "/spec/people/admins | {user: u%d} | 50",
                "/spec/people/users | {user: u%d} | 200",
                "/spec/people/auditors | {user: u%d} | 20",
                "/spec/network/ingressFrom | p%d | 20",
                "/spec/network/egress | {name: e%d, hosts: [a.example], ports: [{port: 443}]} | 50",
                "/spec/network/egress/0/cidrs | 203.0.113.%d/32 | 50",
                "/spec/network/egress/1/hosts | h%d.example | 50",
                "/spec/network/egress/0/ports | {port: %d} | 20",
                "/spec/database/extensions | e%d | 20",
                "/spec/database/deliverTo | n%d | 10",
                "/spec/objectStore/deliverTo | n%d | 10",
                "/spec/workflows | {name: w%d, namespace: app, image: i} | 50",
                "/spec/workflows/0/command | c%d | 50",
                "/spec/workflows/0/args | a%d | 100",
                "/spec/workflows/0/env | {name: E%d, value: v} | 100",
                "/spec/workflows/0/secrets | s%d | 20",
                "/spec/workflows/0/imagePullSecrets | s%d | 5",
                "/spec/retention | {dataClass: c%d, keep: P1D} | 50"
            })
    void ten_thousand_items_are_too_many_for_any_list(String place, String item, int most) throws IOException {
        ObjectNode tenant = BulkheadApi.example("klinik-nord");
        ((ObjectNode) tenant.get("metadata")).put("name", "refused-items");
        int cut = place.lastIndexOf('/');
        ArrayNode list = ((ObjectNode) tenant.at(place.substring(0, cut))).putArray(place.substring(cut + 1));
        for (int i = 0; i < ITEMS; i++) {
            list.add(BulkheadApi.YAML.readTree(item.replace("%d", Integer.toString(i + 1))));
        }
        BulkheadApi.ApiAnswer answer = api.tryCreate(tenant);
        assertThat(answer.code()).isEqualTo(422);
        assertThat(answer.message()).contains("Too many: " + ITEMS + ": must have at most " + most + " items");
    }
}
