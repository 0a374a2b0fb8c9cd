package dev.bulkhead.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.bulkhead.e2e.stack.LocalStack;
import dev.bulkhead.e2e.stack.LocalStack.Component;
import dev.bulkhead.e2e.stack.LocalStack.ComponentState;
import dev.bulkhead.e2e.stack.Progress;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the stack's processes. Exit code 0 when all run, 3 otherwise. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the stack's processes; exit code 3 unless all run.")
final class StatusCommand implements Callable<Integer> {
    private static final int NOT_RUNNING = 3;

    private final InstantSource clock;

    @Mixin
    private StateOption state = new StateOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.table;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before it calls
    private CommandSpec spec;

    StatusCommand(InstantSource clock) {
        this.clock = clock;
    }

    /** How to print; the names are what users type. */
    enum Format {
        table,
        json
    }

    @Override
    public Integer call() {
        List<Component> components = new LocalStack(state.resolve(), clock, _ -> {}).components();
        PrintWriter out = spec.commandLine().getOut();
        switch (format) {
            case table -> table(components, out);
            case json -> json(components, out);
        }
        out.flush();
        boolean running = components.stream().allMatch(component -> component.state() == ComponentState.Running);
        return running ? 0 : NOT_RUNNING;
    }

    private static void table(List<Component> components, PrintWriter out) {
        out.printf("%-24s %8s %6s %-8s %s%n", "COMPONENT", "PID", "PORT", "STATE", "UPTIME");
        for (Component component : components) {
            out.printf(
                    "%-24s %8s %6s %-8s %s%n",
                    component.name(),
                    component.pid().isPresent() ? component.pid().getAsLong() : "-",
                    component.port().isPresent() ? component.port().getAsInt() : "-",
                    component.state(),
                    component.uptime().map(Progress::humanly).orElse("-"));
        }
    }

    private static void json(List<Component> components, PrintWriter out) {
        List<Map<String, Object>> rows =
                components.stream().map(StatusCommand::row).toList();
        try {
            out.println(JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build()
                    .writeValueAsString(rows));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> row(Component component) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("component", component.name());
        component.pid().ifPresent(pid -> row.put("pid", pid));
        component.port().ifPresent(port -> row.put("port", port));
        row.put("state", component.state().name());
        component.uptime().map(Duration::toSeconds).ifPresent(seconds -> row.put("uptimeSeconds", seconds));
        return row;
    }
}
