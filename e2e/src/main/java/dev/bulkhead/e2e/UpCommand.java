package dev.bulkhead.e2e;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.Step;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.security.SecureRandom;
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
        StateDirectory directory = state.resolve();
        Software software = new Binaries(System.getenv(), progress).provide();
        StackEndpoints endpoints = new LocalStack(directory, clock, progress).start(software);
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            Step.runAll(new Bootstrap(admin, endpoints, directory, chart(), new SecureRandom()).steps(), progress);
        }
        progress.say("up: " + endpoints.kubernetes().apiServerUrl() + ", try `./bulkhead kubectl get databaseservers`");
        return 0;
    }

    /** The launcher says where this checkout is. */
    private static Path chart() {
        return Path.of(System.getenv().getOrDefault("BULKHEAD_HOME", "."), "charts", "bulkhead");
    }
}
