package dev.bulkhead.operator.validate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What a profile may demand of a field, scale by scale. */
class ScaleTest {
    @Test
    void a_need_for_protection_can_be_bounded_from_above() {
        assertThat(Scale.LEVEL.atMost("normal", "high")).isTrue();
        assertThat(Scale.LEVEL.atMost("high", "high")).isTrue();
        assertThat(Scale.LEVEL.atMost("high", "normal")).isFalse();
    }

    @Test
    void amounts_are_chosen_by_value_whatever_their_notation() {
        assertThat(Scale.QUANTITY.allows("1", List.of("500m", "1000m"))).isTrue();
        assertThat(Scale.QUANTITY.allows("2", List.of("500m", "1000m"))).isFalse();
        assertThat(Scale.COUNT.allows("3", List.of("1", "3"))).isTrue();
        assertThat(Scale.COUNT.allows("2", List.of("1", "3"))).isFalse();
    }

    @Test
    void only_a_duration_can_be_unlimited() {
        assertThat(Scale.DURATION.readableChoice("unlimited")).isTrue();
        assertThat(Scale.DURATION.readableChoice("for ever")).isFalse();
        assertThat(Scale.COUNT.readableChoice("unlimited")).isFalse();
    }

    @Test
    void there_are_ports_up_to_65535_and_ranges_that_rise() {
        assertThat(Scale.PORTS.readable("65535")).isTrue();
        assertThat(Scale.PORTS.readable("65536")).isFalse();
        assertThat(Scale.PORTS.readable("443-443")).isTrue();
        assertThat(Scale.PORTS.readable("444-443")).isFalse();
        assertThat(Scale.PORTS.allows("65535", List.of("1024-65535"))).isTrue();
    }
}
