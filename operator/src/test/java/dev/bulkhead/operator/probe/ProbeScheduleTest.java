package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.evidence.Control;
import dev.bulkhead.operator.evidence.ControlProof;
import dev.bulkhead.operator.evidence.ControlProof.RoundFinding;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeScheduleTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final TenantIdentity TENANT = new TenantIdentity("0f8fad5b-d9cb-469f-a165-70867728950e");

    private final ProbeSchedule turns = new ProbeSchedule(Duration.ofMinutes(10));

    @Test
    void a_new_tenant_comes_first() {
        assertThat(turns.of(TENANT)).isEqualTo(Instant.MIN);
    }

    @Test
    void news_is_looked_at_again_soon_and_the_usual_in_its_time() {
        turns.ended(TENANT, found(RoundFinding.Inconclusive), false, NOW);
        assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(60));

        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(60));

        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(600));
    }

    @Test
    void what_was_only_just_changing_is_looked_at_again_at_once_but_not_for_ever() {
        for (int round = 0; round < 6; round++) {
            turns.ended(TENANT, found(RoundFinding.Inconclusive), true, NOW);
            assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(5));
        }
        turns.ended(TENANT, found(RoundFinding.Inconclusive), true, NOW);
        assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(600));

        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        turns.ended(TENANT, found(RoundFinding.Inconclusive), true, NOW);
        assertThat(turns.of(TENANT)).as("after a quiet round").isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void a_round_that_never_ended_is_made_again_soon() {
        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        turns.begun(TENANT, NOW.plusSeconds(600));
        assertThat(turns.of(TENANT)).isEqualTo(NOW.plusSeconds(660));

        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW.plusSeconds(670));
        assertThat(turns.of(TENANT)).as("it found the same").isEqualTo(NOW.plusSeconds(1270));
    }

    @Test
    void a_short_interval_stays_short() {
        ProbeSchedule often = new ProbeSchedule(Duration.ofSeconds(5));
        often.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        assertThat(often.of(TENANT)).isEqualTo(NOW.plusSeconds(5));
    }

    @Test
    void who_is_gone_is_forgotten() {
        turns.ended(TENANT, found(RoundFinding.Proven), false, NOW);
        turns.keep(List.of());
        assertThat(turns.of(TENANT)).isEqualTo(Instant.MIN);
    }

    private static List<ControlProof> found(RoundFinding finding) {
        return List.of(new ControlProof(Control.TI_DB, finding, false, 1, 1, "", NOW, NOW));
    }
}
