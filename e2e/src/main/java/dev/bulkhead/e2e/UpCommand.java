package dev.bulkhead.e2e;

import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.ExampleTenants;
import dev.bulkhead.e2e.bootstrap.Recipe;
import dev.bulkhead.e2e.bootstrap.UpStep;
import dev.bulkhead.e2e.node.Cni;
import dev.bulkhead.e2e.node.Node;
import dev.bulkhead.e2e.node.NodeSoftware;
import dev.bulkhead.e2e.node.NodeStack;
import dev.bulkhead.e2e.node.OperatorImage;
import dev.bulkhead.e2e.node.Requirements;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Starts the stack. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description =
                "Starts a control plane, PostgreSQL, an S3 server and the operator on this machine, and applies the"
                        + " example tenants; what runs already stays, but for an operator that was built anew.")
final class UpCommand implements Callable<Integer> {
    private final InstantSource clock;
    private final Progress progress;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--examples",
            negatable = true,
            description = "Applies the example tenants, or not (default: on the local stack only).")
    private @Nullable Boolean examples;

    @Mixin
    private StateOption state = new StateOption();

    UpCommand(InstantSource clock, Progress progress) {
        this.clock = clock;
        this.progress = progress;
    }

    @Option(
            names = "--context",
            paramLabel = "NAME",
            description = "Uses the cluster of this kubeconfig context instead of starting one; needs --values and"
                    + " --backends. The operator still runs on this machine, with the token of its ServiceAccount.")
    private @Nullable String context;

    @Option(
            names = "--values",
            paramLabel = "FILE",
            description = "With --context: the chart's values, with the address ranges of the cluster.")
    private @Nullable Path values;

    @Option(
            names = "--backends",
            paramLabel = "FILE",
            description = "With --context: YAML with the DatabaseServer and the ObjectStore to use, and their Secrets.")
    private @Nullable Path backends;

    @Option(
            names = "--node",
            description =
                    "Adds a real node (Linux, as root; installs what it needs from Debian): workflows run in pods,"
                            + " and so does the operator.")
    private boolean node;

    @Option(
            names = "--cni",
            paramLabel = "CNI",
            description = "With --node: ${COMPLETION-CANDIDATES} (default: calico). With none, pods have addresses, and"
                    + " NetworkPolicies are accepted and ignored.")
    private @Nullable Cni cni;

    @Override
    public Integer call() {
        return context == null ? local() : elsewhere(context);
    }

    private int local() {
        if (values != null || backends != null) {
            throw new ParameterException(
                    spec().commandLine(), "--values and --backends go with --context; the local stack has its own.");
        }
        if (cni != null && !node) {
            throw new ParameterException(
                    spec().commandLine(), "--cni goes with --node; without a node there are no pods.");
        }
        StackEndpoints endpoints = node ? withNode(state.resolve()) : withoutNode(state.resolve());
        progress.say("up: " + endpoints.kubernetes().apiServerUrl());
        return tenants(
                endpoints.kubernetes().kubectl(),
                List.of(),
                endpoints.kubernetes().adminKubeconfig());
    }

    private StackEndpoints withoutNode(StateDirectory directory) {
        Software software = new Binaries(System.getenv(), progress).provide();
        StackEndpoints endpoints =
                new LocalStack(directory, clock, progress, new Node(directory, clock, progress)).start(software);
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            Node.forget(admin);
            install(admin, Recipe.local(endpoints), directory, examples == null || examples);
        }
        return endpoints;
    }

    private StackEndpoints withNode(StateDirectory directory) {
        Requirements.provide(progress);
        Optional<OperatorImage> image =
                Optional.of(OperatorImage.read(home("operator", "target", "bulkhead-operator-image.tar")));
        Binaries binaries = new Binaries(System.getenv(), progress);
        Software software = binaries.provide();
        Cni network = cni == null ? Cni.calico : cni;
        NodeSoftware nodeSoftware = NodeSoftware.provide(binaries, network);
        NodeStack stack = new NodeStack(directory, clock, progress);
        StackEndpoints endpoints = stack.start(software, nodeSoftware, network, image);
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            List<UpStep> steps = new ArrayList<>(
                    bootstrap(admin, stack.recipe(endpoints, image), directory).steps());
            if (examples == null || examples) {
                ExampleTenants tenants =
                        ExampleTenants.running(admin, home("examples"), progress, Node.workloadImage(nodeSoftware));
                steps.add(new UpStep("example tenants of all three products", tenants::apply));
                steps.add(new UpStep("every tenant Ready", tenants::awaitReady));
                steps.add(new UpStep("every workflow's pods Ready", tenants::awaitWorkflows));
            }
            UpStep.runAll(steps, progress);
        }
        return endpoints;
    }

    /** Nothing of the cluster is started or stopped; {@code down} stops the operator only. */
    private int elsewhere(String name) {
        if (node || cni != null) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--node and --cni are for the local stack; --context names a cluster with nodes.");
        }
        if (values == null || backends == null) {
            throw new ParameterException(
                    spec().commandLine(),
                    "--context needs --values (the cluster's address ranges) and --backends (DatabaseServer, ObjectStore"
                            + " and their Secrets).");
        }
        Recipe recipe = Recipe.of(values, backends);
        StateDirectory directory = state.resolveFor(name);
        new LocalStack(directory, clock, progress).claim();
        try (KubernetesClient admin = client(name)) {
            install(admin, recipe, directory, Boolean.TRUE.equals(examples));
        }
        progress.say("up: the operator runs here and works on context " + name + "; `./bulkhead down --state "
                + directory.root() + "` stops it");
        return tenants("kubectl", List.of("--context", name), null);
    }

    private static KubernetesClient client(String name) {
        Config config = Config.autoConfigure(name);
        if (config.getCurrentContext() == null
                || !config.getCurrentContext().getName().equals(name)) {
            throw new StackException("there is no context " + name + " in the kubeconfig; `kubectl config get-contexts`"
                    + " lists those there are");
        }
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private void install(KubernetesClient admin, Recipe recipe, StateDirectory directory, boolean withExamples) {
        List<UpStep> steps = new ArrayList<>(bootstrap(admin, recipe, directory).steps());
        if (withExamples) {
            ExampleTenants tenants = new ExampleTenants(admin, home("examples"), progress);
            steps.add(new UpStep("example tenants of all three products", tenants::apply));
            steps.add(new UpStep("every tenant Ready", tenants::awaitReady));
        }
        UpStep.runAll(steps, progress);
    }

    private static Bootstrap bootstrap(KubernetesClient admin, Recipe recipe, StateDirectory directory) {
        return new Bootstrap(
                admin,
                recipe,
                directory,
                home("charts", "bulkhead"),
                home("operator", "target", "bulkhead-operator.jar"),
                new SecureRandom());
    }

    private int tenants(String kubectl, List<String> options, @Nullable String kubeconfig) {
        spec().commandLine().getOut().println("$ kubectl get tenants");
        spec().commandLine().getOut().flush();
        List<String> command = new ArrayList<>(List.of(kubectl));
        command.addAll(options);
        command.addAll(List.of("get", "tenants"));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        if (kubeconfig != null) {
            builder.environment().put("KUBECONFIG", kubeconfig);
        }
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
