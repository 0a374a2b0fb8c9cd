package dev.bulkhead.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.bench.Machine;
import dev.bulkhead.e2e.node.Node;
import dev.bulkhead.e2e.soak.Soak;
import dev.bulkhead.e2e.soak.SoakResult;
import dev.bulkhead.e2e.soak.SoakTable;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./bulkhead soak}: unrest for half an hour. Exit code 0 when nobody else noticed, 1 otherwise. */
@Command(
        name = "soak",
        mixinStandardHelpOptions = true,
        description = {
            "Makes unrest on a running stack and watches every tenant: a GitOps tool that applies all Tenants every 10 s and"
                    + " changes some, rollouts, an HPA, a hostile database login, a hostile tenant admin. What it made is"
                    + " taken away afterwards; schema and bucket of its tenants stay, until ./bulkhead down --wipe.",
            "It fails when an Incident is made, a control or a proof of another tenant than the attacker does not come back,"
                    + " operator, prober or keeper of the guards is started anew, or a neighbour's pod is evicted."
        })
final class SoakCommand implements Callable<Integer> {
    private final InstantSource clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private StateOption state = new StateOption();

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "30",
            description = "How long, after some minutes of preparation (default: ${DEFAULT-VALUE}).")
    private int minutes = 30;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private SoakOutput output = SoakOutput.table;

    /** What to print. */
    enum SoakOutput {
        /** For people. */
        table,
        /** For machines. */
        json
    }

    /** Nothing runs before {@link #call()}. */
    SoakCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws InterruptedException, JsonProcessingException {
        if (minutes < 1 || minutes > 24 * 60) {
            throw new ParameterException(spec().commandLine(), "--minutes takes 1 to 1440");
        }
        // Standard output is for the figures alone.
        Progress progress = Progress.printingTo(System.err, clock);
        StateDirectory directory = state.resolve();
        Machine machine = Machine.here();
        try (KubernetesClient admin = new LocalStack(directory, clock, progress)
                .endpoints()
                .orElseThrow(() ->
                        new StackException("there is no stack in " + directory.root() + "; run `./bulkhead up --node`"))
                .kubernetes()
                .adminClient()) {
            Node node = new Node(directory, clock, progress);
            boolean pods = admin.nodes().withName(Node.NAME).get() != null;
            Soak soak = new Soak(
                    admin,
                    directory,
                    Path.of(
                            System.getenv().getOrDefault("BULKHEAD_HOME", "."),
                            "operator",
                            "target",
                            "bulkhead-operator.jar"),
                    pods,
                    node::processIds,
                    clock,
                    progress);
            Thread cleaner = new Thread(soak::close, "take-away");
            Runtime.getRuntime().addShutdownHook(cleaner);
            SoakResult result;
            try {
                result = soak.run(minutes, machine);
                print(result);
            } finally {
                Runtime.getRuntime().removeShutdownHook(cleaner);
                soak.close();
            }
            return result.failures().isEmpty() ? 0 : 1;
        }
    }

    private void print(SoakResult result) throws JsonProcessingException {
        PrintWriter out = spec().commandLine().getOut();
        switch (output) {
            case table -> out.print(SoakTable.of(result));
            case json ->
                out.println(JsonMapper.builder()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(result));
        }
        out.flush();
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
