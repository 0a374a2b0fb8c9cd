package dev.bulkhead.operator.cli;

import picocli.CommandLine.Option;

/** Where the operator is installed, for commands that look there. */
final class OperatorNamespace {
    @Option(
            names = {"-n", "--namespace"},
            defaultValue = "bulkhead-system",
            description = "Namespace of the operator (default: ${DEFAULT-VALUE}).")
    private String namespace = "bulkhead-system";

    String name() {
        return namespace;
    }
}
