package dev.bulkhead.operator.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff();

    @Test
    void a_tenant_that_is_not_through_is_tried_after_half_a_second_and_then_ever_later() {
        List<Long> pauses = IntStream.range(0, 7)
                .mapToObj(_ -> backoff.next("u").toMillis())
                .toList();

        assertThat(pauses).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L);
    }

    @Test
    void however_long_it_takes_it_is_tried_every_half_minute() {
        IntStream.range(0, 200).forEach(_ -> backoff.next("u"));

        assertThat(backoff.next("u")).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void what_tells_nobody_how_it_goes_on_is_looked_at_after_as_long_as_it_is_so() {
        assertThat(Backoff.asLongAgain(Duration.ofSeconds(-3))).isEqualTo(Duration.ofSeconds(5));
        assertThat(Backoff.asLongAgain(Duration.ofSeconds(40))).isEqualTo(Duration.ofSeconds(40));
        assertThat(Backoff.asLongAgain(Duration.ofDays(3))).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void one_that_is_through_begins_anew_and_another_does_not_wait_for_it() {
        backoff.next("u");
        backoff.next("u");
        assertThat(backoff.next("other")).isEqualTo(Duration.ofMillis(500));

        backoff.forget("u");

        assertThat(backoff.next("u")).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.next("other")).isEqualTo(Duration.ofSeconds(1));
    }
}
