package dev.bulkhead.e2e;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.ExampleTenants;
import dev.bulkhead.e2e.bootstrap.Step;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts the stack. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description =
                "Starts a control plane, PostgreSQL, an S3 server and the operator on this machine, and applies the"
                        + " example tenants; what runs already stays.")
final class UpCommand implements Callable<Integer> {
    private final InstantSource clock;
    private final Progress progress;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--no-examples", negatable = true, description = "Leaves out the example tenants.")
    private boolean examples = true;

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
            List<Step> steps = new ArrayList<>(new Bootstrap(
                            admin,
                            endpoints,
                            directory,
                            home("charts", "bulkhead"),
                            home("operator", "target", "bulkhead-operator.jar"),
                            new SecureRandom())
                    .steps());
            if (examples) {
                ExampleTenants tenants = new ExampleTenants(admin, home("examples"), progress);
                steps.add(new Step("example tenants of all three products", tenants::apply));
                steps.add(new Step("every tenant Ready", tenants::awaitReady));
            }
            Step.runAll(steps, progress);
        }
        progress.say("up: " + endpoints.kubernetes().apiServerUrl());
        spec().commandLine().getOut().println("$ kubectl get tenants");
        return kubectl(endpoints, "get", "tenants");
    }

    private static int kubectl(StackEndpoints endpoints, String... arguments) {
        List<String> command = new ArrayList<>(List.of(endpoints.kubernetes().kubectl()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("KUBECONFIG", endpoints.kubernetes().adminKubeconfig());
        try {
            return builder.start().waitFor();
        } catch (IOException e) {
            throw new StackException("kubectl cannot be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }

    /** The launcher says where this checkout is. */
    private static Path home(String... parts) {
        return Path.of(System.getenv().getOrDefault("BULKHEAD_HOME", "."), parts);
    }
}
