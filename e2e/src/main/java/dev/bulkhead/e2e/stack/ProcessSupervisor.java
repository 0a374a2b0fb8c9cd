package dev.bulkhead.e2e.stack;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts and stops the processes of one state directory, and no others: each is recorded in {@code run/<name>} with its
 * number and start time, so that a recycled number is never signalled. Processes outlive this JVM.
 */
public final class ProcessSupervisor {
    private static final int TAIL_LINES = 12;

    private final StateDirectory state;

    /** Supervises the processes recorded in {@code state}. */
    public ProcessSupervisor(StateDirectory state) {
        this.state = state;
    }

    /** How to ask a process to end. */
    public enum StopSignal {
        /** What most servers take as "finish and go". */
        TERM,
        /** PostgreSQL's fast shutdown: it breaks connections instead of waiting for them. */
        INT
    }

    /**
     * What to start.
     *
     * @param name names the run file and the log
     * @param command program and arguments; no secrets, every user of the machine can read them
     * @param environment the whole environment, besides PATH, HOME and TZ
     */
    public record Spec(String name, List<String> command, Map<String, String> environment) {
        /** Copies. */
        public Spec {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }

    /** Starts {@code spec} unless it runs already; true when it was started now. */
    public boolean start(Spec spec) {
        if (find(spec.name()).isPresent()) {
            return false;
        }
        List<String> command = new ArrayList<>();
        // A session of its own: Ctrl-C at the terminal, or its end, does not reach it.
        findOnPath("setsid", System.getenv()).ifPresent(setsid -> command.add(setsid.toString()));
        command.addAll(spec.command());
        File log = state.log(spec.name()).toFile();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(state.root().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        Map<String, String> environment = builder.environment();
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.put("PATH", path);
        environment.put("HOME", state.root().toString());
        environment.put("TZ", "UTC");
        environment.putAll(spec.environment());
        try {
            Process process = builder.start();
            ProcessMark mark = ProcessMark.of(process.pid())
                    .orElseThrow(() -> new StackException(spec.name() + " ended at once" + logTail(spec.name())));
            PrivateFiles.write(runFile(spec.name()), mark.format().getBytes(StandardCharsets.US_ASCII));
            return true;
        } catch (IOException e) {
            throw new StackException(
                    "cannot start " + spec.command().getFirst() + ": " + e.getMessage()
                            + "; if the file is damaged, remove its folder in the cache and start again",
                    e);
        }
    }

    /** The running process {@code name}; empty when it was never started, or has ended. */
    public Optional<ProcessMark> find(String name) {
        return recorded(name).filter(ProcessMark::isAlive);
    }

    /** Names of all processes that were started and not stopped since, also of those that died. */
    List<String> names() {
        try (Stream<Path> files = Files.list(state.directory("run"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends {@code name} and forgets it: asks by {@code signal}, and kills what is still there after {@code grace}. */
    public void stop(String name, StopSignal signal, Duration grace) {
        Optional<ProcessMark> mark = find(name);
        if (mark.isPresent()) {
            signal(mark.get().pid(), signal.name());
            if (!awaitEnd(mark.get(), grace)) {
                signal(mark.get().pid(), "KILL");
                if (!awaitEnd(mark.get(), Duration.ofSeconds(10))) {
                    throw new StackException(
                            name + " (process " + mark.get().pid() + ") does not end, not even when killed");
                }
            }
        }
        try {
            Files.deleteIfExists(runFile(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The last lines of the log, each on a line of its own with the log's path; empty when there is no log. */
    public String logTail(String name) {
        Path log = state.log(name);
        try {
            List<String> lines =
                    Files.exists(log) ? Files.readString(log).lines().toList() : List.of();
            List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            return tail.isEmpty() ? "" : "; the end of " + log + ":\n  " + String.join("\n  ", tail);
        } catch (IOException _) {
            return "; see " + log;
        }
    }

    private Optional<ProcessMark> recorded(String name) {
        try {
            return ProcessMark.parse(Files.readString(runFile(name)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private Path runFile(String name) {
        return state.directory("run").resolve(name);
    }

    private static boolean awaitEnd(ProcessMark mark, Duration grace) {
        long deadline = System.nanoTime() + grace.toNanos();
        while (mark.isAlive()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Polling.pause();
        }
        return true;
    }

    /** The shell's own {@code kill}: Java knows TERM and KILL only, and a kill program is not everywhere. */
    public static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("sh", "-c", "kill -s \"$1\" \"$2\"", "kill", signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while signalling process " + pid, e);
        }
    }

    static Optional<Path> findOnPath(String program, Map<String, String> environment) {
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.of(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
