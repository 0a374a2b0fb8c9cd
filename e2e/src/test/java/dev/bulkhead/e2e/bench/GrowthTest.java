package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.e2e.bench.Growth.ReadySample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one more tenant takes, with few and with many there. */
class GrowthTest {
    @Test
    void the_last_hundred_are_compared_with_the_first() {
        List<ReadySample> readings = new ArrayList<>();
        long millis = 1_000;
        for (int ready = 0; ready <= 1_000; ready += 10) {
            readings.add(new ReadySample(ready, millis));
            millis += ready < 500 ? 10 * 20 : 10 * 30;
        }

        assertThat(Growth.of(readings)).isEqualTo(new Growth(100, 20, 30, 1.5));
    }

    @Test
    void with_few_tenants_halves_are_compared() {
        assertThat(Growth.of(List.of(new ReadySample(0, 0), new ReadySample(10, 100), new ReadySample(20, 400))))
                .isEqualTo(new Growth(10, 10, 30, 3));
    }

    @Test
    void one_tenant_shows_no_growth() {
        assertThat(Growth.of(List.of(new ReadySample(0, 0), new ReadySample(0, 5), new ReadySample(1, 9))))
                .isNull();
    }
}
