package dev.bulkhead.e2e.bench;

import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.StackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a phase of the measurement took of the machine's processors.
 *
 * @param processorSeconds by process of the stack, the operator, and the bench itself
 * @param ourSeconds all of them together
 * @param otherSeconds what everything else on the machine took in the same time, the kernel's own work included. Much
 *     of it means that the times of this phase are too long
 */
record Usage(SortedMap<String, Double> processorSeconds, double ourSeconds, double otherSeconds) {
    private static final Path MACHINE = Path.of("/proc/stat");
    /** Linux tells these times in hundredths of a second, whatever the kernel counts in. */
    static final double TICKS_PER_SECOND = 100;

    /** A reading of all clocks. */
    record ClockReading(SortedMap<String, Duration> processes, double machineSeconds) {
        static ClockReading now(LocalStack stack) {
            try {
                return new ClockReading(ProcessFigures.processorTime(stack), busySeconds(Files.readString(MACHINE)));
            } catch (IOException e) {
                throw new StackException("the machine's processor time cannot be read: " + e.getMessage(), e);
            }
        }

        /** What was used since. */
        Usage until(ClockReading later) {
            SortedMap<String, Double> seconds = new TreeMap<>();
            later.processes.forEach((name, time) -> seconds.put(
                    name,
                    time.minus(processes.getOrDefault(name, Duration.ZERO)).toMillis() / 1000.0));
            double ours =
                    seconds.values().stream().mapToDouble(Double::doubleValue).sum();
            double all = later.machineSeconds - machineSeconds;
            return new Usage(seconds, ours, Math.max(0, all - ours));
        }
    }

    /**
     * Time in which a processor had work, since the start of the machine, out of the text of {@code /proc/stat}: the
     * columns user, nice, system, irq and softirq of its first line; idle, iowait and steal are none.
     */
    static double busySeconds(String stat) {
        String[] columns = stat.lines().findFirst().orElse("").split("\\s+", -1);
        if (columns.length < 8 || !columns[0].equals("cpu")) {
            throw new IllegalArgumentException("the first line of /proc/stat is not the sum of all processors");
        }
        long ticks = 0;
        for (int column : new int[] {1, 2, 3, 6, 7}) {
            ticks += Long.parseLong(columns[column]);
        }
        return ticks / TICKS_PER_SECOND;
    }
}
