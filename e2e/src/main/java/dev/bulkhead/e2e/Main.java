package dev.bulkhead.e2e;

import dev.bulkhead.e2e.bench.BenchCommand;
import dev.bulkhead.e2e.bench.SweepBenchCommand;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.time.InstantSource;
import picocli.CommandLine;

/** The local stack's part of {@code ./bulkhead}; the launcher names the operator's own commands. */
public final class Main {
    private Main() {}

    static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    private static CommandLine commandLine() {
        InstantSource clock = InstantSource.system();
        Progress progress = Progress.printingTo(System.out, clock);
        CommandLine line = new CommandLine(new Root());
        line.addSubcommand(new UpCommand(clock, progress));
        line.addSubcommand(new DownCommand(clock, progress));
        line.addSubcommand(new StatusCommand(clock));
        line.addSubcommand(new CommandLine(new BenchCommand(clock)).addSubcommand(new SweepBenchCommand(clock)));
        line.addSubcommand(new SoakCommand(clock));
        // Everything behind `kubectl` is kubectl's, its options too.
        line.addSubcommand(new CommandLine(new KubectlCommand(clock))
                .setStopAtPositional(true)
                .setUnmatchedOptionsArePositionalParams(true));
        line.setExecutionExceptionHandler((failure, command, _) -> {
            PrintWriter err = command.getErr();
            if (failure instanceof StackException) {
                err.println("bulkhead: " + failure.getMessage());
            } else if (failure instanceof FileSystemException said) {
                err.println("bulkhead: " + file(said));
            } else if (failure.getCause() instanceof FileSystemException said) {
                err.println("bulkhead: " + file(said));
            } else if (failure instanceof KubernetesClientException answer && answer.getCode() == 0) {
                err.println(
                        "bulkhead: the stack does not answer; `./bulkhead status` says what runs, `./bulkhead up` starts it");
            } else {
                failure.printStackTrace(err);
            }
            return 1;
        });
        return line;
    }

    /** What the system said of which file, without Java's names. */
    private static String file(FileSystemException said) {
        String reason = switch (said) {
            case AccessDeniedException _ -> "no right to it";
            case NoSuchFileException _ -> "there is no such file or folder";
            case FileAlreadyExistsException _, NotDirectoryException _ -> "something else is there";
            default -> said.getReason() == null ? "it cannot be read or written" : said.getReason();
        };
        return said.getFile() + ": " + reason;
    }

    /** Holds the subcommands. */
    @CommandLine.Command(name = "bulkhead", description = "The local stack: real servers on this machine.")
    private static final class Root {}
}
