package dev.bulkhead.operator.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
    private long nanos = 5_000;
    private final Heartbeat beat = new Heartbeat("work", Duration.ofMinutes(5), () -> nanos);

    @Test
    void what_does_not_come_by_any_more_hangs() {
        nanos += Duration.ofMinutes(5).toNanos();
        assertThat(beat.alive()).isTrue();

        nanos += 1;

        assertThat(beat.alive()).isFalse();
        beat.beat();
        assertThat(beat.alive()).isTrue();
    }

    /** A server that is away is no reason for another process. */
    @Test
    void work_that_fails_comes_by_as_well() {
        nanos += Duration.ofMinutes(6).toNanos();
        Runnable failing = beat.after(() -> {
            throw new IllegalStateException("refused");
        });

        assertThatThrownBy(failing::run).hasMessage("refused");

        assertThat(beat.alive()).isTrue();
    }
}
