package dev.bulkhead.e2e.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Builds programs from a {@link GoProject} with the Go of this machine. */
final class GoBuild {
    private static final int OLDEST_MINOR = 21;
    private static final Pattern GO_VERSION = Pattern.compile("go version go1\\.(\\d+)");
    private static final String DRAFT = ".build";

    private final Map<String, String> environment;
    private final Progress progress;
    private final List<Path> elsewhere;

    GoBuild(Map<String, String> environment, Progress progress) {
        this(environment, progress, List.of(Path.of("/usr/local/go/bin/go"), Path.of("/usr/lib/go/bin/go")));
    }

    /** {@code elsewhere}: where Go may be when it is not on the PATH. */
    GoBuild(Map<String, String> environment, Progress progress, List<Path> elsewhere) {
        this.environment = Map.copyOf(environment);
        this.progress = progress;
        this.elsewhere = List.copyOf(elsewhere);
    }

    /**
     * Builds {@code programs} of {@code project} and moves each into {@code target} when all are done, so that what has a
     * program's name there is always whole. The caller holds the lock of {@code target}.
     */
    void build(GoProject project, Set<String> programs, Path target) {
        List<String> names = programs.stream().sorted().toList();
        Path go = requireGo(project, names);
        long began = System.nanoTime();
        try {
            removeDrafts(target);
            Path work = Files.createTempDirectory(target, DRAFT);
            try {
                compile(project, names, go, work);
                takeExtras(project, go, work, target);
                for (String name : names) {
                    Files.move(built(work, project, name), target.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                PrivateFiles.deleteTree(work);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.say("built " + project.title(names) + " in "
                + Progress.humanly(Duration.ofNanos(System.nanoTime() - began)));
    }

    private void compile(GoProject project, List<String> names, Path go, Path work) throws IOException {
        for (String file : project.files()) {
            Files.write(work.resolve(file), project.file(file));
        }
        List<String> packages = names.stream().map(project::packageOf).toList();
        String title = project.title(names);
        GoCommand command = new GoCommand(project, go, work, progress);

        progress.say("fetching the sources of " + title + ", with " + go);
        AtomicInteger fetched = new AtomicInteger();
        AtomicInteger wanted = new AtomicInteger();
        List<String> list = new ArrayList<>(List.of("list", "-mod=readonly", "-deps"));
        list.addAll(packages);
        command.run(
                list,
                line -> (line.startsWith("go: ") ? fetched : wanted).incrementAndGet(),
                () -> "fetching the sources of " + title + ": " + fetched.get() + " modules");

        AtomicInteger compiled = new AtomicInteger();
        List<String> build = new ArrayList<>(List.of("build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false"));
        build.addAll(List.of("-ldflags", project.linkerFlags(), "-o", output(work) + "/"));
        build.addAll(packages);
        command.run(
                build,
                _ -> compiled.incrementAndGet(),
                () -> "building " + title + ": " + compiled.get() + " of at most " + wanted.get() + " packages");
    }

    /** Before the programs: where those are, the extras are too. */
    private void takeExtras(GoProject project, Path go, Path work, Path target) throws IOException {
        if (project.extras().isEmpty()) {
            return;
        }
        List<String> answer = new ArrayList<>();
        new GoCommand(project, go, work, progress)
                .run(
                        List.of("list", "-mod=readonly", "-m", "-f", "{{.Dir}}", project.module()),
                        answer::add,
                        () -> "looking for " + project.kind());
        Path module = Path.of(answer.getLast());
        for (String extra : project.extras()) {
            byte[] content = Files.readAllBytes(module.resolve(extra));
            PrivateFiles.write(target.resolve(module.resolve(extra).getFileName()), content);
        }
    }

    private static Path output(Path work) throws IOException {
        return Files.createDirectories(work.resolve("out"));
    }

    /** {@code go build} names a program after its package, or after the folder before a major version: {@code server/v3}. */
    private static Path built(Path work, GoProject project, String program) throws IOException {
        Path byName = output(work).resolve(program);
        if (Files.exists(byName)) {
            return byName;
        }
        try (Stream<Path> files = Files.list(output(work))) {
            return files.findFirst()
                    .orElseThrow(() -> new IllegalStateException("go build left no program of " + project.kind()));
        }
    }

    /** What builds that were killed have left. */
    private static void removeDrafts(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            files.filter(file -> file.getFileName().toString().startsWith(DRAFT))
                    .forEach(PrivateFiles::deleteTree);
        }
    }

    private Path requireGo(GoProject project, List<String> names) {
        String wanted = "to build " + project.title(names) + " once";
        Path go = ProcessSupervisor.findOnPath("go", environment)
                .or(() -> elsewhere.stream().filter(Files::isExecutable).findFirst())
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
}
