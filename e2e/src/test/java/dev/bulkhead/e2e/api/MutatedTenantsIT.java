package dev.bulkhead.e2e.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.e2e.stack.StackExtension;
import dev.bulkhead.operator.identity.Placement;
import dev.bulkhead.operator.outcome.Reason;
import dev.bulkhead.operator.validate.Adoption;
import dev.bulkhead.operator.validate.PlatformSettings;
import dev.bulkhead.operator.validate.Surroundings;
import dev.bulkhead.operator.validate.TenantValidator;
import dev.bulkhead.operator.validate.Validation;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every place of every example broken in simple ways: the API server refuses it as the client's mistake, or takes it,
 * and then the operator can read it and its names are safe.
 */
@ExtendWith(StackExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MutatedTenantsIT {
    private static final List<JsonNode> VALUES = List.of(
            NullNode.instance,
            TextNode.valueOf(""),
            TextNode.valueOf("-1"),
            TextNode.valueOf("x'; DROP SCHEMA public CASCADE; --"),
            TextNode.valueOf("\u0430\u202e\n"),
            TextNode.valueOf("a".repeat(10_000)),
            IntNode.valueOf(-1),
            BooleanNode.TRUE,
            JsonNodeFactory.instance.arrayNode(),
            JsonNodeFactory.instance.objectNode());

    private static final Surroundings NOTHING = new Surroundings(
            null,
            List.of(),
            Placement.NONE,
            new PlatformSettings("x", "v1.37", List.of(), List.of(), List.of(), "kube-system", Map.of()),
            Adoption.NONE,
            LocalDate.of(2026, 11, 22),
            false);

    private BulkheadApi api;

    @BeforeAll
    void serve(KubernetesClient admin) {
        api = new BulkheadApi(admin);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ankerwerk", "waschhaus", "klinik-nord"})
    void every_mutation_is_refused_or_can_be_read(String example) {
        ObjectNode tree = BulkheadApi.example(example);
        ((ObjectNode) tree.get("metadata")).put("name", "mutant");
        List<JsonPointer> places = new ArrayList<>();
        places(tree.get("spec"), JsonPointer.compile("/spec"), places);
        int refused = 0;
        int taken = 0;
        for (JsonPointer place : places) {
            for (JsonNode value : VALUES) {
                ObjectNode mutant = tree.deepCopy();
                set(mutant, place, value);
                BulkheadApi.ApiAnswer answer = api.tryCreate(mutant);
                if (answer.accepted()) {
                    taken++;
                    assertThatCode(() -> safe(answer.object()))
                            .as("%s: %s", place, value)
                            .doesNotThrowAnyException();
                } else {
                    refused++;
                    assertThat(answer.code())
                            .as("%s: %s: %s", place, value, answer.message())
                            .isIn(400, 422);
                }
            }
        }
        assertThat(refused).isGreaterThan(taken);
        assertThat(taken).isPositive();
    }

    private static void safe(JsonNode accepted) throws IOException {
        Tenant tenant = BulkheadApi.JSON.treeToValue(accepted, Tenant.class);
        if (TenantValidator.validate(tenant, NOTHING) instanceof Validation.Invalid invalid) {
            assertThat(invalid.findings())
                    .as("the API server is no more lenient about names than the operator")
                    .noneMatch(f -> f.reason() == Reason.InvalidName);
        }
    }

    private static void places(JsonNode node, JsonPointer here, List<JsonPointer> places) {
        places.add(here);
        node.properties().forEach(p -> places(p.getValue(), here.appendProperty(p.getKey()), places));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places(node.get(i), here.appendIndex(i), places);
        }
    }

    private static void set(ObjectNode tree, JsonPointer place, JsonNode value) {
        if (tree.at(place.head()) instanceof ArrayNode array) {
            array.set(place.last().getMatchingIndex(), value);
        } else {
            ((ObjectNode) tree.at(place.head())).set(place.last().getMatchingProperty(), value);
        }
    }
}
