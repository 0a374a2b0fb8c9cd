package dev.bulkhead.operator.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.operator.outcome.Look;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LastLooksTest {
    private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final LastLooks looks = new LastLooks(EVERY);

    @Test
    void tenants_hear_once_that_nobody_looks_and_once_that_somebody_does_again() {
        assertThat(looks.ended("db", true, NOW, NOW)).isFalse();
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(60))).isFalse();
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(120))).isFalse();
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(121))).isTrue();
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(180))).isFalse();
        assertThat(looks.ended("db", true, NOW, NOW.plusSeconds(240))).isTrue();
        assertThat(looks.ended("db", true, NOW, NOW.plusSeconds(300))).isFalse();
    }

    @Test
    void tenants_hear_that_nobody_could_look_since_the_process_began() {
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(120))).isFalse();
        assertThat(looks.ended("db", false, NOW, NOW.plusSeconds(121))).isTrue();
        assertThat(looks.ended("db", true, NOW, NOW.plusSeconds(180))).isTrue();
    }

    @Test
    void a_look_that_failed_does_not_count_as_one() {
        looks.ended("db", true, NOW, NOW);
        looks.ended("db", false, NOW, NOW.plusSeconds(60));

        assertThat(looks.of("db")).contains(new Look(NOW, EVERY));
    }

    @Test
    void nothing_is_known_of_a_backend_that_was_never_looked_at_or_is_gone() {
        assertThat(looks.ended("db", false, NOW, NOW)).isFalse();
        assertThat(looks.of("db")).isEmpty();

        looks.ended("db", true, NOW, NOW);
        looks.forget("db");

        assertThat(looks.of("db")).isEmpty();
    }

    @Test
    void two_looks_are_not_missed_within_the_time_that_they_take() {
        LastLooks often = new LastLooks(Duration.ofSeconds(1));
        often.ended("db", true, NOW, NOW);

        assertThat(often.ended("db", false, NOW, NOW.plusSeconds(30))).isFalse();
        assertThat(often.ended("db", false, NOW, NOW.plusSeconds(31))).isTrue();
    }
}
