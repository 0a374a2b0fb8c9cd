package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be planned is told as the API server would: the field, and what may stand there. */
class PlanInputTest {
    @Test
    void a_field_that_does_not_exist_is_named_where_it_stands() {
        refused(
                "displayname: Acme",
                "standard input is not usable: spec.displayname: there is no such field; there are ");
        refused("namespaces: [{ nam: web }]", "spec.namespaces[0].nam: there is no such field; there are ");
    }

    @Test
    void a_value_that_is_none_of_a_list_is_named_with_the_list() {
        refused("environment: prod", "spec.environment: 'prod' is none of production, development");
    }

    @Test
    void a_value_of_another_shape_is_named_without_java_names() {
        refused("namespaces: web", "spec.namespaces: what stands there has another shape than the field");
        refused("quota: { pods: many }", "spec.quota.pods: 'many' cannot stand there");
    }

    private static void refused(String spec, String words) {
        String tenant = "kind: Tenant\nmetadata: { name: acme }\nspec:\n  " + spec + "\n";
        assertThatThrownBy(() -> PlanInput.read(
                        List.of(Path.of("-")), new ByteArrayInputStream(tenant.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(PlanInput.UnusableInputException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("dev.bulkhead")
                .hasMessageNotContaining("java.");
    }
}
