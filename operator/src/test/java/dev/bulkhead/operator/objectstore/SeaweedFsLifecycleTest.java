package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SeaweedFsLifecycleTest {
    private static final Instant NOW = Instant.parse("2026-11-30T01:00:00Z");
    private static final Instant LONG_AGO = NOW.minus(Duration.ofDays(90));

    @Test
    void a_worker_that_makes_a_pass_a_day_runs_and_one_that_missed_two_does_not() {
        assertThat(SeaweedFsLifecycle.of(NOW.minus(Duration.ofHours(25)), LONG_AGO, NOW))
                .isEqualTo(SeaweedFsLifecycle.Runs);
        assertThat(SeaweedFsLifecycle.of(NOW.minus(Duration.ofDays(2)), LONG_AGO, NOW))
                .isEqualTo(SeaweedFsLifecycle.Lacking);
    }

    @Test
    void a_clock_of_the_server_that_is_ahead_takes_nothing_back() {
        assertThat(SeaweedFsLifecycle.of(NOW.plus(Duration.ofMinutes(5)), LONG_AGO, NOW))
                .isEqualTo(SeaweedFsLifecycle.Runs);
    }

    /** Whether it was made already is not told: the status of a store would change some minutes after its start. */
    @Test
    void a_new_server_has_two_days_to_make_its_first_pass() {
        assertThat(SeaweedFsLifecycle.of(null, null, NOW)).isEqualTo(SeaweedFsLifecycle.Runs);
        assertThat(SeaweedFsLifecycle.of(null, NOW.minus(Duration.ofHours(47)), NOW))
                .isEqualTo(SeaweedFsLifecycle.Runs);
        assertThat(SeaweedFsLifecycle.of(null, NOW.minus(Duration.ofHours(49)), NOW))
                .isEqualTo(SeaweedFsLifecycle.Lacking);
    }

    @Test
    void what_is_lacking_is_said_of_the_store() {
        assertThat(SeaweedFsLifecycle.Lacking.told().available()).isFalse();
        assertThat(SeaweedFsLifecycle.Runs.told().available()).isTrue();
    }
}
