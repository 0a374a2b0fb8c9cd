package dev.bulkhead.e2e.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bulkhead.e2e.bench.ProcessFigures.Memory;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessFiguresTest {
    @Test
    void resident_memory_and_its_peak_are_read_in_mebibytes() {
        assertThat(Memory.parse(List.of(
                        "Name:\tjava",
                        "VmPeak:\t 4501236 kB",
                        "VmHWM:\t  307200 kB",
                        "VmRSS:\t  204800 kB",
                        "RssAnon:\t  100000 kB")))
                .isEqualTo(new Memory(200, 300));
    }

    @Test
    void what_ended_children_took_is_read_behind_the_name() {
        assertThat(ProcessFigures.ofEnded(
                        "4711 (post) gres) S 1 4711 4711 0 -1 4194560 7200 900000 3 1 20 30 1500 250 20 0 1"
                                + " 0 100 200000000"))
                .isEqualTo(Duration.ofMillis(17_500));
    }

    @Test
    void a_process_without_memory_is_no_figure() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Memory.parse(List.of("Name:\tkthreadd")))
                .withMessageContaining("VmRSS");
    }
}
