package dev.bulkhead.e2e.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Runs the go command for one {@link GoProject}, telling now and then how far it is, and why it failed. */
final class GoCommand {
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final int TAIL_LINES = 15;

    private final GoProject project;
    private final Path go;
    private final Path work;
    private final Progress progress;
    private final long began = System.nanoTime();

    /** {@code work} holds go.mod and go.sum. */
    GoCommand(GoProject project, Path go, Path work, Progress progress) {
        this.project = project;
        this.go = go;
        this.work = work;
        this.progress = progress;
    }

    /** Runs to the end; {@code onLine} gets each line that go prints, on either stream. */
    void run(List<String> arguments, Consumer<String> onLine, Supplier<String> report) throws IOException {
        Process process = start(arguments);
        Thread hook = new Thread(process::destroy, "stop go");
        Runtime.getRuntime().addShutdownHook(hook);
        Deque<String> tail = new ArrayDeque<>();
        try (var reading = Executors.newVirtualThreadPerTaskExecutor();
                BufferedReader lines = process.inputReader()) {
            Future<?> read = reading.submit(() -> lines.lines().forEach(line -> {
                onLine.accept(line);
                if (tail.size() == TAIL_LINES) {
                    tail.removeFirst();
                }
                tail.addLast(line);
            }));
            while (!isDone(read)) {
                progress.say(report.get() + ", " + Progress.humanly(Duration.ofNanos(System.nanoTime() - began)));
            }
            if (process.waitFor() != 0) {
                throw new StackException(explain(String.join("\n  ", tail)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while building " + project.kind(), e);
        } finally {
            process.destroy();
            ShutdownHooks.remove(hook);
        }
    }

    private Process start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(go.toString()));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
        // Without C: neither a compiler nor headers are needed, and the programs run on any Linux.
        builder.environment().put("CGO_ENABLED", "0");
        builder.environment().put("GOWORK", "off");
        List.of("GOOS", "GOARCH", "GOEXPERIMENT").forEach(builder.environment().keySet()::remove);
        return builder.start();
    }

    private static boolean isDone(Future<?> future) throws InterruptedException {
        try {
            future.get(REPORT_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new StackException("cannot read what go prints", e);
        }
    }

    /** The cause behind go's last words, as far as it is one that users meet, and the words. */
    private String explain(String words) {
        String title = project.kind() + " " + project.version();
        String cause;
        if (words.contains("no space left on device")) {
            cause = "the disk is full; building " + title + " takes about " + project.diskSpace()
                    + " in Go's caches (`go env GOCACHE GOMODCACHE`)";
        } else if (words.contains("requires go >=") || words.contains("toolchain not available")) {
            cause = title + " needs a newer Go, and this one could not fetch it; install Go 1.26 or newer";
        } else if (words.contains("checksum mismatch") || words.contains("SECURITY ERROR")) {
            cause = "the sources that Go fetched for " + title + " are not those this project names in go.sum";
        } else if (isOfNetwork(words)) {
            cause = "Go cannot reach its module proxy to fetch " + title
                    + "; check the network and `go env GOPROXY`, then start again (what was fetched is kept)";
        } else {
            cause = "Go could not build " + title;
        }
        return cause + ":\n  " + words;
    }

    private static boolean isOfNetwork(String words) {
        return Stream.of(
                        "no such host",
                        "connection refused",
                        "i/o timeout",
                        "proxyconnect",
                        "network is unreachable",
                        "module lookup disabled")
                .anyMatch(words::contains);
    }
}
