package dev.bulkhead.operator.guard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bulkhead.operator.fixture.ScriptedApi;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact request that a warning about a guard costs. */
class GuardEventRequestsTest {
    private static final String EVENTS = "POST /apis/events.k8s.io/v1/namespaces/default/events";
    private static final GuardText GUARD = new GuardText("3", "ValidatingAdmissionPolicy", "bulkhead-pods", (ObjectNode)
            ScriptedApi.json("{\"kind\": \"ValidatingAdmissionPolicy\"}"));

    private final ScriptedApi api = new ScriptedApi();
    private final GuardEvents events = new GuardEvents(
            api.client(), Clock.fixed(Instant.parse("2026-11-29T09:12:03Z"), ZoneOffset.UTC), "bulkhead-1");

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void a_warning_is_one_event_about_the_object_whatever_becomes_of_its_first_answer() {
        api.cutBefore(EVENTS, 201, "{}");
        api.refuse(EVENTS, 504, "timed out");
        api.refuse(EVENTS, 409, "already exists");

        events.publish(GUARD, "GuardChanged", "its spec was changed");

        assertThat(api.requests()).containsExactly(EVENTS, EVENTS, EVENTS);
        assertThat(api.sent().getFirst().body()).isEqualTo(api.sent().getLast().body());
        ObjectNode sent = (ObjectNode) api.sent().getFirst().body();
        assertThat(((ObjectNode) sent.path("metadata")).remove("name").asText()).startsWith("bulkhead-pods-");
        assertThat(sent).isEqualTo(ScriptedApi.json("""
                {"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"namespace": "default"},
                 "eventTime": "2026-11-29T09:12:03.000000Z", "type": "Warning", "reason": "GuardChanged",
                 "action": "KeepGuards", "note": "its spec was changed",
                 "reportingController": "bulkhead.dev/operator", "reportingInstance": "bulkhead-1",
                 "regarding": {"apiVersion": "admissionregistration.k8s.io/v1",
                               "kind": "ValidatingAdmissionPolicy", "name": "bulkhead-pods"}}
                """));
    }
}
