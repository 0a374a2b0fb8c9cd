package dev.bulkhead.operator.cli;

import io.fabric8.kubernetes.client.Config;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bulkhead keys}: copies of key rings, for the day a cluster is lost. */
@Command(
        name = "keys",
        mixinStandardHelpOptions = true,
        description = "Copies of the tenants' key rings, for the day the cluster is lost.",
        footer = {
            "",
            "Key rings are the operator's alone, so export and import are done by who breaks the glass:",
            "  glass='--as=on-call --as-group=system:masters --as-group=bulkhead:break-glass'",
            "  bulkhead keys recovery-key --to recovery.key",
            "  bulkhead keys export $glass --to rings.tsr --recovery-key RPK1.…",
            "  bulkhead keys import $glass rings.tsr --recovery-key recovery.key",
            "",
            "The copies stay wrapped by the master key: keep that one, too, and apart from them."
        })
public final class KeysCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    private KeysCommand() {}

    /**
     * The command with its own commands.
     *
     * @param config the cluster, and who asks
     */
    public static CommandLine commandLine(Supplier<Config> config, Clock clock, SecureRandom random) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysRecoveryKeyCommand(random))
                .addSubcommand(new KeysExportCommand(config, clock, random))
                .addSubcommand(new KeysImportCommand(config))
                .addSubcommand(new KeysCopiesCommand(config));
    }

    @Override
    public void run() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        line.usage(line.getOut());
    }
}
