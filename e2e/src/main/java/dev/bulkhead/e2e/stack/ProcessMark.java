package dev.bulkhead.e2e.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * One process, told apart from a later one that was given the same number.
 *
 * @param pid process number
 * @param birth when it started: on Linux clock ticks since the boot and the boot's id, elsewhere milliseconds of the epoch
 */
public record ProcessMark(long pid, String birth) {
    private static final Path PROC = Path.of("/proc");

    /** The mark of the process that has {@code pid} now; empty when there is none, or only its unreaped remains. */
    public static Optional<ProcessMark> of(long pid) {
        if (!Files.exists(PROC.resolve("self/stat"))) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(handle -> handle.info().startInstant())
                    .map(start -> new ProcessMark(pid, Long.toString(start.toEpochMilli())));
        }
        try {
            // "pid (command) state ppid …": the command may hold blanks and brackets, what follows cannot.
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            String state = fields[0];
            if (state.equals("Z") || state.equals("X")) {
                return Optional.empty();
            }
            String boot =
                    Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
            return Optional.of(new ProcessMark(pid, fields[19] + "@" + boot));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Whether this very process still runs. */
    public boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Start time, when the operating system tells. */
    public Optional<Instant> startInstant() {
        return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
    }

    /** The line of a run file. */
    public String format() {
        return pid + " " + birth + "\n";
    }

    /** Reads {@link #format()}; empty for anything else. */
    public static Optional<ProcessMark> parse(String line) {
        String[] parts = line.strip().split(" ", 2);
        if (parts.length != 2) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessMark(Long.parseLong(parts[0]), parts[1]));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
