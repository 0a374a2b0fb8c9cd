package dev.bulkhead.e2e.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds programs from a {@link GoProject} with the Go of this machine. */
final class GoBuild {
    private static final int OLDEST_MINOR = 21;
    private static final Duration REPORT_EVERY = Duration.ofSeconds(10);
    private static final int TAIL_LINES = 15;
    private static final Pattern GO_VERSION = Pattern.compile("go version go1\\.(\\d+)");

    private final Map<String, String> environment;
    private final Progress progress;

    GoBuild(Map<String, String> environment, Progress progress) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /**
     * Builds {@code programs} of {@code project} and moves each into {@code target} when all are done, so that what has a
     * program's name there is always whole.
     */
    void build(GoProject project, Set<String> programs, Path target) {
        String go = requireGo(project, programs).toString();
        List<String> packages =
                programs.stream().sorted().map(name -> packageOf(project, name)).toList();
        String title = project.kind() + " " + project.version() + " (" + String.join(", ", sorted(programs)) + ")";
        long began = System.nanoTime();
        Path work = null;
        try {
            work = Files.createTempDirectory(target, ".build");
            Files.write(work.resolve("go.mod"), project.file("go.mod"));
            Files.write(work.resolve("go.sum"), project.file("go.sum"));
            Path output = Files.createDirectory(work.resolve("out"));

            progress.say("building " + title + " with " + go + ": fetching the sources");
            List<String> list = new ArrayList<>(List.of(go, "list", "-mod=readonly", "-deps"));
            list.addAll(packages);
            AtomicInteger wanted = new AtomicInteger();
            AtomicInteger fetched = new AtomicInteger();
            run(
                    project,
                    work,
                    list,
                    line -> (line.startsWith("go: ") ? fetched : wanted).incrementAndGet(),
                    () -> "fetching the sources of " + title + ": " + fetched.get() + " modules",
                    began);

            List<String> build = new ArrayList<>(List.of(
                    go,
                    "build",
                    "-v",
                    "-mod=readonly",
                    "-trimpath",
                    "-buildvcs=false",
                    "-ldflags",
                    project.linkerFlags(),
                    "-o",
                    output + "/"));
            build.addAll(packages);
            AtomicInteger compiled = new AtomicInteger();
            run(
                    project,
                    work,
                    build,
                    _ -> compiled.incrementAndGet(),
                    () -> "building " + title + ": " + compiled.get() + " of at most " + wanted.get() + " packages",
                    began);
            for (String program : sorted(programs)) {
                Files.move(built(output, project, program), target.resolve(program), StandardCopyOption.ATOMIC_MOVE);
            }
            progress.say("built " + title + " in " + Progress.humanly(Duration.ofNanos(System.nanoTime() - began)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (work != null) {
                PrivateFiles.deleteTree(work);
            }
        }
    }

    /** {@code go build} names a program after its package, or after the folder before a major version: {@code server/v3}. */
    private static Path built(Path output, GoProject project, String program) throws IOException {
        Path byName = output.resolve(program);
        if (Files.exists(byName)) {
            return byName;
        }
        try (Stream<Path> files = Files.list(output)) {
            return files.findFirst()
                    .orElseThrow(() -> new IllegalStateException("go build left no program of " + project.kind()));
        }
    }

    private static String packageOf(GoProject project, String program) {
        String name = project.programs().get(program);
        if (name == null) {
            throw new IllegalArgumentException(program + " is no program of " + project.kind());
        }
        return name;
    }

    private static List<String> sorted(Set<String> programs) {
        return programs.stream().sorted().toList();
    }

    private Path requireGo(GoProject project, Set<String> programs) {
        String wanted = "to build " + String.join(", ", sorted(programs)) + " " + project.version() + " once";
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Path go = ProcessSupervisor.findOnPath("go")
                .or(() -> Stream.of(Path.of("/usr/local/go/bin/go"), Path.of(home, "go", "bin", "go"))
                        .filter(Files::isExecutable)
                        .findFirst())
                .orElseThrow(() -> new StackException("Go is needed " + wanted
                        + " and there is no `go` on the PATH or in /usr/local/go; install Go 1.26 or newer"));
        String answer = versionOf(go).orElse("nothing");
        Matcher matcher = GO_VERSION.matcher(answer);
        // From 1.21 on Go fetches the newer tool chain that a go.mod asks for by itself.
        if (!matcher.find() || Integer.parseInt(matcher.group(1)) < OLDEST_MINOR) {
            throw new StackException(
                    "Go 1.26 or newer is needed " + wanted + "; " + go + " says \"" + answer + "\": update it");
        }
        return go;
    }

    private static Optional<String> versionOf(Path go) {
        try {
            Process process = new ProcessBuilder(go.toString(), "version")
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader reader = process.inputReader()) {
                return Optional.ofNullable(reader.readLine());
            }
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /** Consumes the lines that {@code command} prints on its standard output and error, reporting now and then. */
    private void run(
            GoProject project,
            Path work,
            List<String> command,
            Consumer<String> onLine,
            Supplier<String> report,
            long began)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
        builder.environment().put("CGO_ENABLED", "0");
        builder.environment().put("GOWORK", "off");
        List.of("GOOS", "GOARCH", "GOEXPERIMENT").forEach(builder.environment().keySet()::remove);
        Process process = builder.start();
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
                throw new StackException(explain(project, tail));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StackException("interrupted while building " + project.kind(), e);
        } finally {
            process.destroy();
        }
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

    /** The cause behind Go's words, as far as it is one that users meet, and the words. */
    private static String explain(GoProject project, Deque<String> tail) {
        String words = String.join("\n  ", tail);
        String title = project.kind() + " " + project.version();
        String cause;
        if (words.contains("no space left on device")) {
            cause = "the disk is full; building " + title + " takes about " + project.diskSpace()
                    + " in Go's caches (`go env GOCACHE GOMODCACHE`)";
        } else if (words.contains("requires go >=") || words.contains("toolchain not available")) {
            cause = title + " needs a newer Go, and this one could not fetch it; install Go 1.26 or newer";
        } else if (Stream.of(
                        "no such host",
                        "connection refused",
                        "i/o timeout",
                        "proxyconnect",
                        "network is unreachable",
                        "module lookup disabled")
                .anyMatch(words::contains)) {
            cause = "Go cannot reach its module proxy to fetch " + title
                    + "; check the network and `go env GOPROXY`, then start again (what was fetched is kept)";
        } else if (words.contains("checksum mismatch") || words.contains("SECURITY ERROR")) {
            cause = "the sources that Go fetched for " + title + " are not those this project names in go.sum";
        } else {
            cause = "Go could not build " + title;
        }
        return cause + ":\n  " + words;
    }
}
