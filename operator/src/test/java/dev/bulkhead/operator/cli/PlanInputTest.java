package dev.bulkhead.operator.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        refused("quota: { pods: many }", "spec.quota.pods: has to be a number, without quotes");
    }

    @Test
    void a_number_is_no_text_and_a_text_no_truth_value() {
        refused("quota: { cpu: 2 }", "spec.quota.cpu: 2 is no text; put it in quotes");
        refused("displayName: true", "spec.displayName: true is no text; put it in quotes");
        refused("suspend: \"true\"", "spec.suspend: has to be true or false, without quotes");
        refused("quota: { pods: \"3\" }", "spec.quota.pods: has to be a number, without quotes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"apiVersion: bulkhead.dev/v1", "apiVersion: v1", "metadata: {}"})
    void a_version_that_the_api_does_not_have_is_named(String version) {
        assertThatThrownBy(() -> read(version + "\nkind: Tenant\n"))
                .isInstanceOf(PlanInput.UnusableInputException.class)
                .hasMessageContaining("has no Tenant; write bulkhead.dev/v1beta1");
    }

    @Test
    void somebody_elses_tenant_is_not_ours() throws PlanInput.UnusableInputException {
        assertThat(read("apiVersion: capsule.clastix.io/v1beta2\nkind: Tenant\nspec: { owners: [] }\n")
                        .tenants())
                .isEmpty();
    }

    private static void refused(String spec, String words) {
        assertThatThrownBy(
                        () -> read("apiVersion: bulkhead.dev/v1beta1\nkind: Tenant\nmetadata: { name: acme }\nspec:\n  "
                                + spec + "\n"))
                .isInstanceOf(PlanInput.UnusableInputException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("dev.bulkhead")
                .hasMessageNotContaining("java.");
    }

    private static PlanInput read(String yaml) throws PlanInput.UnusableInputException {
        return PlanInput.read(List.of(Path.of("-")), new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)));
    }
}
