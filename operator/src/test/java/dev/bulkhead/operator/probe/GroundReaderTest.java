package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.TenantStatus.Isolation;
import dev.bulkhead.api.v1beta1.TenantStatus.TenantPhase;
import dev.bulkhead.operator.fixture.ProbedTenants;
import dev.bulkhead.operator.fixture.ScriptedApi;
import dev.bulkhead.operator.fixture.SetClock;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a Tenant counts as one that changed a moment ago, by who wrote what of it. */
class GroundReaderTest {
    private static final String LONG_AGO = "2026-11-29T08:00:00Z";
    private static final String JUST_NOW = "2026-11-29T11:59:58Z"; // two seconds before its clock

    private final ScriptedApi api = new ScriptedApi();
    private final SetClock clock = new SetClock();
    private final GroundReader reader = new GroundReader(api.client(), clock);

    @AfterEach
    void stop() {
        api.close();
    }

    @Test
    void who_writes_what_is_asked_for_changes_it() {
        assertThat(spreading(1, writer("f:spec", LONG_AGO, null))).isFalse();
        assertThat(spreading(2, writer("f:spec", JUST_NOW, null))).isTrue();
    }

    @Test
    void annotations_labels_and_status_change_nothing() {
        assertThat(spreading(
                        1,
                        writer("f:spec", LONG_AGO, null),
                        writer("f:metadata", JUST_NOW, null),
                        writer("f:status", JUST_NOW, "status"),
                        writer("f:status", JUST_NOW, null)))
                .isFalse();
    }

    /** The time of who wrote the spec is also that of its last annotation. */
    @Test
    void who_wrote_the_spec_and_keeps_annotating_hides_nothing() {
        assertThat(spreading(1, writer("f:spec", JUST_NOW, null))).isTrue();

        clock.pass(Duration.ofSeconds(10));
        assertThat(spreading(1, writer("f:spec", "2026-11-29T12:00:09Z", null))).isFalse();

        assertThat(spreading(2, writer("f:spec", "2026-11-29T12:00:09Z", null)))
                .as("a change of the spec")
                .isTrue();
    }

    private boolean spreading(long generation, ManagedFieldsEntry... writers) {
        var tenant = ProbedTenants.tenant("acme", TenantPhase.Active, Isolation.Unknown, List.of());
        tenant.getMetadata().setGeneration(generation);
        tenant.getMetadata().setManagedFields(List.of(writers));
        api.answer("GET /apis/bulkhead.dev/v1beta1/tenants/acme", 200, tenant);
        return reader.read(List.of("acme"))
                .spreading(List.of("acme"), clock.instant())
                .isPresent();
    }

    private static ManagedFieldsEntry writer(String field, String time, @Nullable String subresource) {
        return new ManagedFieldsEntryBuilder()
                .withManager("somebody")
                .withTime(Instant.parse(time).toString())
                .withSubresource(subresource)
                .withNewFieldsV1()
                .addToAdditionalProperties(field, Map.of())
                .endFieldsV1()
                .build();
    }
}
