package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A round against an API server that answers nothing is long, and no reason to take the process for one that hangs. */
class GuardRoundRequestsTest {
    private static final String TEXTS = "GET /api/v1/namespaces/bulkhead-system/configmaps/bulkhead-guards";
    private static final String WRITTEN = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { failurePolicy: Fail }
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: { name: bulkhead-images, labels: { bulkhead.dev/guard: "11" } }
            spec: { policyName: bulkhead-images, validationActions: [Deny] }
            """;

    private final ScriptedApi api = new ScriptedApi();

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void it_says_that_it_goes_on_after_each_object() {
        api.answer(
                TEXTS,
                200,
                new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName("bulkhead-guards")
                        .endMetadata()
                        .addToData("11.yaml", WRITTEN)
                        .build());
        api.refuseAlways(
                "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/bulkhead-images", 503, "away");
        api.refuseAlways(
                "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/bulkhead-images",
                503,
                "away");
        GuardKeeper keeper = new GuardKeeper(api.client(), "bulkhead-system", Clock.systemUTC(), "test");
        List<Integer> beats = new ArrayList<>();

        keeper.round(() -> beats.add(api.requests().size()));

        // The texts, and each object three times.
        assertThat(beats).containsExactly(4, 7);
        assertThat(keeper.state().intact()).isFalse();
    }
}
