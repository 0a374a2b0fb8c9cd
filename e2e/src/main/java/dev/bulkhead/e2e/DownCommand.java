package dev.bulkhead.e2e;

import dev.bulkhead.e2e.node.Node;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops the stack. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = "Stops what `up` started; the data stays for the next `up`.")
final class DownCommand implements Callable<Integer> {
    private final InstantSource clock;
    private final Progress progress;

    @Mixin
    private StateOption state = new StateOption();

    @Option(names = "--wipe", description = "Also removes the state: data, keys, logs.")
    private boolean wipe;

    DownCommand(InstantSource clock, Progress progress) {
        this.clock = clock;
        this.progress = progress;
    }

    @Override
    public Integer call() {
        StateDirectory directory = state.resolve();
        LocalStack stack = new LocalStack(directory, clock, progress, new Node(directory, clock, progress));
        if (wipe) {
            stack.wipe();
        } else {
            stack.stop();
        }
        progress.say(wipe ? "down, and the state is removed" : "down");
        return 0;
    }
}
