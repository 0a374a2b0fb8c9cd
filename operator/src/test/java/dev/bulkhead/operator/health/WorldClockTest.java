package dev.bulkhead.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tenant;
import dev.bulkhead.operator.fixture.ScriptedApi;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is made of what the API server counts. */
class WorldClockTest {
    private static final String LIST = "GET /apis/bulkhead.dev/v1beta1/tenants?limit=1";

    private final ScriptedApi api = new ScriptedApi();
    private final List<String> told = new ArrayList<>();
    private final List<Tenant> cached = new ArrayList<>();
    private final WorldClock clock = new WorldClock(api.client(), cached::stream, () -> told.add("back"));

    @AfterEach
    void stop() {
        clock.close();
        api.close();
    }

    @Test
    void a_cluster_that_counts_on_or_stands_still_is_the_same() {
        look("1041");
        look("1041");
        look("9007199254740993");

        assertThat(told).isEmpty();
        assertThat(api.requests()).containsOnly(LIST);
    }

    @Test
    void one_that_counted_further_before_went_back_which_is_told_once() {
        look("1041");
        look("998");
        look("997");

        assertThat(told).containsExactly("back");
    }

    /** Between two looks it counted on, and went back to where it was. */
    @Test
    void what_a_cache_has_seen_counts_as_well() {
        look("1041");
        Tenant tenant = new Tenant();
        tenant.getMetadata().setResourceVersion("1300");
        cached.add(tenant);
        look("1301");
        assertThat(told).isEmpty();

        tenant.getMetadata().setResourceVersion("1400");
        look("1350");

        assertThat(told).containsExactly("back");
    }

    @Test
    void what_cannot_be_asked_or_does_not_count_says_nothing() {
        look("1041");
        Status down = new StatusBuilder()
                .withCode(503)
                .withReason("ServiceUnavailable")
                .build();
        for (int tries = 0; tries < 3; tries++) {
            api.answer(LIST, 503, down);
        }
        clock.look();
        look("");
        look("not a number");

        assertThat(told).isEmpty();
        look("1040");
        assertThat(told).as("it is remembered meanwhile").containsExactly("back");
    }

    private void look(String version) {
        api.answer(
                LIST,
                200,
                Map.of(
                        "apiVersion",
                        "bulkhead.dev/v1beta1",
                        "kind",
                        "TenantList",
                        "metadata",
                        Map.of("resourceVersion", version),
                        "items",
                        List.of()));
        clock.look();
    }
}
