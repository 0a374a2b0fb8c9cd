package dev.bulkhead.operator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneSpec;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import dev.bulkhead.api.v1beta1.TombstoneStatus.TombstonePhase;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.identity.TenantIdentity;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact requests that a Tombstone costs, and what becomes of each answer that an API server can give. */
class TombstoneRequestsTest {
    private static final TenantIdentity IDENTITY = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");
    private static final String TOMBSTONES = "/apis/bulkhead.dev/v1beta1/tombstones";
    private static final String TOMBSTONE = TOMBSTONES + "/" + IDENTITY;
    private static final String REPORT = "PATCH " + TOMBSTONE + "/status?fieldManager=bulkhead&force=true";
    private static final TombstoneSpec ON_HOLD = new TombstoneSpec(null, true);

    private final ScriptedApi api = new ScriptedApi();
    private final Tombstones tombstones = new Tombstones(api.client());

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_tombstone_is_created_and_then_says_what_remains() {
        api.answer("POST " + TOMBSTONES, 201, tombstone(null));
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Closing)));

        tombstones.put(IDENTITY, status(TombstonePhase.Closing));

        assertThat(api.requests()).containsExactly("POST " + TOMBSTONES, REPORT);
        assertThat(api.sent().getFirst().body().at("/metadata/name").asText()).isEqualTo(IDENTITY.value());
        assertThat(api.sent().getLast().contentType()).isEqualTo("application/apply-patch+yaml");
        assertThat(api.sent().getLast().body()).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "bulkhead.dev/v1beta1", "kind": "Tombstone",
                 "metadata": {"name": "0f8fad5b-d9cb-469f-a165-70867728950e"},
                 "status": {"tenant": "acme", "phase": "Closing", "namespaces": ["acme--web"], "openDebts": "0"}}
                """));
    }

    @Test
    void what_a_person_decided_about_one_that_is_there_stays() {
        api.refuse("POST " + TOMBSTONES, 409, "already exists");
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Closing)));

        tombstones.put(IDENTITY, status(TombstonePhase.Closing));

        assertThat(api.requests()).containsExactly("POST " + TOMBSTONES, REPORT);
        assertThat(api.sent().getLast().body().has("spec")).isFalse();
    }

    @Test
    void a_tombstone_whose_answer_504_came_after_it_was_made_is_reported_on_all_the_same() {
        api.refuse("POST " + TOMBSTONES, 504, "timed out");
        api.refuse("POST " + TOMBSTONES, 409, "already exists");
        api.cutBefore(REPORT, 200, tombstone(status(TombstonePhase.Closing)));
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Closing)));

        tombstones.put(IDENTITY, status(TombstonePhase.Closing));

        assertThat(api.requests()).containsExactly("POST " + TOMBSTONES, "POST " + TOMBSTONES, REPORT, REPORT);
    }

    @Test
    void nothing_is_reported_where_nothing_could_be_made() {
        api.refuseAlways("POST " + TOMBSTONES, 500, "etcd");

        assertThatThrownBy(() -> tombstones.put(IDENTITY, status(TombstonePhase.Closing)))
                .isInstanceOf(KubernetesClientException.class);
        assertThat(api.requests()).doesNotContain(REPORT);
    }

    @Test
    void a_tombstone_that_is_missing_is_none_and_one_that_could_not_be_read_is_not_missing() {
        api.answer("GET " + TOMBSTONE, 404, ScriptedApi.status(404, "not found"));
        api.cutWithin("GET " + TOMBSTONE, 200, tombstone(status(TombstonePhase.Retained)));

        assertThat(tombstones.find(IDENTITY)).isEmpty();
        assertThatThrownBy(() -> tombstones.find(IDENTITY)).isInstanceOf(KubernetesClientException.class);
    }

    @Test
    void one_from_another_cluster_comes_with_what_was_decided_there() {
        api.refuse("GET " + TOMBSTONE, 404, "not found");
        api.answer("POST " + TOMBSTONES, 201, tombstone(null));
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Retained)));

        assertThat(tombstones.bring(IDENTITY, ON_HOLD, status(TombstonePhase.Retained)))
                .isTrue();

        assertThat(api.requests()).containsExactly("GET " + TOMBSTONE, "POST " + TOMBSTONES, REPORT);
        assertThat(api.sent().get(1).body().path("spec")).isEqualTo(ScriptedApi.json("{\"legalHold\": true}"));
    }

    @Test
    void one_that_is_here_and_says_something_is_not_written_over() {
        api.answer("GET " + TOMBSTONE, 200, tombstone(status(TombstonePhase.Adopted)));

        assertThat(tombstones.bring(IDENTITY, null, status(TombstonePhase.Retained)))
                .isFalse();
        assertThat(api.requests()).containsExactly("GET " + TOMBSTONE);
    }

    @Test
    void one_that_was_brought_in_by_half_is_completed() {
        api.answer("GET " + TOMBSTONE, 200, tombstone(null));
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Retained)));

        assertThat(tombstones.bring(IDENTITY, ON_HOLD, status(TombstonePhase.Retained)))
                .isTrue();
        assertThat(api.requests()).containsExactly("GET " + TOMBSTONE, REPORT);
    }

    @Test
    void one_whose_answer_504_came_after_it_was_made_is_completed() {
        api.refuse("GET " + TOMBSTONE, 404, "not found");
        api.refuse("POST " + TOMBSTONES, 504, "timed out");
        api.refuse("POST " + TOMBSTONES, 409, "already exists");
        api.answer("GET " + TOMBSTONE, 200, tombstone(null));
        api.answer(REPORT, 200, tombstone(status(TombstonePhase.Retained)));

        assertThat(tombstones.bring(IDENTITY, ON_HOLD, status(TombstonePhase.Retained)))
                .isTrue();
        assertThat(api.requests())
                .containsExactly(
                        "GET " + TOMBSTONE, "POST " + TOMBSTONES, "POST " + TOMBSTONES, "GET " + TOMBSTONE, REPORT);
    }

    @Test
    void one_that_another_set_meanwhile_is_not_written_over() {
        api.refuse("GET " + TOMBSTONE, 404, "not found");
        api.refuse("POST " + TOMBSTONES, 409, "already exists");
        api.answer("GET " + TOMBSTONE, 200, tombstone(status(TombstonePhase.Closing)));

        assertThat(tombstones.bring(IDENTITY, ON_HOLD, status(TombstonePhase.Retained)))
                .isFalse();
        assertThat(api.requests()).containsExactly("GET " + TOMBSTONE, "POST " + TOMBSTONES, "GET " + TOMBSTONE);
    }

    private static Tombstone tombstone(@Nullable TombstoneStatus status) {
        Tombstone tombstone = new Tombstone();
        tombstone.setMetadata(new ObjectMetaBuilder().withName(IDENTITY.value()).build());
        tombstone.setSpec(new TombstoneSpec(null, null));
        if (status != null) {
            tombstone.setStatus(status);
        }
        return tombstone;
    }

    private static TombstoneStatus status(TombstonePhase phase) {
        return new TombstoneStatus("acme", phase, null, null, null, List.of("acme--web"), null, null, "0", List.of());
    }
}
