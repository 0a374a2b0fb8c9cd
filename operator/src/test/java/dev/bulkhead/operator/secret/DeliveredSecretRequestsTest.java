package dev.bulkhead.operator.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.identity.Marks;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.outcome.Outcome;
import dev.bulkhead.operator.outcome.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests that a delivered Secret costs, and what becomes of each answer that an API server can give. */
class DeliveredSecretRequestsTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final TenantIdentity OTHER = new TenantIdentity("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final String SECRETS = "/api/v1/namespaces/acme--web/secrets";
    private static final String SECRET = SECRETS + "/bulkhead-database";

    private final ScriptedApi api = new ScriptedApi();
    private final DeliveredSecrets secrets = new DeliveredSecrets(api.client());

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void what_is_missing_is_created_as_planned() {
        api.refuse("GET " + SECRET, 404, "not found");
        api.answer("POST " + SECRETS, 201, secret(IDENTITY, "bmV3", "1"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("GET " + SECRET, "POST " + SECRETS);
        assertThat(api.sent().getLast().contentType()).isEqualTo("application/json");
        assertThat(api.sent().getLast().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "v1", "kind": "Secret", "type": "Opaque",
                 "metadata": {"name": "bulkhead-database", "namespace": "acme--web", "labels": {
                   "bulkhead.dev/owned": "true", "bulkhead.dev/tenant": "acme",
                   "bulkhead.dev/identity": "0f8fad5b-d9cb-469f-a165-70867728950e"}},
                 "data": {"password": "bmV3"}}
                """));
    }

    @Test
    void what_is_as_planned_is_read_and_not_written() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "1"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + SECRET);
    }

    @Test
    void a_secret_that_another_changed_meanwhile_is_read_again() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "1"));
        api.refuse("PUT " + SECRET, 409, "modified");
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "2"));
        api.answer("PUT " + SECRET, 200, secret(IDENTITY, "bmV3", "3"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("GET " + SECRET, "PUT " + SECRET, "GET " + SECRET, "PUT " + SECRET);
        assertThat(version(1)).isEqualTo("1");
        assertThat(version(3)).isEqualTo("2");
    }

    @Test
    void a_secret_that_became_anothers_meanwhile_is_left_as_it_is() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "1"));
        api.refuse("PUT " + SECRET, 409, "modified");
        api.answer("GET " + SECRET, 200, secret(OTHER, "b2xk", "2"));

        assertThat(reason(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)))
                .isEqualTo(Reason.Conflict);
        assertThat(api.requests()).containsExactly("GET " + SECRET, "PUT " + SECRET, "GET " + SECRET);
    }

    @Test
    void what_was_frozen_is_made_anew_in_place_of_the_version_that_was_read() {
        Secret frozen = new SecretBuilder(secret(IDENTITY, "b2xk", "7"))
                .withImmutable(true)
                .build();
        api.answer("GET " + SECRET, 200, frozen);
        api.answer("DELETE " + SECRET, 200, ScriptedApi.status(200, "deleted"));
        api.answer("POST " + SECRETS, 201, secret(IDENTITY, "bmV3", "9"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("GET " + SECRET, "DELETE " + SECRET, "POST " + SECRETS);
        assertThat(deletedVersion(1)).isEqualTo("7");
    }

    @Test
    void what_was_frozen_and_became_anothers_meanwhile_is_not_deleted() {
        Secret frozen = new SecretBuilder(secret(IDENTITY, "b2xk", "7"))
                .withImmutable(true)
                .build();
        api.answer("GET " + SECRET, 200, frozen);
        api.refuse("DELETE " + SECRET, 409, "the resource version does not match");
        api.answer("GET " + SECRET, 200, secret(OTHER, "b2xk", "8"));

        assertThat(reason(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)))
                .isEqualTo(Reason.Conflict);
        assertThat(api.requests()).containsExactly("GET " + SECRET, "DELETE " + SECRET, "GET " + SECRET);
    }

    @Test
    void only_the_version_that_was_read_is_deleted() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "7"));
        api.answer("DELETE " + SECRET, 200, ScriptedApi.status(200, "deleted"));

        assertThat(secrets.delete("acme--web", "bulkhead-database", IDENTITY)).isEqualTo(new Outcome.Done(1));

        assertThat(api.requests()).containsExactly("GET " + SECRET, "DELETE " + SECRET);
        assertThat(deletedVersion(1)).isEqualTo("7");
    }

    @Test
    void what_became_of_another_meanwhile_is_not_deleted() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "7"));
        api.refuse("DELETE " + SECRET, 409, "the resource version does not match");
        api.answer("GET " + SECRET, 200, secret(OTHER, "b2xk", "8"));

        assertThat(secrets.delete("acme--web", "bulkhead-database", IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + SECRET, "DELETE " + SECRET, "GET " + SECRET);
    }

    @Test
    void what_was_changed_meanwhile_and_is_ours_is_deleted_in_the_version_it_has_now() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "7"));
        api.refuse("DELETE " + SECRET, 409, "the resource version does not match");
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "8"));
        api.answer("DELETE " + SECRET, 200, ScriptedApi.status(200, "deleted"));

        assertThat(secrets.delete("acme--web", "bulkhead-database", IDENTITY)).isEqualTo(new Outcome.Done(1));
        assertThat(deletedVersion(3)).isEqualTo("8");
    }

    @Test
    void a_secret_whose_answer_504_came_after_it_was_made_is_not_made_again() {
        api.refuse("GET " + SECRET, 404, "not found");
        api.refuse("POST " + SECRETS, 504, "timed out");
        api.refuse("POST " + SECRETS, 409, "already exists");
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "1"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests())
                .containsExactly("GET " + SECRET, "POST " + SECRETS, "POST " + SECRETS, "GET " + SECRET);
    }

    @Test
    void a_connection_that_ends_before_the_answer_writes_nothing_twice() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "1"));
        api.cutBefore("PUT " + SECRET, 200, secret(IDENTITY, "bmV3", "2"));
        api.refuse("PUT " + SECRET, 409, "modified");
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "2"));

        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + SECRET, "PUT " + SECRET, "PUT " + SECRET, "GET " + SECRET);
    }

    @Test
    void an_answer_that_breaks_off_is_waited_for_and_found_done_at_the_next_look() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "b2xk", "1"));
        api.cutWithin("PUT " + SECRET, 200, secret(IDENTITY, "bmV3", "2"));
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "2"));

        assertThat(reason(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)))
                .isEqualTo(Reason.KubernetesUnavailable);
        assertThat(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)).isEqualTo(Outcome.unchanged());
        assertThat(api.requests()).containsExactly("GET " + SECRET, "PUT " + SECRET, "GET " + SECRET);
    }

    @Test
    void a_read_that_breaks_off_is_not_taken_for_a_secret_that_is_missing() {
        api.cutWithin("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "1"));

        assertThat(reason(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)))
                .isEqualTo(Reason.KubernetesUnavailable);
        assertThat(api.requests()).containsExactly("GET " + SECRET);
    }

    @Test
    void an_error_500_that_stays_is_nobodys_fault_but_the_servers() {
        api.refuseAlways("GET " + SECRET, 500, "etcd");

        assertThat(reason(secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY)))
                .isEqualTo(Reason.KubernetesUnavailable);
        assertThat(reason(secrets.delete("acme--web", "bulkhead-database", IDENTITY)))
                .isEqualTo(Reason.KubernetesUnavailable);
    }

    @Test
    void what_the_api_server_finds_invalid_422_is_said_in_its_words_and_not_tried_again() {
        api.refuse("GET " + SECRET, 404, "not found");
        api.refuse("POST " + SECRETS, 422, "metadata.name: Invalid value");

        Outcome outcome = secrets.apply(secret(IDENTITY, "bmV3", null), IDENTITY);

        assertThat(reason(outcome)).isEqualTo(Reason.KubernetesRefused);
        assertThat(outcome.findings().getFirst().text())
                .isEqualTo("Secret acme--web/bulkhead-database: metadata.name: Invalid value");
        assertThat(api.requests()).containsExactly("GET " + SECRET, "POST " + SECRETS);
    }

    @Test
    void data_is_read_from_a_secret_of_the_tenants_own_only() {
        api.answer("GET " + SECRET, 200, secret(IDENTITY, "bmV3", "1"));
        api.answer("GET " + SECRET, 200, secret(OTHER, "bmV3", "1"));

        assertThat(secrets.find("acme--web", "bulkhead-database", IDENTITY))
                .containsExactlyEntriesOf(Map.of("password", "new".getBytes(StandardCharsets.US_ASCII)));
        assertThat(secrets.find("acme--web", "bulkhead-database", IDENTITY)).isEmpty();
    }

    private String version(int request) {
        return body(request, "/metadata/resourceVersion");
    }

    private String deletedVersion(int request) {
        return body(request, "/preconditions/resourceVersion");
    }

    private String body(int request, String pointer) {
        return api.sent().get(request).body().at(pointer).asText();
    }

    private static Reason reason(Outcome outcome) {
        return outcome.findings().getFirst().reason();
    }

    private static Secret secret(TenantIdentity identity, String value, @Nullable String version) {
        return new SecretBuilder()
                .withNewMetadata()
                .withNamespace("acme--web")
                .withName("bulkhead-database")
                .withLabels(Marks.of("acme", identity))
                .withResourceVersion(version)
                .endMetadata()
                .withType("Opaque")
                .withData(Map.of("password", value))
                .build();
    }
}
