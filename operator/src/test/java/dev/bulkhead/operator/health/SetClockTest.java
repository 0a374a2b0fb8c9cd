package dev.bulkhead.operator.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SetClockTest {
    private static final Duration DAY = Duration.ofDays(1);

    private Instant set = Instant.parse("2026-11-30T12:00:00Z");
    private long steady = -7; // as nanoTime, which begins anywhere
    private final SetClock clock = new SetClock(() -> set, () -> steady);

    @Test
    void time_that_goes_by_is_no_step() {
        goBy(Duration.ofDays(400));

        assertThat(clock.step()).isZero();
    }

    @Test
    void a_clock_that_is_set_back_or_forward_is_one_and_stays_one() {
        goBy(DAY);
        set = set.minus(DAY.multipliedBy(2));
        assertThat(clock.step()).isEqualTo(DAY.multipliedBy(-2));

        goBy(DAY);
        assertThat(clock.step()).isEqualTo(DAY.multipliedBy(-2));

        set = set.plus(DAY.multipliedBy(5));
        assertThat(clock.step()).isEqualTo(DAY.multipliedBy(3));
    }

    @Test
    void a_leap_second_is_none() {
        set = set.plusSeconds(1);

        assertThat(clock.step()).isZero();
    }

    private void goBy(Duration time) {
        set = set.plus(time);
        steady += time.toNanos();
    }
}
