package dev.bulkhead.e2e;

import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs kubectl against the stack, as its administrator. */
@Command(name = "kubectl", description = "Runs kubectl of the stack's version as the stack's administrator.")
final class KubectlCommand implements Callable<Integer> {
    private final InstantSource clock;

    @Mixin
    private StateOption state = new StateOption();

    @Parameters(paramLabel = "ARGS", description = "What kubectl takes.")
    private List<String> arguments = new ArrayList<>();

    KubectlCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StateDirectory directory = state.resolve();
        StackEndpoints.Kubernetes kubernetes = new LocalStack(directory, clock, _ -> {})
                .endpoints()
                .orElseThrow(
                        () -> new StackException("there is no stack in " + directory.root() + "; run `./bulkhead up`"))
                .kubernetes();
        List<String> command = new ArrayList<>(List.of(kubernetes.kubectl()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("KUBECONFIG", kubernetes.adminKubeconfig());
        return builder.start().waitFor();
    }
}
