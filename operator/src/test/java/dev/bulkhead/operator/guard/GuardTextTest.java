package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardTextTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String POLICY = """
            # Why.
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata:
              name: bulkhead-services
              labels:
                bulkhead.dev/guard: "4"
            spec:
              failurePolicy: Fail
              matchConstraints:
                resourceRules:
                  - apiGroups: [""]
                    apiVersions: ["*"]
                    operations: [CREATE]
                    resources: [services]
              validations:
                - expression: "false"
            """;
    private static final String BINDING = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata:
              name: bulkhead-services
              labels:
                bulkhead.dev/guard: "4"
            spec:
              policyName: bulkhead-services
              validationActions: [Deny]
            """;

    @Test
    void a_file_holds_a_policy_and_its_binding() {
        List<GuardText> texts = GuardText.read(Map.of("04.yaml", POLICY + "---\n" + BINDING));

        assertThat(texts)
                .extracting(GuardText::guard, GuardText::kind, GuardText::name)
                .containsExactly(
                        tuple("4", "ValidatingAdmissionPolicy", "bulkhead-services"),
                        tuple("4", "ValidatingAdmissionPolicyBinding", "bulkhead-services"));
    }

    @Test
    void what_the_api_server_fills_in_is_no_difference() throws JsonProcessingException {
        String stored = POLICY.replace(
                        "    resourceRules:",
                        "    matchPolicy: Equivalent\n    namespaceSelector: {}\n    objectSelector: {}\n    resourceRules:")
                .replace("resources: [services]", "resources: [services]\n        scope: \"*\"");

        assertThat(text(POLICY).difference(tree(stored))).isNull();
    }

    @Test
    void a_condition_that_somebody_added_is_a_difference() throws JsonProcessingException {
        String edited = POLICY + "  matchConditions:\n    - name: never\n      expression: \"false\"\n";

        assertThat(text(POLICY).difference(tree(edited))).isEqualTo("its spec was changed");
    }

    @Test
    void a_selector_that_leaves_namespaces_out_is_a_difference() throws JsonProcessingException {
        String edited = BINDING + "  matchResources:\n    namespaceSelector:\n      matchLabels: {no: such}\n";

        assertThat(text(BINDING).difference(tree(edited))).isEqualTo("its spec was changed");
        assertThat(text(BINDING).difference(tree(BINDING.replace("Deny", "Audit"))))
                .isEqualTo("its spec was changed");
    }

    @Test
    void a_number_that_somebody_changed_is_a_difference() throws JsonProcessingException {
        assertThat(text(POLICY).difference(tree(POLICY.replace("\"4\"", "\"5\""))))
                .isEqualTo("its label bulkhead.dev/guard was changed");
    }

    @Test
    void an_object_that_is_no_guard_is_refused_rather_than_applied() {
        assertThatThrownBy(() -> text("kind: ClusterRoleBinding\nmetadata: {labels: {bulkhead.dev/guard: \"4\"}}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ClusterRoleBinding that is no guard");
    }

    private static GuardText text(String yaml) {
        return GuardText.read(Map.of("04.yaml", yaml)).getFirst();
    }

    private static JsonNode tree(String yaml) throws JsonProcessingException {
        return YAML.readTree(yaml);
    }
}
