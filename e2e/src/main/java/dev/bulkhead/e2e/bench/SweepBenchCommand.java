package dev.bulkhead.e2e.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.stack.Binaries;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.Progress;
import dev.bulkhead.e2e.stack.Software;
import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./bulkhead bench sweep}: how long looks at one database take, and what one tenant can do to them. */
@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description =
                "Measures the operator's sweep of one database and the prober's attack on it, with many tenants and"
                        + " with some that make far too much, on servers of its own, which are removed afterwards.")
public final class SweepBenchCommand implements Callable<Integer> {
    private final InstantSource clock;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--tenants",
            paramLabel = "N",
            defaultValue = "250",
            description = "How many tenants live in the database (default: ${DEFAULT-VALUE}).")
    private int tenants = 250;

    @Option(
            names = "--flood",
            paramLabel = "N",
            defaultValue = "120000",
            description = "How many functions one tenant makes, and how many rights on columns another one gives away"
                    + " (default: ${DEFAULT-VALUE}).")
    private int flood = 120_000;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "table, json or both (default: ${DEFAULT-VALUE}).")
    private BenchCommand.BenchOutput output = BenchCommand.BenchOutput.table;

    /**
     * What a run found; the JSON for machines is this record.
     *
     * @param date when it began, RFC 3339
     * @param machine what it was measured on
     * @param tenants how many live in the database
     * @param situations without a flooder first
     */
    record SweepResult(String date, Machine machine, int tenants, List<SweepFigures> situations) {
        SweepResult {
            situations = List.copyOf(situations);
        }
    }

    /** Nothing runs before {@link #call()}. */
    public SweepBenchCommand(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        CommandSpec here = Objects.requireNonNull(spec);
        if (tenants < 4 || tenants > 9999 || flood < 1 || flood > 1_000_000) {
            throw new ParameterException(here.commandLine(), "--tenants takes 4 to 9999, --flood takes 1 to 1000000");
        }
        Machine machine = Machine.here();
        Progress progress = Progress.printingTo(System.err, clock);
        Software software = new Binaries(System.getenv(), progress).provide();
        StateDirectory state = new StateDirectory(Files.createTempDirectory("bulkhead-bench-"));
        LocalStack stack = new LocalStack(state, clock, progress);
        PrintWriter out = here.commandLine().getOut();
        new OwnStack(stack, state, false, progress).during(() -> {
            try (SweepBench bench = new SweepBench(stack.start(software).postgres(), progress)) {
                print(out, new SweepResult(clock.instant().toString(), machine, tenants, bench.run(tenants, flood)));
            } catch (SQLException | IOException e) {
                throw new StackException("the tenants of the database cannot be made: " + e.getMessage(), e);
            }
        });
        return 0;
    }

    private void print(PrintWriter out, SweepResult result) throws JsonProcessingException {
        if (output != BenchCommand.BenchOutput.json) {
            out.println(result.date() + ", " + result.machine().text());
            result.situations().forEach(figures -> out.println(figures.text()));
        }
        if (output != BenchCommand.BenchOutput.table) {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(result));
        }
        out.flush();
    }
}
