package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ChangeTimesTest {
    private final ChangeTimes times = new ChangeTimes();

    @Test
    void a_change_takes_from_its_request_to_the_status_of_its_generation() {
        times.written("a", 1, 0);
        assertThat(times.written("a", 2, 1_000)).isTrue();

        times.seen("a", 1, 3_000);
        assertThat(times.waiting()).isEqualTo(1);
        times.seen("a", 2, 5_000);

        assertThat(times.times()).containsExactly(Duration.ofNanos(4_000));
        assertThat(times.waiting()).isZero();
    }

    @Test
    void what_was_there_already_is_no_change() {
        assertThat(times.written("a", 4, 0)).isFalse();
        assertThat(times.written("a", 4, 0)).isFalse();
        assertThat(times.waiting()).isZero();
    }

    @Test
    void a_status_that_skips_a_generation_is_of_both() {
        times.written("a", 1, 0);
        times.written("a", 2, 1_000);
        times.written("a", 3, 2_000);

        times.seen("a", 3, 4_000);

        assertThat(times.times()).containsExactlyInAnyOrder(Duration.ofNanos(3_000), Duration.ofNanos(2_000));
    }

    @Test
    void a_status_that_is_seen_before_the_answer_counts() {
        times.written("a", 1, 0);
        times.seen("a", 2, 2_500);

        times.written("a", 2, 1_000);

        assertThat(times.times()).containsExactly(Duration.ofNanos(1_500));
    }

    @Test
    void tenants_do_not_answer_for_each_other() {
        times.written("a", 1, 0);
        times.written("a", 2, 0);

        times.seen("b", 2, 1_000);

        assertThat(times.waiting()).isEqualTo(1);
    }
}
