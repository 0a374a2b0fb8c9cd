package dev.bulkhead.operator.probe.connection;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The program in the prober's pods. It has a main method of its own and uses nothing but the JDK, so that the first
 * attempt is made as soon as a pod can make one: a plugin that lets a fresh pod out until its rules have arrived is open
 * for that long.
 */
public final class ProbePod {
    private static final Path MESSAGE = Path.of("/dev/termination-log");
    private static final int USAGE = 2;

    /** Place of the start among the fields after the program's name, which may hold blanks. */
    private static final int STARTED = 19;

    /** What Linux counts in for programs, on every architecture that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private ProbePod() {}

    /**
     * {@code listen WORD}: answers on {@link Target#PORTS} until it is told to end. {@code attack WORD MILLIS CONTROLS
     * TARGET...}: tries all targets over and over until the first {@code CONTROLS} of them answered, and so long after.
     * The exit code is 0 whatever it finds.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> given = Arrays.asList(arguments);
        if (given.size() == 2 && given.getFirst().equals("listen")) {
            new Listener(given.get(1)).listen();
        } else if (given.size() > 4 && given.getFirst().equals("attack")) {
            String report = attack(given).text(given.get(1));
            Files.writeString(MESSAGE, report);
            System.out.print(report);
        } else {
            System.err.println("usage: listen WORD | attack WORD MILLIS CONTROLS TARGET...");
            System.exit(USAGE);
        }
    }

    private static PodReport attack(List<String> given) throws InterruptedException {
        List<Target> targets =
                given.subList(4, given.size()).stream().map(Target::parse).toList();
        int controls = Integer.parseInt(given.get(3));
        return new Attack(given.get(1), Duration.ofMillis(Long.parseLong(given.get(2))), started())
                .on(targets.subList(0, controls), targets.subList(controls, targets.size()));
    }

    /**
     * When the program began, by the kernel's own clock: {@link ProcessHandle} rounds the time of the boot to a second.
     *
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>, field 22
     */
    private static Instant started() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double up =
                    Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0]);
            double began = Long.parseLong(fields[STARTED]) / TICKS_PER_SECOND;
            return Instant.now().minusMillis(Math.round((up - began) * 1000));
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException _) {
            return Instant.now();
        }
    }
}
