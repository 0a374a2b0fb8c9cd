package dev.bulkhead.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact request that an Event costs, and that none holds anything up. */
class TenantEventRequestsTest {
    private static final String EVENTS = "POST /apis/events.k8s.io/v1/namespaces/default/events";

    private final ScriptedApi api = new ScriptedApi();
    private final TenantEvents events = new TenantEvents(
            api.client(), Clock.fixed(Instant.parse("2026-11-29T09:12:03Z"), ZoneOffset.UTC), "bulkhead-1");

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_change_of_state_is_one_event_about_the_tenant() {
        api.answer(EVENTS, 201, "{}");

        events.publish(tenant(), true, "DatabaseGone", "schema t_1 is not there");

        assertThat(api.requests()).containsExactly(EVENTS);
        JsonNode sent = api.sent().getFirst().body();
        String name = ((ObjectNode) sent.path("metadata")).remove("name").asText();
        assertThat(name).matches("acme-[0-9a-f-]{36}");
        assertThat(sent).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"namespace": "default"},
                 "eventTime": "2026-11-29T09:12:03.000000Z", "type": "Warning", "reason": "DatabaseGone",
                 "action": "Reconcile", "note": "schema t_1 is not there",
                 "reportingController": "bulkhead.dev/operator", "reportingInstance": "bulkhead-1",
                 "regarding": {"apiVersion": "bulkhead.dev/v1beta1", "kind": "Tenant", "name": "acme", "uid": "u-1"}}
                """));
    }

    @Test
    void two_changes_at_the_same_moment_are_two_events() {
        api.answer(EVENTS, 201, "{}");
        api.answer(EVENTS, 201, "{}");

        events.publish(tenant(), false, "Suspended", "");
        events.publish(tenant(), false, "Suspended", "");

        assertThat(api.sent().getFirst().body().at("/metadata/name"))
                .isNotEqualTo(api.sent().getLast().body().at("/metadata/name"));
    }

    @Test
    void an_event_whose_answer_504_came_after_it_was_made_is_not_made_twice() {
        api.refuse(EVENTS, 504, "timed out");
        api.refuse(EVENTS, 409, "already exists");

        events.publish(tenant(), false, "Suspended", "");

        assertThat(api.requests()).containsExactly(EVENTS, EVENTS);
        assertThat(api.sent().getFirst().body()).isEqualTo(api.sent().getLast().body());
    }

    @Test
    void an_event_whose_connection_ends_before_the_answer_is_not_made_twice() {
        api.cutBefore(EVENTS, 201, "{}");
        api.refuse(EVENTS, 409, "already exists");

        events.publish(tenant(), false, "Suspended", "");

        assertThat(api.requests()).containsExactly(EVENTS, EVENTS);
        assertThat(api.sent().getFirst().body()).isEqualTo(api.sent().getLast().body());
    }

    @Test
    void a_refusal_holds_nothing_up() {
        api.refuse(EVENTS, 403, "exceeded quota");
        events.publish(tenant(), false, "Suspended", "");
        api.cutWithin(EVENTS, 201, "{\"kind\": \"Event\"}");
        events.publish(tenant(), false, "Suspended", "");

        assertThat(api.requests()).containsExactly(EVENTS, EVENTS);
    }

    @Test
    void a_note_is_cut_to_what_the_api_server_takes() {
        api.answer(EVENTS, 201, "{}");

        events.publish(tenant(), false, "Suspended", "x".repeat(3_000));

        assertThat(api.sent().getFirst().body().path("note").asText()).hasSize(1_002);
    }

    private static Tenant tenant() {
        Tenant tenant = new Tenant();
        tenant.setMetadata(
                new ObjectMetaBuilder().withName("acme").withUid("u-1").build());
        return tenant;
    }
}
