package dev.bulkhead.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.bootstrap.Bootstrap;
import dev.bulkhead.e2e.bootstrap.Recipe;
import dev.bulkhead.e2e.bootstrap.UpStep;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackEndpoints;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./bulkhead bench}: how fast the operator is on this machine, and what it costs. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures the operator on a stack of its own, which is removed afterwards: time to Ready, requests, memory,"
                        + " and the time of a bare replay of the same writes. Takes some minutes.")
public final class BenchCommand implements Callable<Integer> {
    private final InstantSource clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--tenants",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many tenants to apply at once (default: ${DEFAULT-VALUE}).")
    private int tenants = 20;

    @Option(
            names = "--one-by-one",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many more to apply one after another (default: ${DEFAULT-VALUE}).")
    private int oneByOne = 20;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Where the stack keeps everything: a new or empty directory (default: a temporary one).")
    private @Nullable Path directory;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "both",
            description = "table, json or both (default: ${DEFAULT-VALUE}).")
    private BenchOutput output = BenchOutput.both;

    @Option(names = "--keep", description = "Leaves the stack running, without the operator, and tells where.")
    private boolean keep;

    /** What to print. */
    enum BenchOutput {
        /** For people. */
        table,
        /** For machines. */
        json,
        /** The table, then the JSON. */
        both
    }

    /** Nothing runs before {@link #call()}. */
    public BenchCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        if (tenants < 1 || tenants > 9999 || oneByOne < 0 || oneByOne > 9999) {
            throw new ParameterException(
                    spec().commandLine(), "--tenants takes 1 to 9999, --one-by-one takes 0 to 9999");
        }
        Machine machine = Machine.here();
        // Standard output is for the figures alone.
        Progress progress = Progress.printingTo(System.err, clock);
        Software software = new Binaries(System.getenv(), progress).provide();
        StateDirectory state = new StateDirectory(freshDirectory());
        LocalStack stack = new LocalStack(state, clock, progress);
        new OwnStack(stack, state, keep, progress)
                .during(() -> print(measure(machine, software, state, stack, progress)));
        return 0;
    }

    private BenchResult measure(
            Machine machine, Software software, StateDirectory state, LocalStack stack, Progress progress) {
        StackEndpoints endpoints = stack.start(software);
        try (KubernetesClient admin = endpoints.kubernetes().adminClient()) {
            UpStep.runAll(
                    new Bootstrap(
                                    admin,
                                    Recipe.local(endpoints),
                                    state,
                                    home("charts", "bulkhead"),
                                    home("operator", "target", "bulkhead-operator.jar"),
                                    new SecureRandom())
                            .operatorAlone(),
                    progress);
            return new Bench(stack, state, endpoints, admin, clock, progress).run(tenants, oneByOne, machine);
        }
    }

    private void print(BenchResult result) throws JsonProcessingException {
        PrintWriter out = spec().commandLine().getOut();
        if (output != BenchOutput.json) {
            out.print(BenchTable.of(result));
        }
        if (output != BenchOutput.table) {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(result));
        }
        out.flush();
    }

    private Path freshDirectory() throws IOException {
        Path named = directory;
        if (named == null) {
            return Files.createTempDirectory("bulkhead-bench-");
        }
        if (Files.isDirectory(named)) {
            try (Stream<Path> files = Files.list(named)) {
                if (files.findAny().isPresent()) {
                    throw new StackException(named + " is not empty; the bench needs a directory of its own, because it"
                            + " measures a fresh stack and removes it afterwards");
                }
            }
        }
        return named;
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }

    /** The launcher says where this checkout is. */
    private static Path home(String... parts) {
        return Path.of(System.getenv().getOrDefault("BULKHEAD_HOME", "."), parts);
    }
}
