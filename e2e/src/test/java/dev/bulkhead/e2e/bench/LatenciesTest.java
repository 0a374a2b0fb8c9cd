package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void half_of_the_tenants_took_no_longer_than_p50_and_all_but_one_of_a_hundred_no_longer_than_p99() {
        assertThat(Latencies.of(millis(100))).isEqualTo(new Latencies(100, 50, 99, 100));
    }

    @Test
    void with_two_hundred_the_two_slowest_are_beyond_p99() {
        assertThat(Latencies.of(millis(200))).isEqualTo(new Latencies(200, 100, 198, 200));
    }

    @Test
    void with_fewer_than_a_hundred_p99_is_the_slowest() {
        assertThat(Latencies.of(millis(20))).isEqualTo(new Latencies(20, 10, 20, 20));
        assertThat(Latencies.of(millis(1))).isEqualTo(new Latencies(1, 1, 1, 1));
    }

    @Test
    void an_odd_number_has_a_middle() {
        assertThat(Latencies.of(millis(3)).p50Millis()).isEqualTo(2);
    }

    @Test
    void the_order_in_which_they_were_measured_does_not_matter() {
        List<Duration> shuffled = new ArrayList<>(millis(101));
        Collections.shuffle(shuffled, new Random(7));

        assertThat(Latencies.of(shuffled)).isEqualTo(Latencies.of(millis(101)));
    }

    @Test
    void nothing_measured_is_no_figure() {
        assertThatIllegalArgumentException().isThrownBy(() -> Latencies.of(List.of()));
    }

    private static List<Duration> millis(int upTo) {
        return IntStream.rangeClosed(1, upTo).mapToObj(Duration::ofMillis).toList();
    }
}
