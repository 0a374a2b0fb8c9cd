package dev.bulkhead.e2e;

import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts the stack. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts a control plane, PostgreSQL and an S3 server on this machine; what runs already stays.")
final class UpCommand implements Callable<Integer> {
    private final InstantSource clock;
    private final Progress progress;

    @Mixin
    private StateOption state = new StateOption();

    UpCommand(InstantSource clock, Progress progress) {
        this.clock = clock;
        this.progress = progress;
    }

    @Override
    public Integer call() {
        Software software = new Binaries(System.getenv(), progress).provide();
        StackEndpoints endpoints = new LocalStack(state.resolve(), clock, progress).start(software);
        progress.say("up: " + endpoints.kubernetes().apiServerUrl() + ", try `./bulkhead kubectl get namespaces`");
        return 0;
    }
}
