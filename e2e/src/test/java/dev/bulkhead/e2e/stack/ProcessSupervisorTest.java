package dev.bulkhead.e2e.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessSupervisorTest {
    private static final Duration GRACE = Duration.ofSeconds(1);

    @TempDir
    private Path directory;

    @Test
    void a_started_process_is_found_by_another_supervisor_and_gone_when_stopped() {
        supervisor().start(sleeper("sleeper"));
        ProcessMark mark = supervisor().find("sleeper").orElseThrow();

        supervisor().stop("sleeper", ProcessSupervisor.StopSignal.TERM, GRACE);

        assertThat(mark.isAlive()).isFalse();
        assertThat(supervisor().find("sleeper")).isEmpty();
        assertThat(supervisor().names()).isEmpty();
    }

    @Test
    void starting_twice_starts_one() {
        ProcessSupervisor supervisor = supervisor();
        try {
            assertThat(supervisor.start(sleeper("sleeper"))).isTrue();
            ProcessMark first = supervisor.find("sleeper").orElseThrow();

            assertThat(supervisor.start(sleeper("sleeper"))).isFalse();

            assertThat(supervisor.find("sleeper")).contains(first);
        } finally {
            supervisor.stop("sleeper", ProcessSupervisor.StopSignal.TERM, GRACE);
        }
    }

    @Test
    void a_process_that_ignores_the_signal_is_killed() {
        ProcessSupervisor supervisor = supervisor();
        supervisor.start(new ProcessSupervisor.Spec(
                "deaf", List.of("sh", "-c", "trap '' TERM; echo ignoring; while :; do sleep 0.1; done"), Map.of()));
        Polling.until(
                Duration.ofSeconds(10), () -> supervisor.logTail("deaf").endsWith("ignoring"), () -> "no trap set");
        ProcessMark mark = supervisor.find("deaf").orElseThrow();

        supervisor.stop("deaf", ProcessSupervisor.StopSignal.TERM, Duration.ofMillis(300));

        assertThat(mark.isAlive()).isFalse();
    }

    @Test
    void a_foreign_process_that_was_given_a_recorded_number_is_neither_found_nor_stopped() throws IOException {
        ProcessSupervisor supervisor = supervisor();
        Process foreign = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessMark real = ProcessMark.of(foreign.pid()).orElseThrow();
            ProcessMark former = new ProcessMark(real.pid(), "1" + real.birth());
            Path run = Files.createDirectories(directory.resolve("run"));
            Files.writeString(run.resolve("recycled"), former.format());

            assertThat(supervisor.find("recycled")).isEmpty();
            supervisor.stop("recycled", ProcessSupervisor.StopSignal.TERM, GRACE);

            assertThat(foreign.isAlive()).isTrue();
        } finally {
            foreign.destroyForcibly();
        }
    }

    @Test
    void a_process_gets_none_of_our_environment_but_what_it_is_given() throws IOException {
        ProcessSupervisor supervisor = supervisor();
        supervisor.start(
                new ProcessSupervisor.Spec("env", List.of("sh", "-c", "env; sleep 60"), Map.of("GIVEN", "yes")));
        try {
            Path log = directory.resolve("log").resolve("env.log");
            Polling.until(Duration.ofSeconds(10), () -> read(log).contains("GIVEN=yes"), () -> read(log));

            assertThat(read(log).lines().map(line -> line.replaceAll("=.*", "")))
                    .contains("GIVEN", "PATH", "HOME", "TZ")
                    .isSubsetOf("GIVEN", "PATH", "HOME", "TZ", "PWD", "OLDPWD", "SHLVL", "_");
        } finally {
            supervisor.stop("env", ProcessSupervisor.StopSignal.TERM, GRACE);
        }
    }

    private ProcessSupervisor supervisor() {
        return new ProcessSupervisor(new StateDirectory(directory));
    }

    private static ProcessSupervisor.Spec sleeper(String name) {
        return new ProcessSupervisor.Spec(name, List.of("sleep", "60"), Map.of());
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
