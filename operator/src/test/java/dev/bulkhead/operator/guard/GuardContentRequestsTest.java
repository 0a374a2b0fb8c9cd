package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.guard.GuardContents.GuardComparison;
import dev.bulkhead.operator.guard.GuardContents.GuardDifference;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** By which requests guards are compared with what the chart wrote, and what becomes of each answer. */
class GuardContentRequestsTest {
    private static final String TEXTS = "GET /api/v1/namespaces/bulkhead-system/configmaps/bulkhead-guards";
    private static final String GROUP = "GET /apis/admissionregistration.k8s.io/v1/";
    private static final String POLICY = GROUP + "validatingadmissionpolicies/bulkhead-images";
    private static final String BINDING = GROUP + "validatingadmissionpolicybindings/bulkhead-images";

    private static final String WRITTEN_BINDING = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { policyName: bulkhead-images, validationActions: [Deny] }
            """;
    private static final String WRITTEN = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { failurePolicy: Fail }
            ---
            """ + WRITTEN_BINDING;

    private final ScriptedApi api = new ScriptedApi();
    private final GuardContents contents = new GuardContents(api.client(), "bulkhead-system");

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void one_as_it_was_written_differs_in_nothing_and_each_that_is_not_written_at_all_is_named_once() {
        api.answer(TEXTS, 200, texts(WRITTEN));
        api.answer(POLICY, 200, found("ValidatingAdmissionPolicy", "{\"failurePolicy\":\"Fail\"}"));
        api.answer(
                BINDING,
                200,
                found(
                        "ValidatingAdmissionPolicyBinding",
                        "{\"policyName\":\"bulkhead-images\",\"validationActions\":[\"Deny\"]}"));

        GuardComparison comparison = contents.compare();

        assertThat(comparison.compared()).isEqualTo(2);
        assertThat(comparison.differences())
                .doesNotHaveDuplicates()
                .contains(new GuardDifference(
                        "5",
                        "ValidatingAdmissionPolicy bulkhead-priority",
                        "ConfigMap bulkhead-guards does not hold it"))
                .noneMatch(d -> d.object().endsWith("bulkhead-images"));
        assertThat(api.requests()).containsExactly(TEXTS, POLICY, BINDING);
    }

    @Test
    void one_that_was_changed_and_one_that_is_gone_are_named() {
        api.answer(TEXTS, 200, texts(WRITTEN));
        api.answer(POLICY, 200, found("ValidatingAdmissionPolicy", "{\"failurePolicy\":\"Ignore\"}"));

        assertThat(contents.compare().differences())
                .contains(
                        new GuardDifference("11", "ValidatingAdmissionPolicy bulkhead-images", "its spec was changed"),
                        new GuardDifference("11", "ValidatingAdmissionPolicyBinding bulkhead-images", "was deleted"));
    }

    @Test
    void without_the_texts_or_an_answer_nothing_is_said() {
        assertThatThrownBy(contents::compare)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ConfigMap bulkhead-guards is missing; run helm upgrade");

        api.answer(TEXTS, 200, texts(WRITTEN_BINDING));
        api.refuse(BINDING, 403, "forbidden");

        assertThatThrownBy(contents::compare).isInstanceOf(KubernetesClientException.class);
    }

    private static ConfigMap texts(String text) {
        return new ConfigMapBuilder().addToData("11-images.yaml", text).build();
    }

    private static Object found(String kind, String spec) {
        return ScriptedApi.json("""
                {"apiVersion":"admissionregistration.k8s.io/v1","kind":"%s","metadata":{"name":"bulkhead-images",
                "resourceVersion":"7","labels":{"bulkhead.dev/guard":"11"}},"spec":%s}""".formatted(kind, spec));
    }
}
