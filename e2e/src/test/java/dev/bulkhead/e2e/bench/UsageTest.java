package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.bulkhead.e2e.bench.Usage.ClockReading;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class UsageTest {
    @Test
    void a_process_is_charged_with_what_it_added_and_one_that_came_later_with_all_of_it() {
        Usage usage = new ClockReading(
                        new TreeMap<>(Map.of("etcd", Duration.ofMillis(1500), "operator", Duration.ofSeconds(9))), 100)
                .until(new ClockReading(
                        new TreeMap<>(Map.of("etcd", Duration.ofMillis(1750), "bench", Duration.ofSeconds(2))), 103));

        assertThat(usage.processorSeconds()).containsExactly(entry("bench", 2.0), entry("etcd", 0.25));
        assertThat(usage.ourSeconds()).isEqualTo(2.25);
        assertThat(usage.otherSeconds()).isCloseTo(0.75, within(1e-9));
    }

    @Test
    void rounding_never_leaves_others_less_than_nothing() {
        Usage usage = new ClockReading(new TreeMap<>(), 100)
                .until(new ClockReading(new TreeMap<>(Map.of("etcd", Duration.ofMillis(1010))), 101));

        assertThat(usage.otherSeconds()).isZero();
    }

    @Test
    void waiting_is_no_work() {
        assertThat(Usage.busySeconds("""
                        cpu  1000 200 300 99999 88888 40 50 77777 0 0
                        cpu0 500 100 150 49999 44444 20 25 38888 0 0
                        """)).isEqualTo(15.9);
    }

    @Test
    void another_form_of_the_file_is_noticed() {
        assertThatIllegalArgumentException().isThrownBy(() -> Usage.busySeconds("intr 1 2 3\n"));
    }
}
