package dev.bulkhead.operator.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.fixture.SetClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExpiringCacheTest {
    private final SetClock clock = new SetClock();
    private final AtomicInteger readings = new AtomicInteger();

    @Test
    void what_was_read_a_short_while_ago_is_not_read_again() throws InterruptedException {
        ExpiringCache<Integer> recent = new ExpiringCache<>(readings::incrementAndGet, Duration.ofSeconds(20), clock);

        assertThat(recent.read()).isEqualTo(1);
        clock.pass(Duration.ofSeconds(19));
        assertThat(recent.read()).isEqualTo(1);
        clock.pass(Duration.ofSeconds(1));
        assertThat(recent.read()).isEqualTo(2);
    }

    /** So a round that found a guard missing looks again soon, and one that found all in order does not. */
    @Test
    void a_reading_says_itself_how_long_it_keeps() throws InterruptedException {
        ExpiringCache<Integer> recent = new ExpiringCache<>(
                readings::incrementAndGet,
                reading -> reading == 1 ? Duration.ofSeconds(20) : Duration.ofMinutes(5),
                clock);

        assertThat(recent.read()).isEqualTo(1);
        clock.pass(Duration.ofSeconds(20));
        assertThat(recent.read()).isEqualTo(2);
        clock.pass(Duration.ofSeconds(299));
        assertThat(recent.read()).isEqualTo(2);
    }

    /** Proof counts from when it was made, not from when it is said again. */
    @Test
    void it_says_when_it_was_read() throws InterruptedException {
        ExpiringCache<Integer> recent = new ExpiringCache<>(readings::incrementAndGet, Duration.ofSeconds(20), clock);
        Instant first = clock.instant();
        recent.read();

        clock.pass(Duration.ofSeconds(10));
        recent.read();

        assertThat(recent.readAt(clock.instant())).isEqualTo(first);
    }

    /** A tenant that is younger than the picture is not in it. */
    @Test
    void what_was_read_before_a_moment_that_counts_is_read_again_once() throws InterruptedException {
        ExpiringCache<Integer> recent = new ExpiringCache<>(readings::incrementAndGet, Duration.ofSeconds(20), clock);
        recent.read();
        Instant made = clock.instant().plusSeconds(3);
        clock.pass(Duration.ofSeconds(5));

        recent.notBefore(made);
        assertThat(recent.read()).isEqualTo(2);
        recent.notBefore(made);
        recent.notBefore(made.minusSeconds(60));
        assertThat(recent.read()).as("it is in that picture").isEqualTo(2);
    }
}
