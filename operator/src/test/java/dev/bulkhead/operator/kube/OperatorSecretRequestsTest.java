package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests to Secrets of the operator's own, of which a key ring must be neither lost nor made twice. */
class OperatorSecretRequestsTest {
    private static final String NAMESPACE = "/api/v1/namespaces/bulkhead-keys";
    private static final String ALL = NAMESPACE + "/secrets";
    private static final String RING = ALL + "/ring";

    private final ScriptedApi api = new ScriptedApi();
    private final OperatorSecrets secrets = new OperatorSecrets(api.client(), "bulkhead-keys");

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_secret_is_read_by_name_and_only_404_says_that_there_is_none() {
        api.answer("GET " + RING, 200, ring("1"));
        api.refuse("GET " + RING, 404, "not found");
        api.cutWithin("GET " + RING, 200, ring("1"));
        api.refuse("GET " + RING, 403, "forbidden");
        api.answer("GET " + NAMESPACE, 200, namespace());

        assertThat(secrets.find("ring")).isPresent();
        assertThat(secrets.find("ring")).isEmpty();
        assertThatThrownBy(() -> secrets.find("ring")).isInstanceOf(KubernetesClientException.class);
        assertThatThrownBy(() -> secrets.find("ring"))
                .isInstanceOf(KubernetesClientException.class)
                .isNotInstanceOf(OperatorSecrets.NoNamespaceException.class);
        assertThat(api.requests()).hasSize(5).startsWith("GET " + RING).endsWith("GET " + RING, "GET " + NAMESPACE);
    }

    /** The API server says only that the operator may not. */
    @Test
    void where_the_namespace_is_gone_that_is_said_and_not_that_there_is_no_secret_or_no_right() {
        api.refuse("GET " + RING, 403, "secrets \"ring\" is forbidden");
        api.refuse("POST " + ALL, 404, "namespaces \"bulkhead-keys\" not found");

        for (ThrowingCallable request :
                List.<ThrowingCallable>of(() -> secrets.find("ring"), () -> secrets.create(ring(null)))) {
            assertThatThrownBy(request)
                    .isInstanceOfSatisfying(
                            OperatorSecrets.NoNamespaceException.class,
                            e -> assertThat(e.finding().text())
                                    .startsWith("Namespace bulkhead-keys: there is no namespace bulkhead-keys")
                                    .contains("'helm upgrade' makes it"));
        }
    }

    private static Namespace namespace() {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("bulkhead-keys")
                .endMetadata()
                .build();
    }

    @Test
    void a_read_that_is_not_answered_is_asked_again_and_never_taken_for_none() {
        api.cutBefore("GET " + RING, 404, ScriptedApi.status(404, "not found"));
        api.answer("GET " + RING, 200, ring("1"));

        assertThat(secrets.find("ring")).isPresent();
    }

    @Test
    void one_is_created_by_a_request_that_cannot_overwrite_and_its_lost_answer_409_is_the_callers_to_look_into() {
        api.refuse("POST " + ALL, 504, "timed out");
        api.refuse("POST " + ALL, 409, "already exists");

        assertThatThrownBy(() -> secrets.create(ring(null)))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));
        assertThat(api.requests()).containsExactly("POST " + ALL, "POST " + ALL);
        assertThat(api.sent().getFirst().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "v1", "kind": "Secret", "type": "bulkhead.dev/key-ring",
                 "metadata": {"name": "ring", "namespace": "bulkhead-keys"}, "data": {"tk.1": "AAAA"}}
                """));
    }

    @Test
    void one_is_replaced_in_the_version_that_was_read_and_never_a_newer_one() {
        api.answer("PUT " + RING, 200, ring("8"));
        api.cutBefore("PUT " + RING, 200, ring("9"));
        api.refuse("PUT " + RING, 409, "modified");

        secrets.replace(ring("7"));
        assertThatThrownBy(() -> secrets.replace(ring("8")))
                .isInstanceOfSatisfying(
                        KubernetesClientException.class,
                        e -> assertThat(e.getCode()).isEqualTo(409));

        assertThat(api.sent())
                .extracting(sent -> sent.body().at("/metadata/resourceVersion").asText())
                .containsExactly("7", "8", "8");
    }

    private static Secret ring(@Nullable String version) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("bulkhead-keys")
                .withName("ring")
                .withResourceVersion(version)
                .endMetadata()
                .withType("bulkhead.dev/key-ring")
                .withData(Map.of("tk.1", "AAAA"))
                .build();
    }
}
