package dev.bulkhead.operator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.Tombstone;
import dev.bulkhead.api.v1beta1.TombstoneStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway") // nothing of what closes may be reached
class TombstoneReconcilerTest {
    @Test
    void a_tombstone_that_is_none_of_a_tenants_is_left_alone() {
        Tombstone foreign = new Tombstone();
        foreign.setMetadata(new ObjectMetaBuilder().withName("foo").build());
        foreign.setStatus(new TombstoneStatus(
                "acme",
                TombstoneStatus.TombstonePhase.Closing,
                null,
                null,
                null,
                List.of(),
                null,
                null,
                "1",
                List.of()));
        TombstoneReconciler reconciler =
                new TombstoneReconciler(new TenantClosing(null, null), (_, _) -> false, Duration.ofMinutes(1), _ -> {});

        assertThat(reconciler.reconcile(foreign, null).isNoUpdate()).isTrue();
    }
}
