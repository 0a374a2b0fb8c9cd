package dev.bulkhead.operator.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.JobStatus;
import dev.bulkhead.api.v1beta1.JobStatus.JobPhase;
import dev.bulkhead.api.v1beta1.Rotation;
import dev.bulkhead.api.v1beta1.RotationSpec;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RotationOrderTest {
    private static final Rotation FIRST = rotation("b", "2026-11-01T00:00:00Z", null);
    private static final Rotation SECOND = rotation("a", "2026-11-02T00:00:00Z", null);

    @Test
    void of_a_tenant_the_one_that_was_made_first_comes_first() {
        assertThat(RotationOrder.before(FIRST, List.of(SECOND, FIRST))).isEmpty();
        assertThat(RotationOrder.before(SECOND, List.of(SECOND, FIRST))).contains(FIRST);
    }

    @Test
    void what_follows_a_breach_waits_for_nothing_that_was_only_due() {
        Rotation breach = rotation("z", "2026-11-03T00:00:00Z", null);
        breach.setSpec(new RotationSpec("acme", List.of(), true, RotationSpec.Trigger.Breach, null));

        assertThat(RotationOrder.before(breach, List.of(SECOND, FIRST, breach))).isEmpty();
        assertThat(RotationOrder.before(FIRST, List.of(SECOND, FIRST, breach))).contains(breach);
    }

    @Test
    void one_that_is_over_is_waited_for_by_nobody() {
        Rotation over = rotation("b", "2026-11-01T00:00:00Z", "2026-11-01T00:10:00Z");
        assertThat(RotationOrder.before(SECOND, List.of(SECOND, over))).isEmpty();
    }

    @Test
    void one_that_is_over_is_kept_for_a_month_and_ten_of_a_tenant() {
        Rotation over = rotation("b", "2026-11-01T00:00:00Z", "2026-11-01T00:10:00Z");
        List<Rotation> all = new ArrayList<>(List.of(over));
        assertThat(RotationOrder.keptUntil(over, all, false)).isEqualTo("2026-12-01T00:10:00Z");

        for (int i = 0; i < 10; i++) {
            all.add(rotation("n" + i, "2026-11-0" + (i % 9 + 1) + "T01:00:00Z", "2026-11-09T02:00:00Z"));
        }
        assertThat(RotationOrder.keptUntil(over, all, false)).isEqualTo(Instant.EPOCH);
        assertThat(RotationOrder.keptUntil(over, all, true))
                .as("the annotation would have it made again")
                .isEqualTo(Instant.MAX);
    }

    private static Rotation rotation(String name, String made, @Nullable String finished) {
        Rotation rotation = new Rotation();
        rotation.setMetadata(new ObjectMetaBuilder()
                .withName(name)
                .withCreationTimestamp(made)
                .build());
        rotation.setSpec(new RotationSpec("acme", List.of(), false, RotationSpec.Trigger.Person, null));
        if (finished != null) {
            rotation.setStatus(new JobStatus(1L, JobPhase.Succeeded, null, null, null, finished, List.of(), List.of()));
        }
        return rotation;
    }
}
