package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.outcome.Finding;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every place of every example, broken in every simple way: taken away, emptied, made null, negative, huge, of another
 * type, hostile. Whatever can still be read as a Tenant gets an answer, never an exception.
 */
class MutatedTenantsTest {
    private static final List<JsonNode> VALUES = List.of(
            NullNode.instance,
            TextNode.valueOf(""),
            TextNode.valueOf(" "),
            TextNode.valueOf("-1"),
            TextNode.valueOf("0"),
            TextNode.valueOf("P0D"),
            TextNode.valueOf("P99999Y"),
            TextNode.valueOf("999999999.999Pi"),
            TextNode.valueOf("x'; DROP SCHEMA public CASCADE; --"),
            TextNode.valueOf("\u0430\u202e\u0000\n\ud800"),
            TextNode.valueOf("--"),
            TextNode.valueOf("a".repeat(10_000)),
            IntNode.valueOf(-1),
            IntNode.valueOf(0),
            IntNode.valueOf(Integer.MAX_VALUE),
            LongNode.valueOf(Long.MIN_VALUE),
            BooleanNode.TRUE,
            JsonNodeFactory.instance.arrayNode(),
            JsonNodeFactory.instance.arrayNode().addNull(),
            JsonNodeFactory.instance.objectNode());

    static List<String> examples() {
        return Examples.names();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void every_mutation_gets_an_answer(String example) {
        ObjectNode tree = Examples.tree(example);
        Surroundings surroundings = Examples.around(Examples.tenant(tree));
        List<JsonPointer> places = new ArrayList<>();
        places(tree.get("spec"), JsonPointer.compile("/spec"), places);
        places.add(JsonPointer.compile("/metadata/name"));
        places.add(JsonPointer.compile("/metadata/uid"));
        int answered = 0;
        for (JsonPointer place : places) {
            for (ObjectNode mutant : mutants(tree, place)) {
                Optional<Tenant> tenant = read(mutant);
                tenant.ifPresent(t -> assertThatCode(() -> answer(t, surroundings))
                        .as("%s: %s", place, mutant.at(place))
                        .doesNotThrowAnyException());
                answered += tenant.isPresent() ? 1 : 0;
            }
        }
        assertThat(answered).as("mutants that could be read").isGreaterThan(places.size());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void ten_thousand_items_get_an_answer(String example) {
        ObjectNode tree = Examples.tree(example);
        Surroundings surroundings = Examples.around(Examples.tenant(tree));
        for (String field : List.of("namespaces", "workflows", "retention", "dataCategories")) {
            ObjectNode mutant = tree.deepCopy();
            ArrayNode list = (ArrayNode) mutant.at("/spec/" + field);
            JsonNode item = list.get(0);
            for (int i = 0; i < 10_000; i++) {
                list.add(item.deepCopy());
            }
            assertThat(TenantValidator.validate(Examples.tenant(mutant), surroundings))
                    .as(field)
                    .isInstanceOf(Validation.Invalid.class);
        }
    }

    private static void answer(Tenant tenant, Surroundings surroundings) {
        List<Finding> findings = switch (TenantValidator.validate(tenant, surroundings)) {
            case Validation.Valid valid -> valid.looser();
            case Validation.Invalid invalid -> {
                assertThat(invalid.findings()).isNotEmpty();
                yield invalid.findings();
            }
        };
        assertThat(findings).allSatisfy(f -> assertThat(f.text()).hasSizeLessThan(2_000));
    }

    private static void places(JsonNode node, JsonPointer here, List<JsonPointer> places) {
        places.add(here);
        node.properties().forEach(p -> places(p.getValue(), here.appendProperty(p.getKey()), places));
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            places(node.get(i), here.appendIndex(i), places);
        }
    }

    private static List<ObjectNode> mutants(ObjectNode tree, JsonPointer place) {
        List<ObjectNode> mutants = new ArrayList<>();
        for (JsonNode value : VALUES) {
            ObjectNode mutant = tree.deepCopy();
            JsonNode parent = mutant.at(place.head());
            if (parent instanceof ObjectNode object) {
                object.set(place.last().getMatchingProperty(), value);
            } else {
                ((ArrayNode) parent).set(place.last().getMatchingIndex(), value);
            }
            mutants.add(mutant);
        }
        ObjectNode without = tree.deepCopy();
        if (without.at(place.head()) instanceof ObjectNode object) {
            object.remove(place.last().getMatchingProperty());
            mutants.add(without);
        }
        return mutants;
    }

    /** What cannot be read as a Tenant never comes to validation. */
    private static Optional<Tenant> read(ObjectNode mutant) {
        try {
            return Optional.of(Examples.tenant(mutant));
        } catch (UncheckedIOException e) {
            return Optional.empty();
        }
    }
}
