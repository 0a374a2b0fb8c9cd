package dev.bulkhead.operator;

import dev.bulkhead.operator.cli.ClusterSealingKeys;
import dev.bulkhead.operator.cli.KeysCommand;
import dev.bulkhead.operator.cli.PlanCommand;
import dev.bulkhead.operator.cli.RotateCommand;
import dev.bulkhead.operator.cli.SealCommand;
import dev.bulkhead.operator.cli.TrustedCommand;
import dev.bulkhead.operator.cli.VerifyCommand;
import dev.bulkhead.operator.objectstore.copy.CopyBucketsCommand;
import io.fabric8.kubernetes.client.Config;
import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** Entry point of the operator jar. */
@Command(
        name = "bulkhead",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Keeps tenants apart in Kubernetes, PostgreSQL and S3.")
public final class Main implements Runnable {
    @CommandLine.Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    /** Runs a command; the exit code is 0 on success, 1 when it could not be done, 2 on wrong usage. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .addSubcommand(new RunCommand())
                .addSubcommand(new ProbeCommand())
                .addSubcommand(new GuardCommand())
                .addSubcommand(new TrustedCommand(Clock.systemUTC()))
                .addSubcommand(new VerifyCommand(new SecureRandom(), Clock.systemUTC()))
                .addSubcommand(new RotateCommand(Clock.systemUTC()))
                .addSubcommand(new PlanCommand(System.in, Clock.systemUTC()))
                .addSubcommand(KeysCommand.commandLine(
                        () -> Config.autoConfigure(null), Clock.systemUTC(), new SecureRandom()))
                .addSubcommand(
                        new SealCommand(new ClusterSealingKeys(), System.in, Clock.systemUTC(), new SecureRandom()))
                .addSubcommand(new CopyBucketsCommand(Clock.systemUTC()))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    /** The version the build wrote into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"bulkhead " + (version == null ? "development" : version)};
        }
    }
}
