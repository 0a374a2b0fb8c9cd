package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the processes of a stack take of the machine. */
public final class ProcessFigures {
    private ProcessFigures() {}

    /**
     * Memory of one process.
     *
     * @param residentMiB what is in main memory now
     * @param peakMiB the most there ever was
     */
    public record Memory(long residentMiB, long peakMiB) {
        /** Reads the text of {@code /proc/<pid>/status}. */
        static Memory parse(List<String> status) {
            return new Memory(kibibytes(status, "VmRSS:") >> 10, kibibytes(status, "VmHWM:") >> 10);
        }

        private static long kibibytes(List<String> status, String field) {
            return status.stream()
                    .filter(line -> line.startsWith(field))
                    .map(line ->
                            line.substring(field.length()).replace("kB", "").strip())
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no " + field + " in the status of a process"));
        }
    }

    /** Memory of a process of this machine. */
    public static Memory memory(long pid) {
        try {
            return Memory.parse(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")));
        } catch (IOException e) {
            throw new StackException("process " + pid + " cannot be looked at: " + e.getMessage(), e);
        }
    }

    /**
     * Processor time so far, by the name of the process: of what it started, too, and of its own children that have ended,
     * such as a log-in's at PostgreSQL.
     */
    static SortedMap<String, Duration> processorTime(LocalStack stack) {
        SortedMap<String, Duration> times = new TreeMap<>();
        stack.components()
                .forEach(component -> component
                        .pid()
                        .ifPresent(pid -> ProcessHandle.of(pid)
                                .ifPresent(root -> times.put(component.name(), withChildren(root)))));
        ProcessHandle self = ProcessHandle.current();
        times.put("bench", ofOne(self));
        return times;
    }

    private static Duration withChildren(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(ProcessFigures::ofOne)
                .reduce(ofEnded(root.pid()), Duration::plus);
    }

    private static Duration ofEnded(long parent) {
        try {
            return ofEnded(Files.readString(Path.of("/proc", Long.toString(parent), "stat")));
        } catch (IOException e) {
            return Duration.ZERO; // it is ending itself
        }
    }

    /** What the children took that have ended: columns cutime and cstime of {@code /proc/<pid>/stat}, see proc_pid_stat(5). */
    static Duration ofEnded(String stat) {
        // The second column is the name in brackets, which may hold anything; behind it come the state and the parent.
        String[] columns = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Duration.ofMillis(Math.round(
                (Long.parseLong(columns[13]) + Long.parseLong(columns[14])) * 1000 / Usage.TICKS_PER_SECOND));
    }

    private static Duration ofOne(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
