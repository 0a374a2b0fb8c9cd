package dev.bulkhead.operator;

import dev.bulkhead.operator.settings.OperatorSettings;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --config}, shared by the commands that run until they are told to stop. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "/etc/bulkhead/config.yaml",
            description = "Configuration (default: ${DEFAULT-VALUE}).")
    private Path config = Path.of("/etc/bulkhead/config.yaml");

    /** Reads the file. */
    OperatorSettings read() throws OperatorSettings.UnusableSettingsException {
        return OperatorSettings.read(config, System.getenv("POD_NAMESPACE"));
    }
}
