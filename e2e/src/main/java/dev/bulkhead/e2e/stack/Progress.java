package dev.bulkhead.e2e.stack;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Where the stack tells how far it is. Called from several threads at once. */
@FunctionalInterface
public interface Progress {
    /** One line, without its end, e.g. {@code "kube-apiserver is ready on port 21034"}. */
    void say(String line);

    /** Prints each line behind the seconds since this call, e.g. {@code "[  3.2 s] …"}. */
    static Progress printingTo(PrintStream out, InstantSource clock) {
        Instant began = clock.instant();
        return line -> {
            double seconds = Duration.between(began, clock.instant()).toMillis() / 1000.0;
            out.println(String.format(Locale.ROOT, "[%6.1f s] %s", seconds, line));
        };
    }

    /** Elapsed time as people write it: {@code "45 s"}, {@code "3 min 10 s"}. */
    static String humanly(Duration elapsed) {
        long seconds = elapsed.toSeconds();
        return seconds < 60 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }
}
