package dev.bulkhead.e2e.node;

import dev.bulkhead.e2e.stack.StackException;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Programs of this machine that do something and end. */
final class Tool {
    /** What an administrator's login has; that of the caller may lack the folders of {@code ip} and {@code nft}. */
    static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final int TAIL_LINES = 10;

    private Tool() {}

    /** Runs {@code command} to its end; a failure names the command and its last words. */
    static void run(List<String> command) {
        run(command, Map.of(), _ -> {});
    }

    /** The same; {@code onLine} gets each line it prints. */
    static void run(List<String> command, Map<String, String> environment, Consumer<String> onLine) {
        Deque<String> tail = new ArrayDeque<>();
        int code = attempt(command, environment, line -> {
            onLine.accept(line);
            if (tail.size() == TAIL_LINES) {
                tail.removeFirst();
            }
            tail.addLast(line);
        });
        if (code != 0) {
            throw new StackException("`" + String.join(" ", command) + "` failed (exit code " + code + ")"
                    + (tail.isEmpty() ? "" : ":\n  " + String.join("\n  ", tail)));
        }
    }

    /** Whether {@code command} ends well. */
    static boolean succeeds(List<String> command) {
        return attempt(command, Map.of(), _ -> {}) == 0;
    }

    private static int attempt(List<String> command, Map<String, String> environment, Consumer<String> onLine) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", PATH);
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            try (BufferedReader lines = process.inputReader()) {
                lines.lines().forEach(onLine);
            }
            return process.waitFor();
        } catch (IOException e) {
            throw new StackException("cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while running " + command.getFirst(), e);
        }
    }
}
