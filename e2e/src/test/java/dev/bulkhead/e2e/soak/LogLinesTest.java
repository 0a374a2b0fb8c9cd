package dev.bulkhead.e2e.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private final LogLines lines = new LogLines("prober");

    @Test
    void warnings_and_errors_are_counted_and_nothing_else_is() {
        lines.add("""
                2026-11-30T12:00:00.000Z INFO  Prober began
                2026-11-30T12:00:01.000Z WARN  Prober slow reason="a"
                2026-11-30T12:00:02.000Z ERROR Prober broke
                \tat dev.bulkhead.Prober(Prober.java:1) WARN
                """);

        assertThat(lines.counts())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("prober WARN Prober slow reason=\"a\"", 1, "prober ERROR Prober broke", 1));
    }

    @Test
    void lines_of_json_are_counted_by_message_and_reason() {
        lines.add(
                "{\"level\":\"WARN\",\"message\":\"slow\",\"kvpList\":[{\"reason\":\"a lock\"},{\"tenant\":\"a\"}]}\n");
        lines.add(
                "{\"level\":\"WARN\",\"message\":\"slow\",\"kvpList\":[{\"reason\":\"a lock\"},{\"tenant\":\"b\"}]}\n");
        lines.add("{\"level\":\"INFO\",\"message\":\"WARN\"}\n");

        assertThat(lines.counts()).containsExactlyEntriesOf(Map.of("prober WARN slow a lock", 2));
    }

    @Test
    void numbers_do_not_make_another_line() {
        lines.add("t WARN  Prober waited 12 s\nt WARN  Prober waited 13 s\n");

        assertThat(lines.counts()).containsExactlyEntriesOf(Map.of("prober WARN Prober waited # s", 2));
    }
}
