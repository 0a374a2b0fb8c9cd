package dev.bulkhead.e2e.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the figures were measured on.
 *
 * @param processors how many the JVM may use
 * @param processor what the system calls one of them
 * @param memoryMiB main memory
 * @param system operating system and architecture
 * @param load runnable processes, as the average of the minute before the start; more than a little means that others
 *     took part of the machine
 */
public record Machine(int processors, String processor, long memoryMiB, String system, double load) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    /** This one, now. */
    public static Machine here() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                system.getAvailableProcessors(),
                processorName(),
                system.getTotalMemorySize() >> 20,
                system.getName() + " " + system.getVersion() + " " + system.getArch(),
                system.getSystemLoadAverage());
    }

    /** One line for people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%d x %s, %d MiB, %s, load before the start %.1f",
                processors,
                processor,
                memoryMiB,
                system,
                load);
    }

    private static String processorName() {
        try {
            return Files.readAllLines(PROCESSORS).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("processor");
        } catch (IOException _) {
            return "processor";
        }
    }
}
