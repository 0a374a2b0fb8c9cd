package dev.bulkhead.e2e;

import dev.bulkhead.e2e.bench.BenchCommand;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import java.io.PrintWriter;
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
        line.addSubcommand(new BenchCommand(clock));
        line.addSubcommand(new SoakCommand(clock));
        // Everything behind `kubectl` is kubectl's, its options too.
        line.addSubcommand(new CommandLine(new KubectlCommand(clock))
                .setStopAtPositional(true)
                .setUnmatchedOptionsArePositionalParams(true));
        line.setExecutionExceptionHandler((failure, command, _) -> {
            PrintWriter err = command.getErr();
            if (failure instanceof StackException) {
                err.println("bulkhead: " + failure.getMessage());
            } else {
                failure.printStackTrace(err);
            }
            return 1;
        });
        return line;
    }

    /** Holds the subcommands. */
    @CommandLine.Command(name = "bulkhead", description = "The local stack: real servers on this machine.")
    private static final class Root {}
}
